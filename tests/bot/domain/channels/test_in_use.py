"""Whoever keeps something for each channel hears of each that opens or closes, and of nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

from adapters.web.adapter import WebAdapter
from bot.domain.channels.channel import Channel
from bot.domain.channels.in_use import ChannelsInUse


@dataclass
class Follower:
    channels: ChannelsInUse
    heard: list[str] = field(default_factory=list)

    def opened(self, channel: Channel) -> None:
        assert channel.name not in self.channels or not self.heard, "it is told before anybody can find the channel"
        self.heard.append(f"+{channel.name}")

    def closed(self, name: str) -> None:
        assert name not in self.channels, "it is told once nobody can find the channel any more"
        self.heard.append(f"-{name}")


def _named(*names: str, takes_in: bool = True) -> dict[str, Channel]:
    return {
        name: Channel(name=name, platform="web", adapter=WebAdapter(channel=name), takes_in=takes_in) for name in names
    }


def test_each_is_told_of_once() -> None:
    channels = ChannelsInUse()
    follower = Follower(channels)
    channels.replace(_named("tea"))
    channels.follow(follower)
    channels.replace(_named("tea", "coffee"))
    channels.replace(_named("tea", "coffee", takes_in=False))
    assert not channels["tea"].takes_in
    channels.replace(_named("coffee"))
    assert follower.heard == ["+tea", "+coffee", "-tea"]


def test_whoever_holds_what_is_open_now_sees_no_change() -> None:
    channels = ChannelsInUse()
    channels.replace(_named("tea"))
    now = channels.now
    channels.replace(_named("coffee"))
    assert (list(now), list(channels), len(channels)) == (["tea"], ["coffee"], 1)
