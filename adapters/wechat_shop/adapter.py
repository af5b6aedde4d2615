"""A WeChat Shop's channel. Its own workbench is off from the moment it delivers here, so people need our desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.api import API_SETTINGS, Api, read_api, read_secret_text
from adapters.checking import failed, warning, well
from adapters.contract import (
    AccessToken,
    BadPayload,
    Capabilities,
    OwnReply,
    Problem,
    Received,
    Reply,
    Sent,
    TextLimit,
    Wire,
)
from adapters.fields import Fields, Reading
from adapters.wechat import calls
from adapters.wechat.body import is_json, read_body
from adapters.wechat.callback import CALLBACK_SETTINGS, TAKEN, open_delivery, read_keys
from adapters.wechat.calls import API_URL, WECHAT_CODES, sent
from adapters.wechat.crypto import CallbackKeys, check_signature
from adapters.wechat_shop.payloads import read_inbound, read_message_id, write_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import Outbound, Refused, Request, SendOutcome, TryLater, Unknown

PAGE = "the shop's page shows it, under 店铺管理 › 开发配置"
NEEDS: Mapping[str, str] = {
    "app_id": "store.weixin.qq.com, 店铺管理 › 开发配置 › AppID",
    "app_secret": "the same page, AppSecret; it is shown once, when it is made",
    "token": "the same page, 消息推送 › Token: letters and figures of your own choice",
    "encoding_aes_key": "the same page, 消息推送 › EncodingAESKey",
}
SETTINGS = ("app_id", "app_secret", *CALLBACK_SETTINGS, *API_SETTINGS, "messages_per_minute")
MESSAGES_PER_MINUTE = 120
SEND = "/channels/ec/commkf/sendmsg"
REDELIVERED_SECONDS = 4 * 3600
"""WeChat Shops deliver again for three and a half hours, and whether that is signed anew is not known."""
CODES = WECHAT_CODES
CAPABILITIES = Capabilities(
    resend="same_key",
    handshake=True,
    echoes="no",
    needs_desk=True,
    longest_text=TextLimit(at_most=2_048, unit="bytes"),
    reply_window_hours=48,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatShopAdapter:
    """One shop. Everything it delivers is encrypted JSON."""

    channel: str
    app_id: str
    app_secret: str = field(repr=False)
    keys: CallbackKeys
    api: Api
    messages_per_minute: int = MESSAGES_PER_MINUTE
    capabilities: Capabilities = CAPABILITIES

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> WechatShopAdapter:
        with Reading(settings, SETTINGS) as fields:
            app_id = read_secret_text(fields, "app_id", where=NEEDS["app_id"])
            return cls(
                channel=channel,
                app_id=app_id,
                app_secret=read_secret_text(fields, "app_secret", where=NEEDS["app_secret"]),
                keys=read_keys(fields, receiver=app_id, where=PAGE),
                api=read_api(fields, usually=API_URL),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Answer WeChat's question whether we are there, or read what a buyer said."""
        if request.method == "GET":
            check_signature(self.keys, request.query, name="signature", now=now)
            return Received(reply=OwnReply(body=request.query.get("echostr", "").encode("utf-8", "replace")))
        body = open_delivery(self.keys, request, now=now, tolerance_seconds=REDELIVERED_SECONDS)
        if not is_json(body):
            raise BadPayload((Problem("body", "is not JSON; choose JSON as the format of 消息推送"),))
        inbound = read_inbound(read_body(body), raw=body)
        return Received(events=() if inbound is None else (inbound,), reply=TAKEN)

    async def log_in(
        self, *, session: ClientSession, former: AccessToken | None, now: datetime
    ) -> AccessToken | TryLater | Refused | Unknown:
        return await calls.log_in(
            self.api, app_id=self.app_id, app_secret=self.app_secret, session=session, former=former, now=now
        )

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Send one bubble; WeChat drops a second call of the same `request_id`."""
        if not isinstance(outbound.content, Reply):
            return Sent()
        payload = write_text(outbound.content, buyer=outbound.conversation_id, reply_id=outbound.reply_id)
        answer = await calls.post(self.api, SEND, payload, wire=wire, now=now, codes=CODES)
        outcome = sent(answer)
        return Sent(read_message_id(answer)) if isinstance(outcome, Sent) and isinstance(answer, Fields) else outcome

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask for a token and for the shop, and say what connecting it costs."""
        del webhook_url  # WeChat cannot be asked where it delivers
        token = await self.log_in(session=session, former=None, now=now)
        if not isinstance(token, AccessToken):
            return (failed(token),)
        wire = Wire(session=session, token=token.value)
        shop = await calls.get(self.api, "/channels/ec/basics/info/get", wire=wire, now=now, codes=CODES)
        return (
            well("WeChat takes app_id and app_secret") if isinstance(shop, Fields) else failed(shop),
            warning(
                "once 自研客服 is on, chats come here only, and WeChat's own workbench stays empty: "
                "people must have accounts at our desk"
            ),
        )
