"""Buyers on WhatsApp and Messenger: each has its own events, and Meta's signature is the same."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

import orjson

from adapters.simulation.contract import Delivery, path_of

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.messenger.adapter import MessengerAdapter
    from adapters.simulation.contract import Said
    from adapters.whatsapp.adapter import WhatsappAdapter


def write_whatsapp(adapter: WhatsappAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """One message to the shop's number."""
    del now  # Meta signs no time
    message = {
        "from": said.buyer_id,
        "id": said.message_id,
        "timestamp": str(int(said.sent_at.timestamp())),
        "type": "text",
        "text": {"body": said.words},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"phone_number_id": adapter.phone_number_id},
        "contacts": [{"wa_id": said.buyer_id, "profile": {"name": said.name}}],
        "messages": [message],
    }
    entry = {"id": "simulated", "changes": [{"field": "messages", "value": value}]}
    return _signed(adapter, channel, {"object": "whatsapp_business_account", "entry": [entry]})


def write_messenger(adapter: MessengerAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """One message to the shop's page."""
    del now  # Meta signs no time
    messaging = {
        "sender": {"id": said.buyer_id},
        "recipient": {"id": adapter.page_id},
        "timestamp": int(said.sent_at.timestamp() * 1000),
        "message": {"mid": said.message_id, "text": said.words},
    }
    return _signed(adapter, channel, {"object": "page", "entry": [{"id": adapter.page_id, "messaging": [messaging]}]})


def _signed(adapter: WhatsappAdapter | MessengerAdapter, channel: str, event: dict[str, object]) -> Delivery:
    body = orjson.dumps(event)
    signature = f"sha256={hmac.digest(adapter.app_secret.encode(), body, 'sha256').hex()}"
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": signature}
    return Delivery(path=path_of(adapter, channel), body=body, headers=headers)
