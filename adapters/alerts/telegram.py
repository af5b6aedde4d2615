"""A Telegram chat or group in which a bot of the shop may write."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from http import HTTPStatus
from typing import TYPE_CHECKING

from yarl import URL

from adapters.alerts.robots import NOTHING_KNOWN, answered, call, quote, read_text, without_word
from adapters.api import read_answer
from adapters.clean import clean_line
from adapters.contract import Refused, Sent
from adapters.fields import Reading
from adapters.http import find_url_problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from aiohttp import ClientSession

    from adapters.alerts.contract import Note, NoteOutcome, Told
    from adapters.alerts.robots import Meaning
    from adapters.fields import Fields
    from adapters.http import Answer

SETTINGS: Mapping[str, str] = {
    "token": "the bot's token, from @BotFather",
    "chat_id": 'where to write: a number in quotes such as "-1001234567890", or "@channel"',
    "api_url": 'the server to call; "https://api.telegram.org" unless the shop runs its own',
    "allow_private_api_url": "true lets api_url be on this machine or in a private network",
}
LONGEST_BYTES = 4_000
API_URL = "https://api.telegram.org"
USUAL = URL(API_URL)
MEANINGS: Mapping[int, Meaning] = {
    HTTPStatus.UNAUTHORIZED: ("wrong_credentials", "copy token again from @BotFather"),
    HTTPStatus.FORBIDDEN: ("robot_gone", "add the bot to that chat again"),
    HTTPStatus.NOT_FOUND: ("wrong_credentials", "copy token again from @BotFather"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramChat:
    """20 messages a minute are allowed in a group; at most 4,096 characters each."""

    token: str = field(repr=False)
    chat_id: str
    api_url: URL = USUAL
    allow_private: bool = False
    seconds_between: float = 3.5

    @classmethod
    def configure(cls, settings: Mapping[str, object]) -> TelegramChat:
        with Reading(settings, SETTINGS) as fields:
            allow_private = fields.flag("allow_private_api_url")
            return cls(
                token=_required(fields, "token"),
                chat_id=_required(fields, "chat_id"),
                api_url=_read_api_url(fields, allow_private=allow_private),
                allow_private=allow_private,
            )

    def fits(self, note: Note) -> bool:
        return len(note.whole.encode()) <= LONGEST_BYTES

    async def send(self, *, session: ClientSession, note: Note, now: datetime) -> NoteOutcome:
        return await call(
            session=session,
            url=self.api_url / f"bot{self.token}" / "sendMessage",
            allow_private=self.allow_private,
            content={
                "chat_id": self.chat_id,
                "text": _in_html(note),
                "parse_mode": "HTML",
                "link_preview_options": {"is_disabled": True},
            },
            understand=_understand,
            now=now,
        )


def _in_html(note: Note) -> str:
    """The title in bold, what presses in italics, and a link to the desk."""
    parts = [
        "\n".join(_lines(each, note.headline(number), note.open_words)) for number, each in enumerate(note.told, 1)
    ]
    body = "\n\n".join(part for part in parts if part)
    return f"<b>{escape(note.title)}</b>\n{body}".rstrip()


def _lines(told: Told, headline: str, open_words: str) -> Iterator[str]:
    if headline:
        yield f"<b>{escape(headline)}</b>"
    if told.said:
        yield escape(told.said)
    if told.facts:
        yield f"<i>{escape(told.facts)}</i>"
    if told.link:
        yield f'<a href="{escape(told.link)}">{escape(open_words)}</a>'


def _understand(answer: Answer) -> NoteOutcome:
    fields = read_answer(answer)
    if fields.raw("ok") is True:
        return Sent()
    said = clean_line(str(fields.raw("description") or "")) or quote(answer)
    if answer.status == HTTPStatus.OK and fields.raw("ok") is None:
        return without_word()
    moved = fields.optional_inner("parameters").raw("migrate_to_chat_id")
    fault, hint = MEANINGS.get(answer.status, NOTHING_KNOWN)
    if type(moved) is int:
        fault, hint = "robot_gone", f"set chat_id to {moved}"
    return Refused(answered(answer.status, said, hint=hint), fault=fault)


def _required(fields: Fields, name: str) -> str:
    text = read_text(fields, name)
    if fields.raw(name) in {None, ""}:
        fields.note(name, f"is missing; it is {SETTINGS[name]}")
    return text


def _read_api_url(fields: Fields, *, allow_private: bool) -> URL:
    text = read_text(fields, "api_url") or API_URL
    problem = find_url_problem(text, allow_private=allow_private, switch="allow_private_api_url")
    if problem is not None:
        fields.note("api_url", problem)
        return USUAL
    return URL(text)
