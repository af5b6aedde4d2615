"""Plays WeCom, which delivers no words: it says that there is news, and the bot asks its server for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.simulation.wechat import signed
from adapters.wechat.crypto import encrypt
from adapters.wecom_kf.payloads import BUYER

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from yarl import URL

    from adapters.simulation.contract import Delivery, Said
    from adapters.wecom_kf.adapter import WecomKfAdapter

OK: Mapping[str, object] = {"errcode": 0, "errmsg": "ok"}
PAGE_MESSAGES = 1_000


class WecomPlayed:
    """WeCom's side of one simulation, deliveries and server. What the bot says there is taken."""

    def __init__(self) -> None:
        self._run = 0
        self._said: list[Mapping[str, object]] = []
        self._handed_out = 0

    def __call__(self, adapter: WecomKfAdapter, *, channel: str, said: Said, now: datetime) -> Delivery:
        """Keep the words for when they are asked for, and say that there is news."""
        self._run = said.run
        self._said.append(_item(adapter.account, said))
        news = (
            f"<xml><ToUserName>{adapter.corp_id}</ToUserName><MsgType>event</MsgType><Event>kf_msg_or_event</Event>"
            f"<Token>simulated</Token><OpenKfId>{adapter.account}</OpenKfId></xml>"
        )
        sealed = encrypt(adapter.keys, news.encode())
        body = f"<xml><ToUserName>{adapter.corp_id}</ToUserName><Encrypt>{sealed}</Encrypt></xml>".encode()
        return signed(adapter, adapter.keys, channel, body, sealed, now=now)

    @property
    def is_heard_out(self) -> bool:
        """Whether all that buyers said was asked for."""
        return self._handed_out == len(self._said)

    def address(self, adapter: WecomKfAdapter) -> URL:
        """What `api_url` says."""
        return adapter.api.url

    def answer(self, path: str, asked: Mapping[str, object]) -> Mapping[str, object]:
        """What WeCom's server says to a call."""
        match path:
            case "/cgi-bin/gettoken":
                return {**OK, "access_token": "simulated", "expires_in": 7_200}
            case "/cgi-bin/kf/sync_msg":
                return self._page(str(asked.get("cursor", "")))
            case "/cgi-bin/kf/service_state/get":
                return {**OK, "service_state": 0}
            case "/cgi-bin/kf/servicer/list":
                return {**OK, "servicer_list": []}
            case _:
                return {**OK, "msgid": asked.get("msgid", "")}

    def _page(self, cursor: str) -> Mapping[str, object]:
        """What was said after the cursor; one of another simulation, or of WeCom's own, points nowhere here."""
        run, _, place = cursor.rpartition("-")
        start = int(place) if run == f"simulated-{self._run}" else 0
        items = self._said[start : start + PAGE_MESSAGES]
        end = start + len(items)
        self._handed_out = max(self._handed_out, end)
        return {
            **OK,
            "next_cursor": f"simulated-{self._run}-{end}",
            "has_more": int(end < len(self._said)),
            "msg_list": items,
        }


def _item(account: str, said: Said) -> Mapping[str, object]:
    return {
        "msgid": said.message_id,
        "open_kfid": account,
        "external_userid": said.buyer_id,
        "send_time": int(said.sent_at.timestamp()),
        "origin": BUYER,
        "msgtype": "text",
        "text": {"content": said.words},
    }
