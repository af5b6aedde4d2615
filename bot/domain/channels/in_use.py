"""Which channels are open on this node. One object holds them; whoever has it looks each up when it is needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from bot.domain.channels.channel import Channel


class Follower(Protocol):
    """Whoever keeps something for each channel while it is open. Both return at once."""

    def opened(self, channel: Channel) -> None:
        """It is about to be open."""
        ...

    def closed(self, name: str) -> None:
        """It is not open any more. What is under way to its platform may still come back."""
        ...


class ChannelsInUse(Mapping[str, "Channel"]):
    """The open channels by name. Their whole content is replaced at once, wherever a channel stands written."""

    def __init__(self) -> None:
        self._now: Mapping[str, Channel] = MappingProxyType({})
        self._followers: list[Follower] = []

    @property
    def now(self) -> Mapping[str, Channel]:
        """Those that are open at this moment: whoever holds this sees no change."""
        return self._now

    def __getitem__(self, name: str) -> Channel:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def follow(self, follower: Follower) -> None:
        """Tell this one from now on; what is open already counts as just opened."""
        self._followers.append(follower)
        for channel in self._now.values():
            follower.opened(channel)

    def replace(self, channels: Mapping[str, Channel]) -> None:
        """Have exactly these open from now on. One that keeps its name stays open, whatever else is new about it."""
        before, now = self._now, MappingProxyType(dict(channels))
        for follower in self._followers:
            for name, channel in now.items():
                if name not in before:
                    follower.opened(channel)
        self._now = now
        for follower in self._followers:
            for name in before.keys() - now.keys():
                follower.closed(name)
