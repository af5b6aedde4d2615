"""An Official Account's or a mini-program's channel: it delivers in the clear or encrypted, and takes our calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.api import API_SETTINGS, Api, read_api, read_secret_text
from adapters.checking import failed, well
from adapters.contract import (
    AccessToken,
    Capabilities,
    HandedOver,
    OwnReply,
    Received,
    Refused,
    Reply,
    Returned,
    Sent,
    TextLimit,
    Wire,
)
from adapters.fields import Fields, Reading
from adapters.wechat import calls
from adapters.wechat.body import is_json, read_body
from adapters.wechat.callback import CALLBACK_SETTINGS, TAKEN, open_delivery, read_keys, seal_answer
from adapters.wechat.calls import API_URL, WECHAT_CODES, RefusedWithCode, sent
from adapters.wechat.crypto import CallbackKeys, check_signature
from adapters.wechat_oa.payloads import (
    read_inbound,
    read_quietest_person,
    write_menu,
    write_picture,
    write_text,
    write_transfer,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import CallFault, Media, NoMedia, Outbound, Request, SendOutcome, TryLater, Unknown

PAGE = "the account's page shows it, under 设置与开发 › 基本配置"
NEEDS: Mapping[str, str] = {
    "app_id": "mp.weixin.qq.com, 设置与开发 › 基本配置 › 开发者ID(AppID)",
    "app_secret": "the same page, 开发者密码(AppSecret); it is shown once, when it is made",
    "token": "the same page, 服务器配置 › 令牌(Token): letters and figures of your own choice",
}
SETTINGS = ("app_id", "app_secret", *CALLBACK_SETTINGS, "hand_off", *API_SETTINGS, "messages_per_minute")
HAND_OFFS = ("desk", "wechat")
MESSAGES_PER_MINUTE = 120
MOST_CHOICES = 9
SEND = "/cgi-bin/message/custom/send"

CODES = WECHAT_CODES.with_refused(
    {
        40003: "no_such_buyer",
        43004: "blocked_by_buyer",
        45015: "window_over",
        45047: "quota_used",
        48002: "blocked_by_buyer",
        65400: "no_permission",  # WeChat's own customer service (新版客服功能) is not turned on
        65401: "nobody_online",
        65414: "person_has_buyer",
        65415: "nobody_online",
    }
)
TAKES_NO_MENU = frozenset({40008, 40200})
"""Mini-programs and test accounts say so: they get the same words as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WechatOaAdapter:
    """One account. With `hand_off = "wechat"` people answer in WeChat's own customer service; else at our desk."""

    channel: str
    app_id: str
    app_secret: str = field(repr=False)
    keys: CallbackKeys
    native_hand_off: bool = False
    api: Api
    messages_per_minute: int = MESSAGES_PER_MINUTE

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            resend="never",
            announces=self.native_hand_off,
            desk=self.native_hand_off,
            hands_over=self.native_hand_off,
            handshake=True,
            echoes="no",
            longest_text=TextLimit(at_most=2_048, unit="bytes"),
            reply_window_hours=48,
            replies_per_message=5,
            buttons=MOST_CHOICES,
            pictures=True,
        )

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> WechatOaAdapter:
        with Reading(settings, SETTINGS) as fields:
            app_id = read_secret_text(fields, "app_id", where=PAGE)
            return cls(
                channel=channel,
                app_id=app_id,
                app_secret=read_secret_text(fields, "app_secret", where=PAGE),
                keys=read_keys(fields, receiver=app_id, where=PAGE, plain_mode=True),
                native_hand_off=fields.one_of("hand_off", HAND_OFFS, strict=True) == "wechat",
                api=read_api(fields, usually=API_URL),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Answer WeChat's question whether we are there, or read what a buyer said."""
        if request.method == "GET":
            check_signature(self.keys, request.query, name="signature", now=now)
            return Received(reply=OwnReply(body=request.query.get("echostr", "").encode("utf-8", "replace")))
        body = open_delivery(self.keys, request, now=now)
        document = read_body(body)
        inbound = read_inbound(document, raw=body)
        return Received(
            events=() if inbound is None else (inbound,),
            reply=TAKEN,
            with_person=self._pass_on(document, as_json=is_json(body), now=now) if self.native_hand_off else None,
        )

    def _pass_on(self, document: Mapping[str, object], *, as_json: bool, now: datetime) -> OwnReply | None:
        """The answer by which a message goes to the people of WeChat's own customer service."""
        passed_on = write_transfer(document, as_json=as_json)
        return None if passed_on is None else seal_answer(self.keys, passed_on, now=now, as_json=as_json)

    # Out

    async def log_in(
        self, *, session: ClientSession, former: AccessToken | None, now: datetime
    ) -> AccessToken | TryLater | Refused | Unknown:
        return await calls.log_in(
            self.api, app_id=self.app_id, app_secret=self.app_secret, session=session, former=former, now=now
        )

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Send one bubble as a customer-service message, or give the buyer to a person of WeChat's own."""
        match outbound.content:
            case Reply() as reply:
                if outbound.picture is not None:
                    return await self._show(outbound.picture, outbound.conversation_id, wire=wire, now=now)
                return await self._say(reply, outbound.conversation_id, wire=wire, now=now)
            case HandedOver(queue_position=0):  # nobody waits; there is nothing to be told in words there
                return Sent()
            case HandedOver() as notice:
                return await self._hand_over(notice, outbound.conversation_id, wire=wire, now=now)
            case Returned():
                return Sent()

    async def _say(self, reply: Reply, buyer: str, *, wire: Wire, now: datetime) -> SendOutcome:
        if reply.choices:
            outcome = await self._post(SEND, write_menu(reply, buyer=buyer), wire=wire, now=now)
            if not (isinstance(outcome, RefusedWithCode) and outcome.code in TAKES_NO_MENU):
                return sent(outcome)
        return sent(await self._post(SEND, write_text(reply, buyer=buyer), wire=wire, now=now))

    async def _show(self, picture: Media, buyer: str, *, wire: Wire, now: datetime) -> SendOutcome:
        """Hand the picture in, then send it."""
        media = await calls.hand_in_picture(self.api, picture, wire=wire, now=now, codes=CODES)
        if not isinstance(media, str):
            return media
        return sent(await self._post(SEND, write_picture(media, buyer=buyer), wire=wire, now=now))

    async def _hand_over(self, notice: HandedOver, buyer: str, *, wire: Wire, now: datetime) -> SendOutcome:
        """Open a session with whoever has the fewest buyers; without one, the next message of the buyer queues."""
        account = notice.assignee
        if account is None:
            online = await calls.get(
                self.api, "/cgi-bin/customservice/getonlinekflist", wire=wire, now=now, codes=CODES
            )
            if not isinstance(online, Fields):
                return online
            account = read_quietest_person(online)
        if account is None:
            return Refused("nobody is online in WeChat's own customer service", fault="nobody_online")
        session = {"openid": buyer, "kf_account": account}
        return sent(await self._post("/customservice/kfsession/create", session, wire=wire, now=now))

    async def _post(self, path: str, payload: Mapping[str, object], *, wire: Wire, now: datetime) -> Fields | CallFault:
        return await calls.post(self.api, path, payload, wire=wire, now=now, codes=CODES)

    async def show_reading(self, *, wire: Wire, conversation_id: str, message_id: str, now: datetime) -> None:  # noqa: ARG002 - WeChat shows that somebody types, for no message of its own
        typing = {"touser": conversation_id, "command": "Typing"}
        await self._post("/cgi-bin/message/custom/typing", typing, wire=wire, now=now)

    async def read_media(self, *, wire: Wire, media: str, now: datetime) -> Media | NoMedia | CallFault:
        """Fetch a picture that a buyer sent; WeChat keeps it for three days."""
        return await calls.read_picture(self.api, media, wire=wire, now=now, codes=CODES)

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask for what the channel will use: a token, the account, and its people where they answer there."""
        del webhook_url  # WeChat cannot be asked where it delivers
        token = await self.log_in(session=session, former=None, now=now)
        if not isinstance(token, AccessToken):
            return (failed(token),)
        wire = Wire(session=session, token=token.value)
        found = [await self._look("/cgi-bin/get_api_domain_ip", "WeChat takes app_id and app_secret", wire, now)]
        if self.native_hand_off:
            people = "/cgi-bin/customservice/getkflist"
            found.append(await self._look(people, "WeChat's own customer service is turned on", wire, now))
        return tuple(found)

    async def _look(self, path: str, said: str, wire: Wire, now: datetime) -> Finding:
        answer = await calls.get(self.api, path, wire=wire, now=now, codes=CODES)
        return well(said) if isinstance(answer, Fields) else failed(answer)
