"""Messenger's and Instagram's webhook and our values, both ways. Pure: no network, no clock, no signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from adapters.batches import objects_in, read_batch
from adapters.clean import shortened
from adapters.contract import (
    Author,
    BadPayload,
    ConversationOpened,
    Image,
    Inbound,
    Message,
    Problem,
    Text,
    Unsupported,
)
from adapters.fields import read_milliseconds, read_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import Content, Event, Reply
    from adapters.fields import Fields

KIND_LIMIT_CHARACTERS = 50
MOST_QUICK_REPLIES, TITLE_CHARACTERS = 13, 20
OPENS = "GET_STARTED"


# In


def read_events(body: bytes, *, page_id: str) -> tuple[Inbound, ...]:
    """Read one delivery of this page's messages; what another app answers (standby) is not ours.

    Raises `BadPayload`.
    """
    values = read_object(body)
    if not isinstance(values.get("entry"), list):
        raise BadPayload((Problem("entry", "must be a list"),))
    found = [
        (f"{place}.{where}", item)
        for place, entry in objects_in(values, "entry")
        if entry.get("id") == page_id
        for where, item in objects_in(entry, "messaging")
    ]
    return read_batch(found, _read)


def _read(fields: Fields, item: dict[str, object]) -> Inbound | None:
    """What the buyer says, or what somebody says to them in the page's name, whom their platform calls an echo."""
    message, postback = fields.optional_inner("message"), fields.optional_inner("postback")
    is_echo = message.raw("is_echo") is True
    buyer = fields.optional_inner("recipient" if is_echo else "sender").id("id")
    author = Author(kind="staff") if is_echo else Author(id=buyer)
    event: Event | None = None
    if fields.has("message") and message.raw("is_deleted") is not True:
        event = Message(author=author, content=_read_content(message))
    elif fields.has("postback"):
        event = _read_postback(postback, author)
    elif fields.has("referral"):
        event = ConversationOpened(buyer=author)
    if event is None:
        return None
    milliseconds = fields.number("timestamp", at_most=2**53)
    given = (message if fields.has("message") else postback).optional_id("mid")
    return Inbound(
        external_id=given or f"{milliseconds}:{buyer}"[:200],
        conversation_id=buyer,
        event=event,
        sent_at=None if milliseconds is None else read_milliseconds(str(milliseconds)),
        raw=orjson.dumps(item),
    )


def _read_content(message: Fields) -> Content:
    words = message.optional_inner("quick_reply").optional_text("payload") or message.optional_text("text")
    if words:
        return Text(words)
    attachments = message.inner_each("attachments")
    if not attachments:
        return Unsupported("message")
    first = attachments[0]
    kind, payload = first.line("type", limit_characters=KIND_LIMIT_CHARACTERS), first.optional_inner("payload")
    if payload.has("sticker_id"):
        return Unsupported("sticker")
    url = payload.address("url") if kind == "image" else ""
    return Image(url) if url else Unsupported(kind or "message")


def _read_postback(postback: Fields, author: Author) -> Event:
    """A button of the page's menu says its title; the first of all opens the chat."""
    if postback.line("payload") == OPENS:
        return ConversationOpened(buyer=author)
    return Message(author=author, content=Text(postback.optional_text("title") or postback.optional_text("payload")))


# Out


def write_message(reply: Reply, *, buyer: str) -> Mapping[str, object]:
    """One text in answer to the buyer; its choices stand below it as quick replies."""
    message: dict[str, object] = {"text": reply.text}
    if reply.choices:
        message["quick_replies"] = [_write_quick_reply(title) for title in reply.choices[:MOST_QUICK_REPLIES]]
    return {"recipient": {"id": buyer}, "messaging_type": "RESPONSE", "message": message}


def write_picture(*, buyer: str) -> Mapping[str, str]:
    """What stands beside the picture in a form: JSON in each field."""
    message = {"attachment": {"type": "image", "payload": {}}}
    given = {"recipient": {"id": buyer}, "messaging_type": "RESPONSE", "message": message}
    return {name: value if isinstance(value, str) else orjson.dumps(value).decode() for name, value in given.items()}


def write_address(address: str, *, buyer: str) -> Mapping[str, object]:
    """A picture that Instagram fetches from there."""
    message = {"attachment": {"type": "image", "payload": {"url": address}}}
    return {"recipient": {"id": buyer}, "messaging_type": "RESPONSE", "message": message}


def _write_quick_reply(title: str) -> Mapping[str, str]:
    label = shortened(title, TITLE_CHARACTERS)
    return {"content_type": "text", "title": label, "payload": title}


def write_action(action: str, *, buyer: str) -> Mapping[str, object]:
    """Something that the buyer sees and that is no message."""
    return {"recipient": {"id": buyer}, "sender_action": action}
