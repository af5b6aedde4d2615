"""The configuration's channels, ready to use; and what they say of the shop."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from adapters import PLATFORMS, load_platform
from adapters.contract import BadSettings, Problem
from adapters.web.adapter import WebAdapter
from bot.config import TRY_OUT_CHANNEL, BadConfig
from bot.domain.channel import Channel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.config import Channel as ChannelSettings
    from bot.config import Config

WEB = "web"


def open_channels(config: Config) -> dict[str, Channel]:
    """Make every channel's adapter. Raises `BadConfig` with the problems of all of them."""
    return _opened(config, lambda _: True)


def open_sites(config: Config, *, and_channel: str) -> dict[str, Channel]:
    """Make only the try-out page, the sites that show our chat window, and this one. Raises as `open_channels` does."""
    return _opened(config, lambda each: each.platform == WEB or each.name == and_channel)


def own_hosts(config: Config, channels: Iterable[Channel]) -> tuple[str, ...]:
    """Where links are the shop's own: the hosts that it names, and the sites that show its chat window."""
    adapters = [channel.adapter for channel in channels if isinstance(channel.adapter, WebAdapter)]
    origins = [urlsplit(origin).hostname or "" for adapter in adapters for origin in adapter.origins]
    return tuple(dict.fromkeys(host for host in (*config.shop.hosts, *origins) if host))


def _opened(config: Config, wanted: Callable[[ChannelSettings], bool]) -> dict[str, Channel]:
    channels, problems = {TRY_OUT_CHANNEL: _channel(None)}, list[Problem]()
    for number, each in enumerate(config.channels, 1):
        try:
            if wanted(each):
                channels[each.name] = _channel(each)
        except BadSettings as bad:
            problems += [Problem(f"channels[{number}].{p.field}", p.problem) for p in bad.problems]
    if problems:
        raise BadConfig(tuple(problems))
    return channels


def _channel(given: ChannelSettings | None) -> Channel:
    """The channel of a table of the configuration; None makes the try-out page's own."""
    if given is None:
        own_page = WebAdapter.configure(channel=TRY_OUT_CHANNEL, settings={"try_out": True})
        return Channel(name=TRY_OUT_CHANNEL, platform=WEB, adapter=own_page, echoes="no")
    if given.platform not in PLATFORMS:
        known = ", ".join(PLATFORMS)
        raise BadSettings((Problem("platform", f"there is no platform {given.platform!r}; there are: {known}"),))
    adapter = load_platform(given.platform).configure(channel=given.name, settings=given.settings)
    return Channel(
        name=given.name,
        platform=given.platform,
        adapter=adapter,
        reply_window_hours=given.reply_window_hours,
        human_reply_seconds=given.human_reply_seconds,
        human_reply_hours=given.human_reply_hours,
        echoes=adapter.capabilities.echoes if given.echoes == "auto" else given.echoes,
    )
