"""A customer-service account's channel: deliveries wake us, pages are pulled, and a send is known by its id."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from adapters.api import API_SETTINGS, Api, read_api, read_secret_text
from adapters.checking import failed, well, wrong
from adapters.contract import (
    AccessToken,
    Capabilities,
    Fetched,
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
from adapters.wechat.body import read_body
from adapters.wechat.callback import CALLBACK_SETTINGS, TAKEN, open_delivery, read_keys
from adapters.wechat.calls import WECOM_CODES, RefusedWithCode, read_token, sent, understand
from adapters.wechat.crypto import CallbackKeys, check_signature, decrypt
from adapters.wecom_kf.payloads import (
    choose_servicer,
    message_id_of,
    read_news,
    read_page,
    write_message,
    write_on_event,
    write_picture,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import CallFault, Media, NoMedia, Outbound, Request, SendOutcome, TryLater, Unknown

SETTINGS = ("corp_id", "secret", *CALLBACK_SETTINGS, "open_kfid", *API_SETTINGS, "messages_per_minute")
APP_PAGE = "the app's page in the WeCom admin shows it, under 微信客服 › 可调用接口的应用"
CALLBACK_PAGE = "the app's page shows it under 接收消息 › 设置API接收"
NEEDS: Mapping[str, str] = {
    "corp_id": "WeCom admin, 我的企业 › 企业信息 › 企业ID",
    "secret": "WeCom admin, the secret of the app that 微信客服 › 可调用接口的应用 names",
    "token": "the same app, 接收消息 › 设置API接收 › Token",
    "encoding_aes_key": "the same app, 接收消息 › 设置API接收 › EncodingAESKey",
    "open_kfid": "`wk…`: the id of the customer-service account; `xiaoer platforms check` lists them",
}
API_URL = "https://qyapi.weixin.qq.com"
MESSAGES_PER_MINUTE = 120
PAGE_MESSAGES = 1_000
FETCH_EVERY_SECONDS = 300.0
"""A safety net: deliveries wake us, and without their token WeCom takes few calls."""
HISTORY_MINUTES = 10
"""At the first pull WeCom gives three days; what is older than this was answered, or not, by whoever was there."""
PAGE_LIMIT_BYTES = 64 * 1024 * 1024
"""A page that is longer could never be read, and nothing after it: a thousand messages of the longest are less."""
MOST_CHOICES = 9
WITH_BOT, QUEUED, WITH_PERSON, ENDED = (0, 1), 2, 3, 4
"""States of a session. WeCom takes our messages only in those that are with the bot."""
NOT_RECEIVING = frozenset({95014, 95019})
STALE_WAKE = 95007

CODES = WECOM_CODES.with_refused(
    {
        95000: "wrong_settings",  # open_kfid
        95001: "quota_used",
        95002: "window_over",
        95004: "wrong_settings",  # open_kfid
        95013: "window_over",
        95014: "nobody_online",
        95016: "person_has_buyer",
        95017: "no_permission",
        95018: "person_has_buyer",
        95019: "nobody_online",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WecomKfAdapter:
    """One customer-service account. People answer in WeCom, once the session is theirs."""

    channel: str
    corp_id: str
    secret: str = field(repr=False)
    keys: CallbackKeys
    account: str
    api: Api
    messages_per_minute: int = MESSAGES_PER_MINUTE

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            resend="same_key",
            announces=True,
            pictures=True,
            desk=True,
            hands_over=True,
            handshake=True,
            echoes="no",
            longest_text=TextLimit(at_most=2_048, unit="bytes"),
            reply_window_hours=48,
            replies_per_message=5,
            buttons=MOST_CHOICES,
        )

    @property
    def fetch_every_seconds(self) -> float:
        return FETCH_EVERY_SECONDS

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> WecomKfAdapter:
        with Reading(settings, SETTINGS) as fields:
            corp_id = read_secret_text(fields, "corp_id", where=NEEDS["corp_id"])
            return cls(
                channel=channel,
                corp_id=corp_id,
                secret=read_secret_text(fields, "secret", where=NEEDS["secret"]),
                keys=read_keys(fields, receiver=corp_id, where=CALLBACK_PAGE),
                account=read_secret_text(fields, "open_kfid", where=NEEDS["open_kfid"]),
                api=read_api(fields, usually=API_URL),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Answer WeCom's question whether we can read it, or hear that there is news; the news itself is pulled."""
        if request.method == "GET":
            asked = request.query.get("echostr", "")
            check_signature(self.keys, request.query, name="msg_signature", now=now, encrypted=asked)
            return Received(reply=OwnReply(body=decrypt(self.keys, asked)))
        document = read_body(open_delivery(self.keys, request, now=now))
        return Received(reply=TAKEN, wake=read_news(document, account=self.account))

    # Pulling

    async def fetch(self, *, wire: Wire, cursor: str, wake: str, now: datetime) -> Fetched | CallFault:
        """Read the next page. A token that woke us too long ago is left out: then WeCom takes fewer calls."""
        place = _Place.read(cursor, now=now)
        page = await self._pull(place, wake, wire=wire, now=now)
        if isinstance(page, RefusedWithCode) and page.code == STALE_WAKE and wake:
            page = await self._pull(place, "", wire=wire, now=now)
        if not isinstance(page, Fields):
            return page
        more = page.number("has_more") == 1
        following = page.optional_id("next_cursor", limit_characters=1_024) or place.cursor
        return Fetched(
            events=read_page(page, account=self.account, since=place.since),
            cursor=place.followed_by(following, more=more),
            more=more and following != place.cursor,
        )

    async def _pull(self, place: _Place, wake: str, *, wire: Wire, now: datetime) -> Fields | CallFault:
        wanted = {
            "cursor": place.cursor,
            "token": wake,
            "limit": PAGE_MESSAGES,
            "voice_format": 0,
            "open_kfid": self.account,
        }
        return await calls.post(
            self.api,
            "/cgi-bin/kf/sync_msg",
            wanted,
            wire=wire,
            now=now,
            codes=CODES,
            limit_bytes=PAGE_LIMIT_BYTES,
        )

    # Out

    async def log_in(
        self, *, session: ClientSession, former: AccessToken | None, now: datetime
    ) -> AccessToken | TryLater | Refused | Unknown:
        """Fetch the app's token. WeCom gives the same one until its end, and another after that."""
        del former
        query = {"corpid": self.corp_id, "corpsecret": self.secret}
        answer = await self.api.get("/cgi-bin/gettoken", session=session, now=now, query=query)
        return read_token(understand(answer, CODES))

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Send one bubble, or give the session to a person: then WeCom takes nothing from us any more."""
        match outbound.content:
            case Reply() as reply:
                return await self._say(reply, outbound, wire=wire, now=now)
            case HandedOver(queue_position=0):  # nobody waits; there is nothing to be told in words there
                return Sent()
            case HandedOver() as notice:
                return await self._hand_over(notice, outbound.conversation_id, wire=wire, now=now)
            case Returned():
                return Sent()

    async def _say(self, reply: Reply, outbound: Outbound, *, wire: Wire, now: datetime) -> SendOutcome:
        message_id, reference = message_id_of(outbound.reply_id), reply.reply_reference
        if outbound.picture is not None:
            return await self._show(outbound.picture, outbound, wire=wire, now=now)
        if reference is not None and (reference.until is None or now < reference.until):
            path, payload = "send_msg_on_event", write_on_event(reply, code=reference.value, message_id=message_id)
        else:
            buyer = outbound.conversation_id
            path, payload = "send_msg", write_message(reply, buyer=buyer, account=self.account, message_id=message_id)
        return await self._send(path, payload, outbound, wire=wire, now=now)

    async def _show(self, picture: Media, outbound: Outbound, *, wire: Wire, now: datetime) -> SendOutcome:
        """Hand the picture in, then send it; none goes by the code of an event."""
        media = await calls.hand_in_picture(self.api, picture, wire=wire, now=now, codes=CODES)
        if not isinstance(media, str):
            return media
        message_id = message_id_of(outbound.reply_id)
        payload = write_picture(media, buyer=outbound.conversation_id, account=self.account, message_id=message_id)
        return await self._send("send_msg", payload, outbound, wire=wire, now=now)

    async def _send(
        self, path: str, payload: Mapping[str, object], outbound: Outbound, *, wire: Wire, now: datetime
    ) -> SendOutcome:
        answer = await self._post(f"/cgi-bin/kf/{path}", payload, wire=wire, now=now)
        if outbound.is_repeat and isinstance(answer, RefusedWithCode) and "msgid" in answer.reason:
            return Sent(message_id_of(outbound.reply_id))  # it is there already: the first one arrived
        return sent(answer)

    async def _hand_over(self, notice: HandedOver, buyer: str, *, wire: Wire, now: datetime) -> SendOutcome:
        """Give the session to somebody who receives, else to the queue; unless a person has it, or waits for it."""
        session = {"open_kfid": self.account, "external_userid": buyer}
        current = await self._post("/cgi-bin/kf/service_state/get", session, wire=wire, now=now)
        if not isinstance(current, Fields):
            return current
        if current.number("service_state") in {QUEUED, WITH_PERSON}:
            return Sent()
        person = notice.assignee or await self._who_receives(buyer, wire=wire, now=now)
        if person is not None:
            given = {**session, "service_state": WITH_PERSON, "servicer_userid": person}
            outcome = await self._post("/cgi-bin/kf/service_state/trans", given, wire=wire, now=now)
            if not (isinstance(outcome, RefusedWithCode) and outcome.code in NOT_RECEIVING):
                return sent(outcome)
        queued = {**session, "service_state": QUEUED}
        return sent(await self._post("/cgi-bin/kf/service_state/trans", queued, wire=wire, now=now))

    async def _who_receives(self, buyer: str, *, wire: Wire, now: datetime) -> str | None:
        """Somebody who receives just now; None when nobody does, or when WeCom does not say."""
        query = {"open_kfid": self.account}
        listed = await calls.get(self.api, "/cgi-bin/kf/servicer/list", wire=wire, now=now, codes=CODES, query=query)
        return choose_servicer(listed, buyer=buyer) if isinstance(listed, Fields) else None

    async def _post(self, path: str, payload: Mapping[str, object], *, wire: Wire, now: datetime) -> Fields | CallFault:
        return await calls.post(self.api, path, payload, wire=wire, now=now, codes=CODES)

    async def read_media(self, *, wire: Wire, media: str, now: datetime) -> Media | NoMedia | CallFault:
        """Fetch a picture that a buyer sent; WeCom keeps it for three days."""
        return await calls.read_picture(self.api, media, wire=wire, now=now, codes=CODES)

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask for the app's token, for its accounts, and for who receives."""
        del webhook_url  # WeCom cannot be asked where it delivers
        token = await self.log_in(session=session, former=None, now=now)
        if not isinstance(token, AccessToken):
            return (failed(token),)
        wire = Wire(session=session, token=token.value)
        accounts = await calls.get(self.api, "/cgi-bin/kf/account/list", wire=wire, now=now, codes=CODES)
        if not isinstance(accounts, Fields):
            return (well("WeCom takes corp_id and secret"), failed(accounts))
        return (well("WeCom takes corp_id and secret"), await self._check_account(accounts, wire=wire, now=now))

    async def _check_account(self, accounts: Fields, *, wire: Wire, now: datetime) -> Finding:
        listed = accounts.raw("account_list")
        known = (
            [Fields(each, []).line("open_kfid") for each in listed if isinstance(each, dict)]
            if isinstance(listed, list)
            else []
        )
        if self.account not in known:
            return wrong(f"open_kfid is none of the app's accounts; it may use: {', '.join(known) or 'none'}")
        person = await self._who_receives("anybody", wire=wire, now=now)
        if person is None:
            return wrong("nobody receives buyers of this account just now; who is handed over waits in WeCom's queue")
        return well("the account is there, and somebody receives its buyers")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """How far the messages are read: WeCom's cursor, and, until the first pull is through, since when they count."""

    cursor: str
    since: datetime | None = None

    @classmethod
    def read(cls, text: str, *, now: datetime) -> _Place:
        if text == "":
            return cls(cursor="", since=now - timedelta(minutes=HISTORY_MINUTES))
        since, _, cursor = text.partition(" ")
        return cls(cursor=cursor, since=datetime.fromtimestamp(int(since), UTC) if since else None)

    def followed_by(self, cursor: str, *, more: bool) -> str:
        since = str(int(self.since.timestamp())) if self.since is not None and more else ""
        return f"{since} {cursor}"
