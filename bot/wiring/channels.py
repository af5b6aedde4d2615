"""The channels of the file and of the console, ready to use; and what they say of the shop."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pydantic import ValidationError

from adapters import PLATFORMS, load_platform, needs_of
from adapters.contract import BadSettings, LogsIn, Problem
from adapters.web.adapter import WebAdapter
from bot.config import TRY_OUT_CHANNEL, BadConfig
from bot.config import Channel as ChannelSettings
from bot.domain.channels.channel import WEB, Channel
from bot.domain.channels.modes import ChannelMode
from bot.domain.reply_windows.presets import chosen
from bot.domain.reply_windows.window import BadWindow
from bot.seal import HOW_TO_MAKE_ONE, Seal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import datetime

    from bot.config import Config
    from bot.domain.channels.made import MadeChannel
    from bot.domain.reply_windows.window import Window


def open_channels(config: Config) -> dict[str, Channel]:
    """Make every channel's adapter. Raises `BadConfig` with the problems of all of them."""
    return _opened(config, lambda _: True)


def open_sites(config: Config, *, and_channel: str) -> dict[str, Channel]:
    """Make only the try-out page, the sites that show our chat window, and this one. Raises as `open_channels` does."""
    return _opened(config, lambda each: each.platform == WEB or each.name == and_channel)


def open_made(made: MadeChannel, now: datetime, *, public_url: str) -> Channel:
    """Make the adapter of a channel of the console, as those of the file are made. Raises `BadSettings`.

    `public_url` is that of the configuration.
    """
    try:
        given = ChannelSettings(name=made.name, platform=made.platform, settings=made.settings_at(now))
    except ValidationError:
        raise BadSettings((Problem("name", "may have only letters, digits, - and _ (64 at most)"),)) from None
    return dataclasses.replace(_channel(given, public_url), takes_in=made.state == "on")


def platforms() -> tuple[str, ...]:
    """What a channel's platform may be."""
    return tuple(PLATFORMS)


def what_each_needs() -> dict[str, Mapping[str, str]]:
    """For each platform, the settings that a channel of it needs, and where the owner finds each."""
    return {name: needs_of(name) for name in PLATFORMS}


def seal_of(config: Config, channels: Mapping[str, Channel]) -> Seal | None:
    """What access tokens and the secrets of codes are encrypted with in the database.

    None = there is no key: tokens stay in memory, and the secrets lie as they are. Raises `BadConfig` where several
    processes would each log in and take the others' tokens away.
    """
    key, url = config.database.encryption_key, config.database.url
    log_in = [name for name, channel in channels.items() if isinstance(channel.adapter, LogsIn)]
    if key == "" and log_in and not url.startswith("sqlite:"):
        problem = (
            f"is missing: processes that share a database share the access tokens of {', '.join(log_in)} as well, and "
            f"these are kept encrypted; {HOW_TO_MAKE_ONE}"
        )
        raise BadConfig((Problem("database.encryption_key", problem),))
    return Seal.read(key) if key else None


def own_hosts(config: Config, channels: Iterable[Channel]) -> tuple[str, ...]:
    """Where links are the shop's own: the hosts that it names, and the sites that show its chat window."""
    adapters = [channel.adapter for channel in channels if isinstance(channel.adapter, WebAdapter)]
    origins = [urlsplit(origin).hostname or "" for adapter in adapters for origin in adapter.origins]
    return tuple(dict.fromkeys(host for host in (*config.shop.hosts, *origins) if host))


def _opened(config: Config, wanted: Callable[[ChannelSettings], bool]) -> dict[str, Channel]:
    public_url = config.server.public_url
    channels, problems = {TRY_OUT_CHANNEL: _channel(None, public_url)}, list[Problem]()
    for number, each in enumerate(config.channels, 1):
        try:
            if wanted(each):
                channels[each.name] = _channel(each, public_url)
        except BadSettings as bad:
            problems += [Problem(f"channels[{number}].{p.field}", p.problem) for p in bad.problems]
    if problems:
        raise BadConfig(tuple(problems))
    return channels


def _channel(given: ChannelSettings | None, public_url: str) -> Channel:
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
        windows=_windows(given),
        mode=_mode(given),
        echoes=adapter.capabilities.echoes if given.echoes == "auto" else given.echoes,
        public_url=public_url.rstrip("/") if public_url.startswith("https:") else "",
    )


def _windows(given: ChannelSettings) -> tuple[Window, ...] | None:
    if given.reply_windows is None:
        return None
    try:
        return chosen(given.reply_windows)
    except BadWindow as bad:
        raise BadSettings((Problem("reply_windows", str(bad)),)) from None


def _mode(given: ChannelSettings) -> ChannelMode | None:
    if given.mode is None:
        return None
    return ChannelMode(channel=given.name, mode=given.mode, share_percent=given.mixed_share_percent)
