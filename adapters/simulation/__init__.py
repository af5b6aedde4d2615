"""Plays a platform towards our door: buyers' messages in its own wire form, signed with the channel's own secrets.

For demos, load and tests. `DRIVERS` is which platforms can be played; a new one is a file and a line here.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.simulation.contract import Driver

DRIVERS = {
    "chatwoot": "adapters.simulation.chatwoot:write",
    "douyin-im": "adapters.simulation.douyin:write",
    "line": "adapters.simulation.line:write",
    "messenger": "adapters.simulation.meta:write_messenger",
    "telegram": "adapters.simulation.telegram:write",
    "web": "adapters.simulation.web:write",
    "webhook": "adapters.simulation.webhook:write",
    "wechat-oa": "adapters.simulation.wechat:write_oa",
    "wechat-shop": "adapters.simulation.wechat:write_shop",
    "wecom-kf": "adapters.simulation.wecom:WecomPlayed",
    "whatsapp": "adapters.simulation.meta:write_whatsapp",
}


def load_driver(platform: str) -> Driver:
    """The driver of one of `DRIVERS`, made anew where it remembers what was said. Raises `KeyError` for any other."""
    found = resolve_name(DRIVERS[platform])
    driver: Driver = found() if isinstance(found, type) else found
    return driver
