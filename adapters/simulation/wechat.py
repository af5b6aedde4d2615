"""Buyers of WeChat's products, signed and encrypted as the channel is set."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import orjson

from adapters.simulation.contract import Delivery, path_of
from adapters.wechat.crypto import encrypt, sign
from adapters.wechat_shop.payloads import CHAT_EVENT

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import Adapter
    from adapters.simulation.contract import Said
    from adapters.wechat.crypto import CallbackKeys
    from adapters.wechat_oa.adapter import WechatOaAdapter
    from adapters.wechat_shop.adapter import WechatShopAdapter

NONCE = "simulated"


def write_oa(adapter: WechatOaAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """A text to an Official Account."""
    body = (
        f"<xml><ToUserName>gh_simulated</ToUserName><FromUserName>{said.buyer_id}</FromUserName>"
        f"<CreateTime>{int(said.sent_at.timestamp())}</CreateTime><MsgType>text</MsgType>"
        f"<Content>{escape(said.words)}</Content><MsgId>{said.message_number}</MsgId></xml>"
    ).encode()
    if adapter.keys.aes_key is None:
        return signed(adapter, adapter.keys, channel, body, now=now)
    sealed = encrypt(adapter.keys, body)
    return signed(adapter, adapter.keys, channel, f"<xml><Encrypt>{sealed}</Encrypt></xml>".encode(), sealed, now=now)


def write_shop(adapter: WechatShopAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
    """A text to a WeChat Shop."""
    event = {
        "ToUserName": "gh_simulated",
        "FromUserName": said.buyer_id,
        "CreateTime": int(said.sent_at.timestamp()),
        "MsgType": "event",
        "Event": CHAT_EVENT,
        "msg_id": str(said.message_number),
        "msg_type": "text",
        "msg_event": "EVENT_TYPE_SEND_MSG",
        "text": {"content": said.words},
    }
    sealed = encrypt(adapter.keys, orjson.dumps(event))
    body = orjson.dumps({"ToUserName": "gh_simulated", "Encrypt": sealed})
    return signed(adapter, adapter.keys, channel, body, sealed, now=now)


def signed(
    adapter: Adapter, keys: CallbackKeys, channel: str, body: bytes, sealed: str | None = None, *, now: datetime
) -> Delivery:
    """A delivery whose address is signed: over what is `sealed`, where something is."""
    timestamp = str(int(now.timestamp()))
    texts = [timestamp.encode(), NONCE.encode(), *([] if sealed is None else [sealed.encode()])]
    name = "signature" if sealed is None else "msg_signature"
    query = {"timestamp": timestamp, "nonce": NONCE, name: sign(keys.token, *texts)}
    return Delivery(path=f"{path_of(adapter, channel)}?{urlencode(query)}", body=body)
