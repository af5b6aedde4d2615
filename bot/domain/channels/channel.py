"""A channel in use: its adapter, and the promises its platform wants kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeGuard, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from adapters.contract import Adapter, Echoes, LogsIn, Refused, TextLimit, TryLater, Unknown, Wire
    from bot.domain.channels.modes import ChannelMode
    from bot.domain.reply_windows.window import Window

T = TypeVar("T")

WEB = "web"
"""The platform of our own chat window: its messages come from our own page, unsigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One channel of the file or of the console, ready to use.

    `windows` and `mode` are what the file says; None = they are set in the console.
    `echoes`: whether our own replies come back as a person's messages; "auto" learns it.
    `takes_in` False: it is switched off, so nothing new comes in; what is queued still leaves, and people still answer.
    """

    name: str
    platform: str
    adapter: Adapter
    windows: tuple[Window, ...] | None = None
    mode: ChannelMode | None = None
    echoes: Echoes = "auto"
    takes_in: bool = True


def longest_text_of(channel: Channel | None) -> TextLimit | None:
    """What its platform takes in one bubble; None = no limit, or the channel is gone."""
    return None if channel is None else channel.adapter.capabilities.longest_text


def takes_pictures(channel: Channel | None) -> bool:
    """Whether people of the shop can send pictures there."""
    return channel is not None and channel.adapter.capabilities.pictures


def logs_in(adapter: Adapter) -> TypeGuard[LogsIn]:
    """What `isinstance` says as well, in a hundredth of the time: this is asked at every send."""
    return hasattr(adapter, "log_in")


class Calls(Protocol):
    """Whoever calls a channel's platform for us, over a wire with an access token that holds."""

    async def call(self, channel: str, work: Callable[[Wire], Awaitable[T]]) -> T | TryLater | Refused | Unknown:
        """Do this, and once more where the token had lapsed."""
        ...
