"""How platforms speak: one folder each, all of the same shape.

`PLATFORMS` is what a channel's `platform` may be; a new platform is a folder and a line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.web.adapter import WebAdapter
from adapters.webhook.adapter import WebhookAdapter

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import Adapter

PLATFORMS: Mapping[str, type[Adapter]] = {
    "web": WebAdapter,
    "webhook": WebhookAdapter,
}
