"""The webhook's JSON and our values, both ways. Pure: no network, no clock, no signatures."""

from __future__ import annotations

import base64
from datetime import UTC
from typing import TYPE_CHECKING, assert_never

import orjson

from adapters.clean import clean_line
from adapters.contract import (
    ORDER_STATUSES,
    Author,
    BadPayload,
    ConversationClosed,
    HandedOver,
    Image,
    Inbound,
    Message,
    OrderCard,
    ProductCard,
    RatingCreated,
    RefundUpdated,
    Reply,
    Returned,
    Surroundings,
    Text,
    Unsupported,
)
from adapters.fields import Fields, read_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from adapters.contract import AuthorKind, Content, Event, Media, Outbound, Problem

AUTHOR_KINDS: tuple[AuthorKind, ...] = ("buyer", "staff", "system")
WHICH_AUTHOR = "send staff for whoever speaks for the shop, another bot too, system for a notice of the platform"
REFUND_KINDS = ("refund_only", "return")
REFUND_CLOSERS = ("shop", "platform", "system", "buyer")

KIND_LIMIT_CHARACTERS = 50
TITLE_LIMIT_CHARACTERS = 500
TAGS_AT_MOST = 50
WEBHOOK_ID_LIMIT_CHARACTERS = 150


# In


def read_inbound(body: bytes, *, webhook_id: str) -> Inbound:
    """Read one delivery. Raises `BadPayload` with every problem at once, if one is with a required field.

    A message is known by its own id; other events carry none and are known by their `webhook-id`, which a sender
    keeps when it delivers again.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    envelope = Fields(read_object(body), problems, left_out=left_out)
    kind = envelope.one_of("type", tuple(EVENTS), strict=True) if envelope.require("type") else None
    timestamp = envelope.moment("timestamp")
    data = envelope.inner("data")
    if kind is None or data is None:
        raise BadPayload((*problems, *left_out))
    event = EVENTS[kind](data)
    if kind == "message.created":
        external_id, sent_at = data.id("message_id"), data.moment("sent_at")
    else:
        external_id, sent_at = _event_id(kind, webhook_id, problems), timestamp
    conversation_id = (data.optional_id if kind == "refund.updated" else data.id)("conversation_id")
    if problems:
        raise BadPayload((*problems, *left_out))
    return Inbound(
        external_id=external_id,
        conversation_id=conversation_id or "",
        event=event,
        sent_at=sent_at,
        raw=body,
        left_out=tuple(left_out),
    )


def _event_id(kind: str, webhook_id: str, problems: list[Problem]) -> str:
    header = Fields({"webhook-id": webhook_id}, problems)
    return f"{kind}:{header.id('webhook-id', limit_characters=WEBHOOK_ID_LIMIT_CHARACTERS)}"


def _read_message(data: Fields) -> Message:
    content = data.inner("content")
    return Message(
        author=_read_author(data.inner("author") if data.has("author") else None),
        content=Unsupported("") if content is None else _read_content(content),
        surroundings=_read_surroundings(data) if data.has("came_from") or data.has("buyer") else Surroundings(),
    )


def _read_author(author: Fields | None) -> Author:
    """The author is never guessed: an unknown kind is refused, and the sender is told what to send."""
    if author is None:
        return Author()
    return Author(
        kind=author.one_of("kind", AUTHOR_KINDS, strict=True, choose_by=WHICH_AUTHOR) or "buyer",
        id=author.optional_id("id") or "",
        name=author.line("name"),
    )


def _read_content(content: Fields) -> Content:
    """What was said; as unsupported when it is of a kind we know, but its own fields cannot be read."""
    kind = clean_line(content.text("kind"), limit_characters=KIND_LIMIT_CHARACTERS)
    return CONTENTS[kind](content) if kind in CONTENTS else Unsupported(kind)


def _read_text(content: Fields) -> Text:
    return Text(content.text("text"))


def _read_image(content: Fields) -> Image | Unsupported:
    url = content.address("url")
    return Image(url) if url else Unsupported("image")


def _read_product(content: Fields) -> ProductCard | Unsupported:
    product_id = _own_id(content, "product_id")
    title = content.line("title", limit_characters=TITLE_LIMIT_CHARACTERS)
    return Unsupported("product") if product_id is None else ProductCard(product_id, title)


def _read_order(content: Fields) -> OrderCard | Unsupported:
    order_id, status = _own_id(content, "order_id"), content.one_of("status", ORDER_STATUSES)
    title = content.line("title", limit_characters=TITLE_LIMIT_CHARACTERS)
    return Unsupported("order") if order_id is None else OrderCard(order_id, status, title)


def _own_id(content: Fields, name: str) -> str | None:
    if not content.has(name):
        content.leave_out(name, "is missing")
    return content.optional_id(name)


def _read_surroundings(data: Fields) -> Surroundings:
    came_from, buyer = data.optional_inner("came_from"), data.optional_inner("buyer")
    return Surroundings(
        page=came_from.line("page") or None,
        product_id=came_from.optional_id("product_id"),
        credit_level=buyer.number("credit_level"),
        orders=buyer.number("orders"),
        tags=buyer.lines("tags", at_most=TAGS_AT_MOST),
    )


def _read_closed(data: Fields) -> ConversationClosed:
    return ConversationClosed(closed_by=data.line("closed_by"))


def _read_rating(data: Fields) -> RatingCreated:
    score = data.number("score", at_least=1, at_most=5, strict=True) if data.require("score") else None
    return RatingCreated(score=score or 1, comment=data.optional_text("comment"))


def _read_refund(data: Fields) -> RefundUpdated:
    """Check all of it, keep what is used; the rest stays in the raw body."""
    data.one_of("kind", REFUND_KINDS)
    data.one_of("closed_by", REFUND_CLOSERS)
    data.line("reason")
    data.flag("disputed")
    for name in ("requested_at", "due_at", "closed_at"):
        data.moment(name)
    return RefundUpdated(
        refund_id=data.id("refund_id"), order_id=data.optional_id("order_id") or "", state=data.line("state")
    )


EVENTS: Mapping[str, Callable[[Fields], Event]] = {
    "message.created": _read_message,
    "conversation.closed": _read_closed,
    "rating.created": _read_rating,
    "refund.updated": _read_refund,
}

CONTENTS: Mapping[str, Callable[[Fields], Content]] = {
    "text": _read_text,
    "image": _read_image,
    "product": _read_product,
    "order": _read_order,
}


# Out


def write_outbound(outbound: Outbound) -> bytes:
    """Return the body: the same bytes whenever the same thing is sent again."""
    kind, data = _write_content(outbound)
    return orjson.dumps({"type": kind, "timestamp": _write_moment(outbound.created_at), "data": data})


def write_test(channel: str, *, at: datetime) -> bytes:
    """Return the body of a test that an owner sends from the console: there is nothing to do for it."""
    return orjson.dumps({"type": "channel.tested", "timestamp": _write_moment(at), "data": {"channel": channel}})


def _write_content(outbound: Outbound) -> tuple[str, dict[str, object]]:
    conversation: dict[str, object] = {"conversation_id": outbound.conversation_id}
    match outbound.content:
        case Reply() as reply:
            said = _write_reply(reply, outbound.picture)
            return "reply.created", {"reply_id": outbound.reply_id} | conversation | said
        case HandedOver() as notice:
            return "conversation.handed_over", conversation | _write_hand_over(notice)
        case Returned():
            return "conversation.returned", conversation
        case _ as never:
            assert_never(never)


def _write_reply(reply: Reply, picture: Media | None) -> dict[str, object]:
    written: dict[str, object] = {
        "in_reply_to": reply.in_reply_to,
        "kind": reply.kind,
        "part": reply.part,
        "parts": reply.parts,
        "content": {"kind": "text", "text": reply.text} if picture is None else _write_picture(picture),
        "entry": reply.entry,
        "confidence": None if reply.confidence is None else round(reply.confidence, 4),
    }
    kind, _, number = reply.card.partition(":")
    return written | {"card": {"kind": kind, "id": number}} if number else written


def _write_picture(picture: Media) -> dict[str, str]:
    """The whole picture: whoever takes it needs no way to us."""
    data = base64.b64encode(picture.body).decode()
    return {"kind": "image", "content_type": picture.content_type, "data": data}


def _write_hand_over(notice: HandedOver) -> dict[str, object]:
    written: dict[str, object] = {
        "reason_code": notice.reason_code,
        "reason": notice.reason,
        "group": notice.group,
        "assignee": notice.assignee,
        "queue_position": notice.queue_position,
        "reply_by": None if notice.reply_by is None else _write_moment(notice.reply_by),
        "summary": notice.summary,
    }
    return written | {"urgent": True} if notice.urgent else written


def _write_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def read_platform_message_id(body: bytes) -> str | None:
    """Return the id in the receiver's answer to a reply, when it gave one that we can use."""
    try:
        answer = read_object(body)
    except BadPayload:
        return None
    return Fields(answer, []).optional_id("message_id")
