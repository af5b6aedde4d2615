"""A LINE official account's channel: signed events in; out by the reply token while it lasts, then by push."""

from __future__ import annotations

import base64
import hmac
import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson
from yarl import URL

from adapters.api import API_SETTINGS, Api, read_answer, read_api, read_secret_text
from adapters.checking import failed, warning, well, wrong
from adapters.contract import (
    BadSignature,
    Capabilities,
    Received,
    Refused,
    Reply,
    Sent,
    TextLimit,
    TryLater,
    Unknown,
)
from adapters.fields import Fields, Reading
from adapters.http import Answer
from adapters.line.payloads import MOST_QUICK_REPLIES, read_events, write_message, write_picture
from adapters.pictures import PICTURE_LIMIT_BYTES, picture_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import CallFault, Media, NoMedia, Outbound, PlatformFault, Request, SendOutcome, Wire

API_URL = "https://api.line.me"
DATA_URL = "https://api-data.line.me"
NEEDS: Mapping[str, str] = {
    "channel_secret": "LINE Developers Console, the Messaging API channel, Basic settings › Channel secret",
    "channel_access_token": "the same channel, Messaging API › Channel access token (long-lived) › Issue",
}
SETTINGS = ("channel_secret", "channel_access_token", *API_SETTINGS, "messages_per_minute")
MESSAGES_PER_MINUTE = 60
LOADING_SECONDS = 5
PICTURES_LAST = timedelta(days=30)
"""LINE may fetch a picture only when the buyer looks at it, days after it was sent; its manual does not say."""
CAPABILITIES = Capabilities(
    resend="same_key",
    echoes="no",
    longest_text=TextLimit(at_most=5_000, unit="utf-16"),
    buttons=MOST_QUICK_REPLIES,
    pictures=True,
    fetches_pictures_within=PICTURES_LAST,
)
REPLY, PUSH = "/v2/bot/message/reply", "/v2/bot/message/push"
REFUSED: Mapping[int, PlatformFault] = {
    HTTPStatus.UNAUTHORIZED: "wrong_credentials",
    HTTPStatus.FORBIDDEN: "no_permission",
    HTTPStatus.NOT_FOUND: "no_such_buyer",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "too_long",
}
ENDPOINT = "/v2/bot/channel/webhook/endpoint"

_NAMES = uuid.UUID("6f2ab1d6-1c1c-4d6e-9a55-0d4c63c1c0de")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAdapter:
    """One account. A push carries a retry key, by which LINE drops a second copy; a reply token is taken once."""

    channel: str
    channel_secret: str = field(repr=False)
    channel_access_token: str = field(repr=False)
    api: Api
    messages_per_minute: int = MESSAGES_PER_MINUTE
    capabilities: Capabilities = CAPABILITIES

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> LineAdapter:
        with Reading(settings, SETTINGS) as fields:
            secret, token = (read_secret_text(fields, name, where=where) for name, where in NEEDS.items())
            return cls(
                channel=channel,
                channel_secret=secret,
                channel_access_token=token,
                api=read_api(fields, usually=API_URL),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Check the signature over the raw bytes. The console's own test brings no event."""
        right = base64.b64encode(hmac.digest(self.channel_secret.encode(), request.body, "sha256"))
        given = request.headers.get("x-line-signature", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, right):
            raise BadSignature("x-line-signature does not match: is channel_secret that of this channel?")
        return Received(events=read_events(request.body, now=now))

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Reply while there is a token, which costs nothing; else push. Notices never come: people answer at our desk.

        Once a reply may have been taken, only the same token can tell: a push would be a second copy.
        """
        if not isinstance(outbound.content, Reply):
            return Sent()
        shown, reference = outbound.picture_addresses, outbound.content.reply_reference
        message = write_message(outbound.content) if shown is None else write_picture(shown)
        if reference is not None and (outbound.is_repeat or reference.until is None or now < reference.until):
            body = {"replyToken": reference.value, "messages": [message]}
            outcome = await self._say(REPLY, body, wire=wire, now=now)
            if not isinstance(outcome, _TokenLapsed):
                return outcome
            if outbound.is_repeat:
                return Unknown(
                    "LINE does not say whether it took the first copy", ends_here=True, fault="unclear_answer"
                )
        push = {"to": outbound.conversation_id, "messages": [message]}
        key = {"X-Line-Retry-Key": str(uuid.uuid5(_NAMES, outbound.reply_id))}
        return await self._say(PUSH, push, wire=wire, now=now, headers=key)

    async def show_reading(self, *, wire: Wire, conversation_id: str, message_id: str, now: datetime) -> None:  # noqa: ARG002 - LINE shows it in a chat, for no message of its own
        loading = {"chatId": conversation_id, "loadingSeconds": LOADING_SECONDS}
        await self._post("/v2/bot/chat/loading/start", loading, session=wire.session, now=now)

    async def read_media(self, *, wire: Wire, media: str, now: datetime) -> Media | NoMedia | CallFault:
        """Fetch a picture that a buyer sent; LINE keeps it for a while only."""
        at_home = self.api.url == URL(API_URL)
        path = f"/v2/bot/message/{media}/content"
        answer = await self.api.get(
            f"{DATA_URL}{path}" if at_home else path,
            session=wire.session,
            now=now,
            headers=self._login(),
            limit_bytes=PICTURE_LIMIT_BYTES,
        )
        if not isinstance(answer, Answer):
            return answer
        is_told = answer.status in {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
        return picture_in(answer) if is_told else _refused(answer)

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask who the account is, and where LINE delivers."""
        bot = await self._look("/v2/bot/info", session=session, now=now)
        if not isinstance(bot, Fields):
            return (failed(bot),)
        hook = await self._look(ENDPOINT, session=session, now=now)
        found = _judge_hook(hook, webhook_url) if isinstance(hook, Fields) else failed(hook)
        return (well(f"LINE takes the access token: the account is {bot.line('displayName')}"), found)

    async def connect(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Have LINE deliver here; that it uses the webhook at all is a switch on its own page."""
        body, headers = orjson.dumps({"endpoint": webhook_url}), {"Content-Type": "application/json"} | self._login()
        answer = await self.api.call("PUT", ENDPOINT, body, session=session, now=now, headers=headers)
        understood = _understand(answer) if isinstance(answer, Answer) else answer
        if not isinstance(understood, Fields):
            return (failed(understood),)
        return (well(f"LINE delivers to {webhook_url}; let 'Use webhook' be on, on the channel's page"),)

    def _login(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.channel_access_token}"}

    async def _say(
        self,
        path: str,
        payload: Mapping[str, object],
        *,
        wire: Wire,
        now: datetime,
        headers: Mapping[str, str] | None = None,
    ) -> SendOutcome:
        answer = await self._post(path, payload, session=wire.session, now=now, headers=headers)
        if not isinstance(answer, Fields):
            return answer
        sent = answer.inner_each("sentMessages")
        return Sent(sent[0].optional_id("id") if sent else None)

    async def _post(
        self,
        path: str,
        payload: Mapping[str, object],
        *,
        session: ClientSession,
        now: datetime,
        headers: Mapping[str, str] | None = None,
    ) -> Fields | TryLater | Refused | Unknown:
        login = {**self._login(), **(headers or {})}
        answer = await self.api.post(path, payload, session=session, now=now, headers=login)
        return _understand(answer) if isinstance(answer, Answer) else answer

    async def _look(self, path: str, *, session: ClientSession, now: datetime) -> Fields | TryLater | Refused | Unknown:
        answer = await self.api.get(path, session=session, now=now, headers=self._login())
        return _understand(answer) if isinstance(answer, Answer) else answer


@dataclass(frozen=True, slots=True)
class _TokenLapsed(Refused):
    """The reply token was used before, or is too old. Which of both, LINE does not say."""


def _understand(answer: Answer) -> Fields | TryLater | Refused | Unknown:
    """Turn LINE's status into what we do next; 409 says that it has taken a push of this key before."""
    match answer.status:
        case HTTPStatus.OK | HTTPStatus.CONFLICT:
            return read_answer(answer)
        case HTTPStatus.TOO_MANY_REQUESTS:
            said = read_answer(answer).line("message")
            if "monthly limit" in said:
                return Refused(f"LINE answered 429: {said}", fault="allowance_used")
            return TryLater(f"LINE answered 429: {said}".rstrip(": "), answer.retry_after_seconds, fault="too_fast")
        case status if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _refused(answer)
        case status:
            return Unknown(f"LINE answered {status}", fault="platform_trouble")


def _refused(answer: Answer) -> Refused:
    theirs = read_answer(answer).line("message")
    said = f"LINE answered {answer.status}: {theirs}".rstrip(": ")
    if theirs == "Invalid reply token":
        return _TokenLapsed(said, fault="window_over")
    return Refused(said, fault=REFUSED.get(answer.status, "unknown_refusal"))


def _judge_hook(hook: Fields, webhook_url: str) -> Finding:
    if webhook_url and hook.line("endpoint", limit_characters=500) != webhook_url:
        return wrong("LINE delivers to another address: run `xiaoer platforms connect` for this channel")
    if hook.raw("active") is not True:
        return warning("LINE does not use the webhook: turn 'Use webhook' on, on the channel's page")
    return well("LINE delivers here")
