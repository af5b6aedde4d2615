"""How platforms speak: one folder each, all of the same shape.

`PLATFORMS` is what a channel's `platform` may be, and where its adapter stands; a new platform is a folder and a line
here. An adapter is loaded when a channel names its platform, so that nobody waits for the libraries of the others.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.contract import Adapter

PLATFORMS = {
    "web": "adapters.web.adapter:WebAdapter",
    "webhook": "adapters.webhook.adapter:WebhookAdapter",
}


def load_platform(name: str) -> type[Adapter]:
    """The adapter of one of `PLATFORMS`. Raises `KeyError` for any other."""
    adapter: type[Adapter] = resolve_name(PLATFORMS[name])
    return adapter
