"""A buyer who writes to the shop's LINE account."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING

import orjson

from adapters.simulation.contract import Delivery, path_of

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.line.adapter import LineAdapter
    from adapters.simulation.contract import Said


def write(adapter: LineAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """One event in a delivery; without a reply token, so what we say is pushed."""
    del now  # LINE signs no time
    event = {
        "type": "message",
        "mode": "active",
        "timestamp": int(said.sent_at.timestamp() * 1000),
        "source": {"type": "user", "userId": said.buyer_id},
        "webhookEventId": said.message_id,
        "message": {"id": said.message_id, "type": "text", "text": said.words},
    }
    body = orjson.dumps({"destination": "simulated", "events": [event]})
    signature = base64.b64encode(hmac.digest(adapter.channel_secret.encode(), body, "sha256")).decode()
    headers = {"Content-Type": "application/json", "X-Line-Signature": signature}
    return Delivery(path=path_of(adapter, channel), body=body, headers=headers)
