"""A buyer who writes to the shop's Telegram bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from adapters.simulation.contract import Delivery, path_of
from adapters.telegram.adapter import SECRET_HEADER

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.simulation.contract import Said
    from adapters.telegram.adapter import TelegramAdapter


def write(adapter: TelegramAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """One update with a message of a private chat."""
    del now  # Telegram signs no time
    message = {
        "message_id": said.message,
        "date": int(said.sent_at.timestamp()),
        "chat": {"id": said.number, "type": "private", "first_name": said.name},
        "from": {"id": said.number, "is_bot": False, "first_name": said.name},
        "text": said.words,
    }
    headers = {"Content-Type": "application/json", SECRET_HEADER: adapter.secret_token}
    body = orjson.dumps({"update_id": said.message_number, "message": message})
    return Delivery(path=path_of(adapter, channel), body=body, headers=headers)
