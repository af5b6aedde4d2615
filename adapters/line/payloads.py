"""LINE's webhook events and our values, both ways. Pure: no network, no clock, no signatures."""

from __future__ import annotations

from datetime import timedelta
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
    ReplyReference,
    Text,
    Unsupported,
)
from adapters.fields import read_milliseconds, read_object

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from adapters.contract import Content, Event, PictureAddresses, Reply
    from adapters.fields import Fields

KIND_LIMIT_CHARACTERS = 50
LABEL_CHARACTERS = 20
MOST_QUICK_REPLIES = 13
REPLY_TOKEN_LASTS = timedelta(seconds=50)
"""LINE grants a minute; what leaves later than this goes out as a push."""


# In


def read_events(body: bytes, *, now: datetime) -> tuple[Inbound, ...]:
    """Read one delivery, which may hold many events or none. Raises `BadPayload`."""
    values = read_object(body)
    if not isinstance(values.get("events"), list):
        raise BadPayload((Problem("events", "must be a list"),))

    def read(event: Fields, item: dict[str, object]) -> Inbound | None:
        return _read_event(event, item, until=now + REPLY_TOKEN_LASTS)

    return read_batch(objects_in(values, "events"), read)


def _read_event(event: Fields, item: dict[str, object], *, until: datetime) -> Inbound | None:
    """What a buyer says in a chat with the account alone; None for everything else, and while another module leads."""
    source = event.optional_inner("source")
    if source.line("type") != "user" or event.line("mode") == "standby":
        return None
    buyer = Author(id=source.id("userId"))
    token = event.optional_id("replyToken")
    reference = ReplyReference(value=token, until=until) if token else None
    said = _read_said(event, buyer, reference)
    if said is None:
        return None
    milliseconds = event.number("timestamp", at_most=2**53)
    return Inbound(
        external_id=event.id("webhookEventId"),
        conversation_id=buyer.id,
        event=said,
        sent_at=None if milliseconds is None else read_milliseconds(str(milliseconds)),
        raw=orjson.dumps(item),
    )


def _read_said(event: Fields, buyer: Author, reference: ReplyReference | None) -> Event | None:
    match event.line("type"):
        case "message":
            content = _read_content(event.optional_inner("message"))
        case "postback":
            content = Text(event.optional_inner("postback").optional_text("data"))
        case "follow":
            return ConversationOpened(buyer=buyer, reply_reference=reference)
        case _:
            return None
    return Message(author=buyer, content=content, reply_reference=reference)


def _read_content(message: Fields) -> Content:
    kind = message.line("type", limit_characters=KIND_LIMIT_CHARACTERS)
    if kind == "text":
        return Text(message.optional_text("text"))
    if kind != "image":
        return Unsupported(kind or "message")
    provider = message.optional_inner("contentProvider")
    url = provider.address("originalContentUrl") if provider.line("type") == "external" else ""
    media = "" if url else message.optional_id("id") or ""
    return Image(url, media=media) if url or media else Unsupported(kind)


# Out


def write_message(reply: Reply) -> Mapping[str, object]:
    """One text; its choices stand below it as quick replies, and a click says the title."""
    message: dict[str, object] = {"type": "text", "text": reply.text}
    if not reply.choices:
        return message
    items = [_write_quick_reply(title) for title in reply.choices[:MOST_QUICK_REPLIES]]
    return message | {"quickReply": {"items": items}}


def write_picture(shown: PictureAddresses) -> Mapping[str, object]:
    """A picture that LINE fetches: the one at the second address stands in the chat, the first is opened from it."""
    return {"type": "image", "originalContentUrl": shown.whole, "previewImageUrl": shown.preview}


def _write_quick_reply(title: str) -> Mapping[str, object]:
    label = shortened(title, LABEL_CHARACTERS)
    return {"type": "action", "action": {"type": "message", "label": label, "text": title}}
