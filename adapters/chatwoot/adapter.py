"""A Chatwoot agent bot's channel: signed events of all its inboxes in, messages, hand-overs and notes out."""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, assert_never

from adapters.api import API_SETTINGS, Api, read_answer, read_api, read_secret_text
from adapters.chatwoot.payloads import (
    LARGEST_ID,
    account_of,
    read_event,
    read_labels,
    write_labels,
    write_message,
    write_picture,
    write_status,
    write_summary,
)
from adapters.checking import failed, warning, well, wrong
from adapters.contract import (
    BadSignature,
    Capabilities,
    HandedOver,
    Received,
    Refused,
    Reply,
    Returned,
    Sent,
    TextLimit,
    TryLater,
    Unknown,
)
from adapters.fields import Fields, Reading
from adapters.http import Answer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
    from datetime import datetime

    from aiohttp import ClientSession
    from yarl import URL

    from adapters.checking import Finding
    from adapters.contract import Media, Outbound, PlatformFault, Request, SendOutcome, Wire

NEEDS: Mapping[str, str] = {
    "api_url": "where your Chatwoot is, such as https://chatwoot.shop.example",
    "account_id": "the number after /accounts/ in Chatwoot's address bar",
    "access_token": "Settings › Bots › your bot shows it; a person's token will not do",
    "webhook_secret": "the same page shows it; on a server that shows none, set path_secret instead",
}
SETTINGS = (
    "account_id",
    "access_token",
    "webhook_secret",
    "path_secret",
    "survey",
    "admin_token",
    *API_SETTINGS,
    "messages_per_minute",
)
MESSAGES_PER_MINUTE = 120
TOLERANCE_SECONDS = 300
INBOXES_AT_MOST = 50
LONGEST_CHARACTERS = 150_000
CAPABILITIES = Capabilities(
    resend="never", announces=True, desk=True, pictures=True, longest_text=TextLimit(at_most=LONGEST_CHARACTERS)
)
REFUSED: Mapping[int, PlatformFault] = {
    HTTPStatus.UNAUTHORIZED: "wrong_credentials",
    HTTPStatus.FORBIDDEN: "wrong_credentials",
    HTTPStatus.NOT_FOUND: "no_such_buyer",
    HTTPStatus.BAD_REQUEST: "content_refused",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "media_refused",  # by the proxy before it: only a picture is that large
    HTTPStatus.UNPROCESSABLE_ENTITY: "content_refused",
}
USUAL_ADDRESS = "https://app.chatwoot.com"

_PATH_SECRET = re.compile(r"[\w-]{24,200}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatwootAdapter:
    """One agent bot of one account, however many inboxes it is connected to."""

    channel: str
    account_id: int
    access_token: str = field(repr=False)
    api: Api
    webhook_secret: str = field(repr=False, default="")
    path_secret: str = field(repr=False, default="")
    admin_token: str = field(repr=False, default="")
    messages_per_minute: int = MESSAGES_PER_MINUTE
    capabilities: Capabilities = CAPABILITIES

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> ChatwootAdapter:
        with Reading(settings, SETTINGS) as fields:
            webhook_secret, path_secret = _read_secrets(fields)
            survey = fields.one_of("survey", ("ours", "chatwoot")) or "ours"
            fields.require("api_url")
            return cls(
                channel=channel,
                account_id=_read_account(fields),
                access_token=read_secret_text(fields, "access_token", where=NEEDS["access_token"]),
                api=read_api(fields, usually=USUAL_ADDRESS),
                webhook_secret=webhook_secret,
                path_secret=path_secret,
                admin_token=_read_optional(fields, "admin_token"),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
                capabilities=replace(CAPABILITIES, native_survey=survey == "chatwoot"),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:
        """Check that Chatwoot sent it and that it is of this account, then read: one event a delivery."""
        if self.webhook_secret:
            _check_signature(request, self.webhook_secret, now)
        else:
            _check_path(request, self.path_secret)
        account = account_of(request.body)
        if account not in {None, self.account_id}:
            raise BadSignature(f"the event is of account {account}; this channel's account_id is {self.account_id}")
        inbound = read_event(request.body, delivery=request.headers.get("x-chatwoot-delivery", ""))
        return Received(() if inbound is None else (inbound,))

    @property
    def home(self) -> URL | None:
        """Chatwoot keeps buyers' pictures itself, wherever the owner runs it."""
        return self.api.url if self.api.allow_private else None

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """A message for the buyer; or a hand-over, which opens the conversation for agents and tells them why."""
        talk = _Talk(adapter=self, number=outbound.conversation_id, session=wire.session, now=now)
        match outbound.content:
            case Reply() as reply:
                return await (talk.say(reply.text) if outbound.picture is None else talk.show(outbound.picture))
            case HandedOver() as notice:
                return await talk.hand_over(notice)
            case Returned():
                return await talk.move("pending")
            case _ as never:
                assert_never(never)

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask whether the bot may speak and, with an administrator's token, how its inboxes are set."""
        who = await self._get("/api/v1/profile", self.access_token, session=session, now=now)
        if not isinstance(who, Answer):
            return (failed(who),)
        if who.status == HTTPStatus.OK:
            return (wrong("access_token is a person's, so answers would count as theirs: copy the bot's own instead"),)
        asked = _Talk(adapter=self, number="0", session=session, now=now)
        told = await asked.post("toggle_status", write_status("open"))
        if not isinstance(told, Answer):
            return (failed(told),)
        if told.status != HTTPStatus.NOT_FOUND:  # there is no conversation 0, as only the bot hears
            return (wrong(f"Chatwoot answered {told.status}: it does not take access_token; {NEEDS['access_token']}"),)
        inboxes = await self._inboxes(session, now)
        return (
            well("Chatwoot takes the bot's token"),
            *[each async for each in self._look(inboxes, webhook_url, session, now)],
        )

    async def _inboxes(self, session: ClientSession, now: datetime) -> Sequence[Fields] | None:
        """The account's inboxes; None where there is no administrator's token, or Chatwoot does not take it."""
        if not self.admin_token:
            return None
        answer = await self._get(f"{self._account}/inboxes", self.admin_token, session=session, now=now)
        if not isinstance(answer, Answer) or answer.status != HTTPStatus.OK:
            return None
        return read_answer(answer).inner_each("payload")[:INBOXES_AT_MOST]

    async def _look(
        self, inboxes: Sequence[Fields] | None, webhook_url: str, session: ClientSession, now: datetime
    ) -> AsyncIterator[Finding]:
        if inboxes is None:
            yield warning(
                "the inboxes could not be looked at: set admin_token to an administrator's, which nothing else uses"
            )
            return
        connected = 0
        for inbox in inboxes:
            bot = await self._bot_of(inbox, session, now)
            if bot is not None and (
                not webhook_url or bot.line("outgoing_url", limit_characters=500).startswith(webhook_url)
            ):
                connected += 1
                for finding in _doubles(inbox, asks=not self.capabilities.native_survey):
                    yield finding
        if connected == 0:
            yield wrong(
                f"no inbox delivers here: connect the bot to one, with {webhook_url or 'this channel'} as its URL"
            )

    async def _bot_of(self, inbox: Fields, session: ClientSession, now: datetime) -> Fields | None:
        path = f"{self._account}/inboxes/{inbox.number('id', at_most=LARGEST_ID)}/agent_bot"
        answer = await self._get(path, self.admin_token, session=session, now=now)
        bot = read_answer(answer).optional_inner("agent_bot") if isinstance(answer, Answer) else None
        return bot if bot is not None and bot.has("id") else None

    @property
    def _account(self) -> str:
        return f"/api/v1/accounts/{self.account_id}"

    async def _get(
        self, path: str, token: str, *, session: ClientSession, now: datetime
    ) -> Answer | TryLater | Refused | Unknown:
        return await self.api.get(path, session=session, now=now, headers={"api_access_token": token})


@dataclass(frozen=True, kw_only=True)
class _Talk:
    """One conversation, as the bot may touch it."""

    adapter: ChatwootAdapter
    number: str
    session: ClientSession
    now: datetime

    async def say(self, text: str, *, private: bool = False) -> SendOutcome:
        return _sent(await self.post("messages", write_message(text, private=private)))

    async def show(self, picture: Media) -> SendOutcome:
        """A message that is a picture alone, as a file of a form."""
        adapter = self.adapter
        headers = {"api_access_token": adapter.access_token}
        path, fields = f"{self._path}/messages", write_picture()
        return _sent(
            await adapter.api.post_picture(
                path, "attachments[]", picture, session=self.session, now=self.now, fields=fields, headers=headers
            )
        )

    async def move(self, status: str) -> SendOutcome:
        """Let agents see it, or take it back. To do it twice is as good as once, so what is unsure is tried again."""
        answer = await self.post("toggle_status", write_status(status))
        outcome = (
            (Sent() if answer.status == HTTPStatus.OK else _understand(answer))
            if isinstance(answer, Answer)
            else answer
        )
        return TryLater(outcome.reason, fault=outcome.fault) if isinstance(outcome, Unknown) else outcome

    async def hand_over(self, notice: HandedOver) -> SendOutcome:
        """Open it, unless agents should only know; then the note, once; labels are an ornament and may fail."""
        opened = await self.move("open") if notice.queue_position else Sent()
        if not isinstance(opened, Sent):
            return opened
        noted = await self.say(write_summary(notice), private=True)
        if isinstance(noted, Sent):
            await self._label(notice)
        return noted

    async def _label(self, notice: HandedOver) -> None:
        """Servers before June 2026 let no bot read or set labels."""
        path = f"{self._path}/labels"
        headers = {"api_access_token": self.adapter.access_token}
        former = await self.adapter.api.get(path, session=self.session, now=self.now, headers=headers)
        if isinstance(former, Answer) and former.status == HTTPStatus.OK:
            await self.post("labels", write_labels(notice, read_labels(read_answer(former))))

    async def post(self, what: str, body: Mapping[str, object]) -> Answer | TryLater | Refused | Unknown:
        headers = {"api_access_token": self.adapter.access_token}
        return await self.adapter.api.post(
            f"{self._path}/{what}", body, session=self.session, now=self.now, headers=headers
        )

    @property
    def _path(self) -> str:
        return f"/api/v1/accounts/{self.adapter.account_id}/conversations/{self.number}"


def _sent(answer: Answer | TryLater | Refused | Unknown) -> SendOutcome:
    """What became of a new message."""
    if not isinstance(answer, Answer):
        return answer
    if answer.status == HTTPStatus.OK:
        number = read_answer(answer).number("id", at_most=LARGEST_ID)
        return Sent(None if number is None else str(number))
    return _understand(answer)


def _understand(answer: Answer) -> SendOutcome:
    """What follows from an answer that is not 200."""
    fields = read_answer(answer)
    said = f"Chatwoot answered {answer.status}: {fields.line('error') or fields.line('message')}".rstrip(": ")
    match answer.status:
        case HTTPStatus.TOO_MANY_REQUESTS:
            return TryLater(said, answer.retry_after_seconds, fault="too_fast")
        case status if status in REFUSED:
            return Refused(said, fault=REFUSED[status])
        case _:
            return Unknown(said, fault="platform_trouble")


def _doubles(inbox: Fields, *, asks: bool) -> Iterator[Finding]:
    """What an inbox says by itself, and a buyer would hear twice."""
    name = inbox.line("name")
    if inbox.flag("greeting_enabled"):
        yield warning(f"inbox {name}: its greeting comes beside our welcome; switch one of them off")
    if inbox.flag("working_hours_enabled") and inbox.line("out_of_office_message"):
        yield warning(f"inbox {name}: its message outside business hours comes beside ours; switch one of them off")
    has_survey = inbox.flag("csat_survey_enabled")
    if has_survey and asks:
        yield warning(
            f'inbox {name}: its CSAT survey comes beside our question; switch it off, or set survey = "chatwoot"'
        )
    if not has_survey and not asks:
        yield warning(f'inbox {name}: nobody asks how it went; switch its CSAT survey on, or set survey = "ours"')


def _check_signature(request: Request, secret: str, now: datetime) -> None:
    """`sha256=` and the HMAC of the moment, a dot and the body, as it came."""
    seconds = request.headers.get("x-chatwoot-timestamp", "")
    if not (seconds.isascii() and seconds.isdigit()):
        raise BadSignature("X-Chatwoot-Timestamp is missing; on a server that signs nothing, set path_secret instead")
    if abs(now.timestamp() - int(seconds[:12])) > TOLERANCE_SECONDS:
        raise BadSignature("X-Chatwoot-Timestamp is more than five minutes off: look at both clocks")
    digest = hmac.digest(secret.encode(), f"{seconds}.".encode() + request.body, "sha256").hex()
    given = request.headers.get("x-chatwoot-signature", "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(given, f"sha256={digest}".encode()):
        raise BadSignature("X-Chatwoot-Signature does not match: copy webhook_secret from the bot's page again")


def _check_path(request: Request, secret: str) -> None:
    given = request.path.rpartition("/")[2].encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(hashlib.sha256(given).digest(), hashlib.sha256(secret.encode()).digest()):
        raise BadSignature("the address does not end with the channel's path_secret")


# Settings


def _read_secrets(fields: Fields) -> tuple[str, str]:
    """One of the two."""
    path_secret = _read_optional(fields, "path_secret")
    if not path_secret:
        return read_secret_text(fields, "webhook_secret", where=NEEDS["webhook_secret"]), ""
    if not _PATH_SECRET.fullmatch(path_secret):
        fields.note("path_secret", "must be 24 letters and figures or more; make one with `openssl rand -hex 24`")
    return _read_optional(fields, "webhook_secret"), path_secret


def _read_optional(fields: Fields, name: str) -> str:
    return read_secret_text(fields, name, where="or leave it out") if fields.has(name) else ""


def _read_account(fields: Fields) -> int:
    if not fields.require("account_id"):
        return 0
    return fields.number("account_id", at_least=1, strict=True) or 0
