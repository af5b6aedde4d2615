"""A channel in use: its adapter, and the promises its platform wants kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, TypeGuard, TypeVar

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
    public_url: str = ""
    """Where its platform fetches what we show it: `server.public_url` without a slash, if it is https; else ""."""


def longest_text_of(channel: Channel | None) -> TextLimit | None:
    """What its platform takes in one bubble; None = no limit, or the channel is gone."""
    return None if channel is None else channel.adapter.capabilities.longest_text


NoPictures = Literal["pictures_not_here", "pictures_need_address"]
"""Why people of the shop can send none there: the platform takes none, or fetches them and we have no address."""


def why_no_pictures(channel: Channel | None) -> NoPictures | None:
    """None where people of the shop can send pictures."""
    if channel is None or not channel.adapter.capabilities.pictures:
        return "pictures_not_here"
    is_fetched = channel.adapter.capabilities.fetches_pictures_within is not None
    return "pictures_need_address" if is_fetched and channel.public_url == "" else None


def logs_in(adapter: Adapter) -> TypeGuard[LogsIn]:
    """What `isinstance` says as well, in a hundredth of the time: this is asked at every send."""
    return hasattr(adapter, "log_in")


class Calls(Protocol):
    """Whoever calls a channel's platform for us, over a wire with an access token that holds."""

    async def call(self, channel: str, work: Callable[[Wire], Awaitable[T]]) -> T | TryLater | Refused | Unknown:
        """Do this, and once more where the token had lapsed."""
        ...
