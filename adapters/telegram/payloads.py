"""Telegram's updates and our values, both ways. Pure: no network, no clock, no secrets."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson

from adapters.contract import (
    Author,
    BadPayload,
    ConversationOpened,
    Image,
    Inbound,
    Message,
    OwnReply,
    Text,
    Unsupported,
)
from adapters.fields import Fields, read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import Event, Problem, Reply

LARGEST_ID = 2**53
CALLBACK_DATA_BYTES = 64
MESSAGES = ("message", "edited_message")
OPENS = "/start"
KINDS = (
    "voice",
    "video",
    "video_note",
    "audio",
    "animation",
    "document",
    "sticker",
    "location",
    "venue",
    "contact",
    "poll",
    "dice",
    "story",
)


# In


def read_update(body: bytes) -> tuple[Inbound | None, OwnReply | None]:
    """Read one update, and what is to be answered to a click. No event where no buyer says anything to the shop.

    Raises `BadPayload` with every problem at once.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    update = Fields(read_object(body), problems, left_out=left_out)
    number = _number(update, "update_id")
    name = next((each for each in (*MESSAGES, "callback_query") if update.has(each)), None)
    given = update.inner(name) if name else None
    said = None if given is None else (_read_click(given) if name == "callback_query" else _read_message(given))
    if problems:
        raise BadPayload((*problems, *left_out))
    if said is None:
        return None, None
    chat, event, sent_at = said
    inbound = Inbound(
        external_id=str(number),
        conversation_id=chat,
        event=event,
        sent_at=sent_at,
        raw=body,
        left_out=tuple(left_out),
    )
    return inbound, _write_click_taken(given) if given and name == "callback_query" else None


def _read_message(message: Fields) -> tuple[str, Event, datetime | None] | None:
    """What a buyer said in a chat with the bot alone; groups and channels are none of the shop's conversations."""
    chat = message.inner("chat")
    if chat is None or chat.line("type") != "private":
        return None
    author, text = _read_author(message.optional_inner("from")), message.optional_text("text")
    event: Event = Message(author=author, content=Text(text) if text else _read_other(message))
    if text.split(" ", 1)[0] == OPENS:
        event = ConversationOpened(buyer=author)
    return str(_number(chat, "id")), event, _read_moment(message)


def _read_other(message: Fields) -> Image | Unsupported:
    """A picture is known by its largest size; its caption says nothing that could be answered without it."""
    sizes = message.inner_each("photo")
    media = sizes[-1].optional_id("file_id") if sizes else None
    if media:
        return Image("", media=media)
    return Unsupported(next((kind for kind in KINDS if message.has(kind)), "photo" if sizes else "message"))


def _read_click(query: Fields) -> tuple[str, Event, datetime | None] | None:
    """A click says what the button says."""
    message, words = query.optional_inner("message"), query.optional_text("data")
    chat = message.optional_inner("chat")
    if not chat.has("id") or not words:
        return None
    author = _read_author(query.optional_inner("from"))
    return str(_number(chat, "id")), Message(author=author, content=Text(words)), None


def _read_author(user: Fields) -> Author:
    names = (user.line("first_name"), user.line("last_name"))
    number = user.number("id", at_most=LARGEST_ID)
    return Author(id="" if number is None else str(number), name=" ".join(filter(None, names)))


def _read_moment(message: Fields) -> datetime | None:
    seconds = message.number("edit_date") or message.number("date")
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _number(fields: Fields, name: str) -> int:
    given = fields.number(name, at_least=-LARGEST_ID, at_most=LARGEST_ID, strict=True) if fields.require(name) else None
    return given or 0


def _write_click_taken(query: Fields) -> OwnReply | None:
    """Telegram lets the answer to a delivery call one of its methods: the button stops waiting."""
    number = query.optional_id("id")
    if number is None:
        return None
    body = orjson.dumps({"method": "answerCallbackQuery", "callback_query_id": number})
    return OwnReply(body=body, content_type="application/json")


# Out


def write_message(reply: Reply, *, chat: str) -> dict[str, object]:
    """The parameters of `sendMessage`."""
    message: dict[str, object] = {"chat_id": chat, "text": reply.text}
    return message | ({"reply_markup": _write_buttons(reply.choices)} if reply.choices else {})


def _write_buttons(choices: tuple[str, ...]) -> Mapping[str, object]:
    """One a line. A click brings the title back or, where that is too long, its number."""
    return {
        "inline_keyboard": [
            [{"text": title, "callback_data": title if len(title.encode()) <= CALLBACK_DATA_BYTES else str(number)}]
            for number, title in enumerate(choices, 1)
        ]
    }
