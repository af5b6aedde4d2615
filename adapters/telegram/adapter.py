"""A Telegram bot's channel: updates come with a secret of the owner's, messages go out by the Bot API."""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

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
from adapters.pictures import PICTURE_LIMIT_BYTES, picture_in
from adapters.telegram.payloads import LARGEST_ID, MESSAGES, read_update, write_message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.checking import Finding
    from adapters.contract import CallFault, Media, NoMedia, Outbound, PlatformFault, Request, SendOutcome, Wire

API_URL = "https://api.telegram.org"
NEEDS: Mapping[str, str] = {
    "token": "@BotFather shows it when the bot is made, and again after /token",
    "secret_token": "any 1 to 256 letters, figures, _ and - of your own; make one with `openssl rand -hex 24`",
}
SETTINGS = ("token", "secret_token", *API_SETTINGS, "messages_per_minute")
MESSAGES_PER_MINUTE = 60
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
MOST_BUTTONS = 20
CAPABILITIES = Capabilities(
    resend="never",
    echoes="no",
    longest_text=TextLimit(at_most=4_096, unit="utf-16"),
    buttons=MOST_BUTTONS,
    pictures=True,
)

REFUSED: Mapping[int, PlatformFault] = {
    HTTPStatus.FORBIDDEN: "blocked_by_buyer",
    HTTPStatus.UNAUTHORIZED: "wrong_credentials",
    HTTPStatus.NOT_FOUND: "wrong_credentials",  # the token is part of the address
}
BAD_REQUESTS: Mapping[str, PlatformFault] = {
    "chat not found": "no_such_buyer",
    "too long": "too_long",
    "photo": "media_refused",
    "image": "media_refused",
    "wrong file": "media_refused",
}

_TOKEN = re.compile(r"\d{1,20}:[\w-]{1,200}", re.ASCII)
_SECRET = re.compile(r"[\w-]{1,256}", re.ASCII)
_UPDATES = (*MESSAGES, "callback_query")


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramAdapter:
    """One bot. Its token is part of every address, so no address is ever told."""

    channel: str
    token: str = field(repr=False)
    secret_token: str = field(repr=False)
    api: Api
    messages_per_minute: int = MESSAGES_PER_MINUTE
    capabilities: Capabilities = CAPABILITIES

    @classmethod
    def configure(cls, *, channel: str, settings: Mapping[str, object]) -> TelegramAdapter:
        with Reading(settings, SETTINGS) as fields:
            return cls(
                channel=channel,
                token=_read_matching(fields, "token", _TOKEN),
                secret_token=_read_matching(fields, "secret_token", _SECRET),
                api=read_api(fields, usually=API_URL),
                messages_per_minute=fields.messages_per_minute(usually=MESSAGES_PER_MINUTE),
            )

    def receive(self, request: Request, *, now: datetime) -> Received:  # noqa: ARG002 - Telegram signs no time
        """Telegram proves itself by the secret we gave it, and signs nothing."""
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self.secret_token.encode()):
            raise BadSignature(f"{SECRET_HEADER} is not the channel's secret_token: connect the channel again")
        inbound, reply = read_update(request.body)
        return Received(events=() if inbound is None else (inbound,), reply=reply)

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        """Send one bubble. Notices never come: people answer at our own desk."""
        if not isinstance(outbound.content, Reply):
            return Sent()
        answer = await self._say(outbound.content, outbound, wire=wire, now=now)
        if not isinstance(answer, Fields):
            return answer
        number = answer.optional_inner("result").number("message_id", at_most=LARGEST_ID)
        return Sent() if number is None else Sent(str(number))

    async def _say(
        self, reply: Reply, outbound: Outbound, *, wire: Wire, now: datetime
    ) -> Fields | TryLater | Refused | Unknown:
        chat = outbound.conversation_id
        if outbound.picture is None:
            return await self._ask("sendMessage", write_message(reply, chat=chat), session=wire.session, now=now)
        path, where = f"/bot{self.token}/sendPhoto", {"chat_id": chat}
        answer = await self.api.post_picture(
            path, "photo", outbound.picture, session=wire.session, now=now, fields=where
        )
        return _understand(answer) if isinstance(answer, Answer) else answer

    async def show_reading(self, *, wire: Wire, conversation_id: str, message_id: str, now: datetime) -> None:  # noqa: ARG002 - Telegram shows typing in a chat, for no message of its own
        typing = {"chat_id": conversation_id, "action": "typing"}
        await self._ask("sendChatAction", typing, session=wire.session, now=now)

    async def read_media(self, *, wire: Wire, media: str, now: datetime) -> Media | NoMedia | CallFault:
        """Ask where the file lies, and fetch it."""
        told = await self._ask("getFile", {"file_id": media}, session=wire.session, now=now)
        if not isinstance(told, Fields):
            return told
        path = f"/file/bot{self.token}/{told.optional_inner('result').line('file_path')}"
        answer = await self.api.get(path, session=wire.session, now=now, limit_bytes=PICTURE_LIMIT_BYTES)
        return picture_in(answer)

    async def check(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Ask who the bot is, and where Telegram delivers."""
        bot = await self._ask("getMe", {}, session=session, now=now)
        if not isinstance(bot, Fields):
            return (failed(bot),)
        name = well(f"Telegram takes the token: the bot is @{bot.optional_inner('result').line('username')}")
        hook = await self._ask("getWebhookInfo", {}, session=session, now=now)
        if not isinstance(hook, Fields):
            return (name, failed(hook))
        return (name, _judge_hook(hook.optional_inner("result"), webhook_url))

    async def connect(self, *, session: ClientSession, webhook_url: str, now: datetime) -> tuple[Finding, ...]:
        """Have Telegram deliver here, with our secret, what the bot understands."""
        wanted = {"url": webhook_url, "secret_token": self.secret_token, "allowed_updates": _UPDATES}
        answer = await self._ask("setWebhook", wanted, session=session, now=now)
        if not isinstance(answer, Fields):
            return (failed(answer),)
        return (well(f"Telegram delivers to {webhook_url} from now on"),)

    async def _ask(
        self, method: str, payload: Mapping[str, object], *, session: ClientSession, now: datetime
    ) -> Fields | TryLater | Refused | Unknown:
        answer = await self.api.post(f"/bot{self.token}/{method}", payload, session=session, now=now)
        return _understand(answer) if isinstance(answer, Answer) else answer


def _understand(answer: Answer) -> Fields | TryLater | Refused | Unknown:
    fields = read_answer(answer)
    said = f"Telegram answered {answer.status}: {fields.line('description')}".rstrip(": ")
    match answer.status:
        case HTTPStatus.OK:
            unread = Unknown("Telegram's answer cannot be read", fault="unclear_answer")
            return fields if fields.raw("ok") is True else unread
        case HTTPStatus.TOO_MANY_REQUESTS:
            pause = fields.optional_inner("parameters").number("retry_after")
            seconds = answer.retry_after_seconds if pause is None else float(pause)
            return TryLater(said, seconds, fault="too_fast")
        case HTTPStatus.BAD_REQUEST:
            return Refused(said, fault=_meaning(fields.line("description")))
        case status if status in REFUSED:
            return Refused(said, fault=REFUSED[status])
        case _:
            return Unknown(said, fault="platform_trouble")


def _meaning(description: str) -> PlatformFault:
    """Telegram has one number for whatever is wrong with a request, and says in words what it is."""
    return next((fault for words, fault in BAD_REQUESTS.items() if words in description.lower()), "unknown_refusal")


def _judge_hook(hook: Fields, webhook_url: str) -> Finding:
    url, error = hook.line("url", limit_characters=500), hook.line("last_error_message")
    if url == "":
        return wrong("Telegram delivers nowhere yet: run `xiaoer platforms connect` for this channel")
    if webhook_url and url != webhook_url:
        return wrong("Telegram delivers to another address: run `xiaoer platforms connect` for this channel")
    if error:
        return warning(f"Telegram's last delivery failed: {error}")
    return well("Telegram delivers here, and the last delivery was taken")


def _read_matching(fields: Fields, name: str, pattern: re.Pattern[str]) -> str:
    text = read_secret_text(fields, name, where=NEEDS[name])
    if text and not pattern.fullmatch(text):
        fields.note(name, f"is not one; {NEEDS[name]}")
    return text
