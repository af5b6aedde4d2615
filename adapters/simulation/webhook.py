"""A shop's own program, by the signed webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from adapters import standard_webhooks
from adapters.simulation.contract import Delivery, path_of

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.simulation.contract import Said
    from adapters.webhook.adapter import WebhookAdapter


def write(adapter: WebhookAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """One `message.created`, signed now."""
    event = {
        "type": "message.created",
        "timestamp": said.sent_at.isoformat(),
        "data": {
            "message_id": said.message_id,
            "conversation_id": said.buyer_id,
            "author": {"kind": "buyer", "id": said.buyer_id, "name": said.name},
            "content": {"kind": "text", "text": said.words},
            "sent_at": said.sent_at.isoformat(),
        },
    }
    body = orjson.dumps(event)
    signed = standard_webhooks.sign(secrets=adapter.secrets, webhook_id=said.message_id, now=now, body=body)
    return Delivery(path=path_of(adapter, channel), body=body, headers={"Content-Type": "application/json", **signed})
