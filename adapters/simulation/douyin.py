"""A buyer who writes to a business account on Douyin."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import orjson

from adapters.simulation.contract import PREFIX, Delivery, path_of

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.douyin_im.adapter import DouyinImAdapter
    from adapters.simulation.contract import Said


def write(adapter: DouyinImAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """One `im_receive_msg`."""
    del now  # Douyin signs no time
    content = {
        "conversation_short_id": said.buyer_id,
        "server_message_id": said.message_id,
        "conversation_type": 1,
        "create_time": int(said.sent_at.timestamp() * 1_000),
        "message_type": "text",
        "text": said.words,
        "user_infos": [{"open_id": said.buyer_id, "nick_name": said.name}],
    }
    event = {
        "event": "im_receive_msg",
        "client_key": adapter.client_key,
        "from_user_id": said.buyer_id,
        "to_user_id": f"{PREFIX}shop",
        "content": content,
    }
    body = orjson.dumps(event)
    signature = hashlib.sha1(adapter.client_secret.encode() + body, usedforsecurity=False).hexdigest()
    headers = {"Content-Type": "application/json", "X-Douyin-Signature": signature, "Msg-Id": said.message_id}
    return Delivery(path=path_of(adapter, channel), body=body, headers=headers)
