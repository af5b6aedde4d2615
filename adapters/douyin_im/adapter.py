"""A Douyin account's channel. Proved by vectors and documented samples only: the account needs the scope granted."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from adapters.api import API_SETTINGS, Api, read_api, read_secret_text
from adapters.checking import failed, warning, well
from adapters.clean import clean_line
from adapters.contract import (
    AccessToken,
    BadPayload,
    BadSignature,
    Capabilities,
    LoginExpired,
    OwnReply,
    Received,
    Refused,
    Reply,
    Sent,
    TextLimit,
    TryLater,
    Unknown,
    Wire,
)
from adapters.douyin_im.payloads import (
    RENEW_WITHIN,
    TOKEN_LIMIT_CHARACTERS,
    Authorisation,
    account_of,
    read_challenge,
    read_inbound,
    read_whole,
    write_text,
)
from adapters.fields import Fields, Reading, read_object
from adapters.http import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import CallFault, Outbound, PlatformFault, Request, SendOutcome

NEEDS: Mapping[str, str] = {
    "client_key": "developer.open-douyin.com, 控制台 › the app › 设置 › Client Key",
    "client_secret": "the same page, Client Secret",
}
SETTINGS = ("client_key", "client_secret", "refresh_token", *API_SETTINGS, "messages_per_minute")
API_URL = "https://open.douyin.com"
MESSAGES_PER_MINUTE = 120
CAPABILITIES = Capabilities(
    resend="never",
    echoes="yes",
    longest_text=TextLimit(at_most=500),
    reply_window_hours=24,
    replies_per_message=6,
)
TAKEN = OwnReply(body=b"success")
AS_FORM: Mapping[str, str] = {"Content-Type": "application/x-www-form-urlencoded"}
SAYS_NOTHING = Unknown("the answer holds no access token", fault="unclear_answer")

LOGIN_CODES = frozenset({10008, 2190002, 2190008, 28001003, 28001008})
LATER: Mapping[int, tuple[PlatformFault, float]] = {
    2100004: ("platform_trouble", 1.0),
    28003070: ("too_fast", 60.0),
}
REFUSED: Mapping[int, PlatformFault] = {
    10010: "authorisation_over",  # the refresh token has run out
    10020: "authorisation_over",  # it has been renewed five times
    2190004: "no_permission",  # the app lacks the scope im.direct_message
    28001018: "no_permission",  # the account has not granted it
    28003082: "window_over",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DouyinImAdapter:
    """One app. Without `refresh_token` it speaks as the app itself, else as the account that has authorised it."""

    channel: str
    client_key: str
    client_secret: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    api: Api
    messages_per_minute: int = MESSAGES_PER_MINUTE
    capabilities: Capabilities = CAPABILITIES

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> DouyinImAdapter:
        with Reading(settings, SETTINGS) as fields:
            refresh_token = fields.optional_id("refresh_token", limit_characters=TOKEN_LIMIT_CHARACTERS) or ""
            return cls(
                channel=channel,
                client_key=read_secret_text(fields, "client_key", where=NEEDS["client_key"]),
                client_secret=read_secret_text(fields, "client_secret", where=NEEDS["client_secret"]),
                refresh_token=refresh_token,
                capabilities=replace(CAPABILITIES, renews=refresh_token != ""),
                api=read_api(fields, usually=API_URL),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Check the signature over the raw bytes, then answer Douyin's challenge, or read what happened."""
        del now  # deliveries carry no time that is signed apart; a second one is known by its id
        self._check_signature(request)
        document = read_object(request.body)
        if document.get("client_key", self.client_key) != self.client_key:
            raise BadSignature("the delivery is for another app: is client_key the right one?")
        challenge = read_challenge(document)
        if challenge is not None:
            return Received(reply=OwnReply(body=challenge, content_type="application/json"))
        inbound = read_inbound(document, message_id=request.headers.get("msg-id", ""), raw=request.body)
        return Received(events=() if inbound is None else (inbound,), reply=TAKEN)

    def _check_signature(self, request: Request) -> None:
        given = request.headers.get("x-douyin-signature", "").encode("utf-8", "surrogateescape")
        right = hashlib.sha1(self.client_secret.encode() + request.body, usedforsecurity=False).hexdigest()
        if not hmac.compare_digest(given, right.encode()):
            raise BadSignature("X-Douyin-Signature does not match: is client_secret the app's?")

    # Out

    async def log_in(
        self, *, session: ClientSession, former: AccessToken | None, now: datetime
    ) -> AccessToken | TryLater | Refused | Unknown:
        """Fetch the app's own token, or the account's; its refresh token is renewed when it has to be, and can be."""
        if not self.refresh_token:
            wanted = {"grant_type": "client_credential", "client_secret": self.client_secret}
            return _token(await self._ask("/oauth/client_token/", wanted, session=session, now=now))
        held = Authorisation.held(former, settings_token=self.refresh_token)
        got = await self._refreshed(held, session=session, now=now)
        if not isinstance(got, Fields):
            return _no_token(got)
        seconds = read_whole(got, "refresh_expires_in")
        left = None if seconds is None else timedelta(seconds=seconds)
        if held.can_be_renewed and (left is None or left <= RENEW_WITHIN):
            held, left = await self._renewed(held, left, session=session, now=now)
        return held.access(got, left=left, now=now) or SAYS_NOTHING

    async def _refreshed(self, held: Authorisation, *, session: ClientSession, now: datetime) -> Fields | CallFault:
        wanted = {"grant_type": "refresh_token", "refresh_token": held.refresh_token}
        return await self._ask_by_form("/oauth/refresh_token/", wanted, session=session, now=now)

    async def _renewed(
        self, held: Authorisation, left: timedelta | None, *, session: ClientSession, now: datetime
    ) -> tuple[Authorisation, timedelta | None]:
        """The same with a refresh token that lasts longer, where Douyin renews it, and how long that is."""
        wanted = {"refresh_token": held.refresh_token}
        got = await self._ask_by_form("/oauth/renew_refresh_token/", wanted, session=session, now=now)
        if isinstance(got, Fields):
            token = got.optional_id("refresh_token", limit_characters=TOKEN_LIMIT_CHARACTERS)
            seconds = read_whole(got, "expires_in")
            return held.renewed(token), timedelta(seconds=seconds) if seconds else left
        return held.used_up() if isinstance(got, Refused) else held, left

    async def _ask(
        self, path: str, wanted: Mapping[str, str], *, session: ClientSession, now: datetime
    ) -> Fields | CallFault:
        payload = {"client_key": self.client_key, **wanted}
        return _understand(await self.api.post(path, payload, session=session, now=now))

    async def _ask_by_form(
        self, path: str, wanted: Mapping[str, str], *, session: ClientSession, now: datetime
    ) -> Fields | CallFault:
        """What is about an authorisation is asked by a form."""
        body = urlencode({"client_key": self.client_key, **wanted}).encode()
        return _understand(await self.api.call("POST", path, body, session=session, now=now, headers=AS_FORM))

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Send one bubble. Douyin knows no second copy, so an unknown outcome is left to people."""
        if not isinstance(outbound.content, Reply):
            return Sent()
        answer = _understand(
            await self.api.post(
                "/im/send/msg/",
                write_text(outbound.content, conversation_id=outbound.conversation_id),
                session=wire.session,
                now=now,
                headers={"access-token": wire.token},
                query={"open_id": account_of(outbound.conversation_id)},
            )
        )
        return Sent(answer.optional_id("msg_id")) if isinstance(answer, Fields) else answer

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask for a token; whether the scope is granted shows only when a buyer writes. Nothing is renewed."""
        del webhook_url  # Douyin cannot be asked where it delivers
        scope = warning("whether im.direct_message is granted shows only when the first answer goes out")
        if self.refresh_token:
            held = Authorisation.held(None, settings_token=self.refresh_token)
            got = await self._refreshed(held, session=session, now=now)
            if not isinstance(got, Fields):
                told = f"{got.reason}; this is about the refresh_token of the settings, as it stands there"
                return (replace(failed(got), said=told),)
            return (well("Douyin takes client_key and refresh_token"), scope)
        token = await self.log_in(session=session, former=None, now=now)
        if not isinstance(token, AccessToken):
            return (failed(token),)
        return (well("Douyin takes client_key and client_secret"), scope)


def _understand(answer: Answer | TryLater | Refused | Unknown) -> Fields | CallFault:
    """The data of an answer that says yes; else what to do next."""
    if not isinstance(answer, Answer):
        return answer
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
        return TryLater(f"Douyin answered {answer.status}", answer.retry_after_seconds, fault="too_fast")
    data = _data_of(answer)
    code = None if data is None else read_whole(data, "error_code")
    if answer.status != HTTPStatus.OK or data is None or code is None:
        return Unknown(f"Douyin answered {answer.status}, and not whether it was done", fault="unclear_answer")
    return _understand_code(code, data.line("description")) if code else data


def _data_of(answer: Answer) -> Fields | None:
    """What stands in `data`; errors of the newer kind stand in `extra` instead."""
    try:
        body = Fields(read_object(answer.body), [])
    except BadPayload:
        return None
    data, extra = body.optional_inner("data"), body.optional_inner("extra")
    return extra if read_whole(extra, "error_code") or not data.has("error_code") else data


def _understand_code(code: int, message: str) -> CallFault:
    said = f"Douyin {code}: {clean_line(message, limit_characters=150)}".rstrip(": ")
    if code in LOGIN_CODES:
        return LoginExpired(said)
    if code in LATER:
        fault, seconds = LATER[code]
        return TryLater(said, seconds, fault=fault)
    return Refused(said, fault=REFUSED.get(code, "unknown_refusal"))


def _token(data: Fields | CallFault) -> AccessToken | TryLater | Refused | Unknown:
    if not isinstance(data, Fields):
        return _no_token(data)
    value = data.optional_id("access_token", limit_characters=TOKEN_LIMIT_CHARACTERS)
    seconds = read_whole(data, "expires_in")
    return AccessToken(value=value, lasts_seconds=float(seconds)) if value and seconds else SAYS_NOTHING


def _no_token(fault: CallFault) -> TryLater | Refused | Unknown:
    return Refused(fault.reason, fault=fault.fault) if isinstance(fault, LoginExpired) else fault
