"""A buyer in an inbox of a Chatwoot, by its agent bot's webhook."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import orjson

from adapters.simulation.contract import Delivery, path_of

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.chatwoot.adapter import ChatwootAdapter
    from adapters.simulation.contract import Said


def write(adapter: ChatwootAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """One `message_created` of a pending conversation, signed now where the server signs."""
    contact = {"id": said.number, "name": said.name, "type": "contact"}
    event = {
        "event": "message_created",
        "id": said.message_number,
        "content": said.words,
        "created_at": said.sent_at.isoformat(),
        "message_type": "incoming",
        "content_type": "text",
        "content_attributes": {},
        "private": False,
        "sender": contact,
        "inbox": {"id": 1, "name": "simulated"},
        "conversation": {"id": said.number, "status": "pending", "meta": {"sender": contact}},
        "account": {"id": adapter.account_id},
    }
    body, seconds = orjson.dumps(event), str(int(now.timestamp()))
    headers = {"Content-Type": "application/json"}
    if adapter.webhook_secret:
        digest = hmac.digest(adapter.webhook_secret.encode(), f"{seconds}.".encode() + body, "sha256").hex()
        headers |= {"X-Chatwoot-Timestamp": seconds, "X-Chatwoot-Signature": f"sha256={digest}"}
    return Delivery(path=path_of(adapter, channel), body=body, headers=headers)
