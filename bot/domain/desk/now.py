"""How the desk stands just now: what the file and the console set for each channel, and who may answer there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from bot.config import TRY_OUT_CHANNEL
from bot.domain.channels.modes import ChannelMode, mode_of, voice_of
from bot.domain.desk.settings import DeskSettings
from bot.domain.reply_windows.presets import chosen
from bot.domain.reply_windows.window import Quota

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.channels.channel import Channel
    from bot.domain.channels.modes import Voice
    from bot.domain.reply_windows.window import Window

PLATFORM = "platform"
"""The window of the platform's own limits."""


@dataclass(frozen=True, kw_only=True)
class DeskNow:
    """What rules ask about the desk. `answering` has, for each person who may answer buyers, on which channels.

    None among them is on all channels. The file's word comes before that of the console.
    """

    channels: Mapping[str, Channel]
    settings: DeskSettings = field(default_factory=DeskSettings)
    revision: int = 0
    answering: tuple[frozenset[str] | None, ...] = ()

    def has_desk(self, channel: str) -> bool:
        """Whether people of the shop can take a buyer over there: at the platform's own desk, or at ours.

        Whoever tries the bot out stands in nobody's queue.
        """
        found = self.channels.get(channel)
        if found is None or found.adapter.capabilities.desk:
            return True
        if channel == TRY_OUT_CHANNEL:
            return False
        return any(of_whom is None or channel in of_whom for of_whom in self.answering)

    def windows(self, channel: str) -> tuple[Window, ...]:
        """The reply windows of a channel; none for one that the shop has given up."""
        return self._windows.get(channel, ())

    def mode(self, channel: str, group: int = 0) -> ChannelMode:
        """The bot's mode there. Whoever tries it out always hears it."""
        found = self.channels.get(channel)
        if channel == TRY_OUT_CHANNEL:
            return ChannelMode(channel=channel)
        if found is not None and found.mode is not None:
            return found.mode
        return mode_of(self.settings.modes, channel=channel, group=group)

    def voice(self, channel: str, *, buyer: str, group: int = 0) -> Voice:
        """How much the bot says to this buyer."""
        return voice_of(self.mode(channel, group), buyer=buyer)

    @cached_property
    def asks_for_groups(self) -> bool:
        """Whether any group has a mode of its own: else nobody needs to know whose a conversation is."""
        return any(each.group for each in self.settings.modes)

    @cached_property
    def _windows(self) -> Mapping[str, tuple[Window, ...]]:
        return {name: (*self._set_for(channel), *_own_limit(channel)) for name, channel in self.channels.items()}

    def _set_for(self, channel: Channel) -> tuple[Window, ...]:
        return chosen(self.settings.windows.get(channel.name, ())) if channel.windows is None else channel.windows


def _own_limit(channel: Channel) -> tuple[Window, ...]:
    """What the platform's adapter knows of limits, whatever anybody sets."""
    offers = channel.adapter.capabilities
    if offers.reply_window_hours is None and offers.replies_per_message is None:
        return ()
    own = Quota(name=PLATFORM, within_hours=offers.reply_window_hours, messages=offers.replies_per_message)
    return (own,)
