"""Chatwoot's events and our values, both ways. Pure: no network, no clock, no secrets."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.clean import clean_line
from adapters.contract import (
    Author,
    BadPayload,
    ConversationClosed,
    Image,
    Inbound,
    Message,
    RatingCreated,
    Text,
    Unsupported,
)
from adapters.fields import Fields, read_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from adapters.contract import Content, Event, HandedOver, Problem

LARGEST_ID = 2**53
INCOMING, OUTGOING = ("incoming", 0), ("outgoing", 1)
"""Either the word or the number, by the server's version."""
PERSON = "user"
ANSWERED = "message_updated"
RESOLVED = ("conversation_resolved", "conversation_status_changed")
FIRST_MILLISECONDS = 10**11
"""A moment in seconds is smaller than this, and one in milliseconds is not."""


# In


def account_of(body: bytes) -> int | None:
    """The account that an event is of, where it says so. Raises `BadPayload`."""
    event = Fields(read_object(body), [])
    return _number(event.optional_inner("account"), "id")


def read_event(body: bytes, *, delivery: str) -> Inbound | None:
    """Read one event; None for what nobody has to know. Raises `BadPayload` with every problem at once.

    `delivery` is the delivery's own id, which stays the same when it comes again; "" where the server gives none.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    fields = Fields(read_object(body), problems, left_out=left_out)
    name = fields.line("event")
    found = _read_resolved(fields, delivery, body) if name in RESOLVED else _read_message(fields, name)
    if problems:
        raise BadPayload((*problems, *left_out))
    if found is None:
        return None
    external_id, conversation_id, event = found
    return Inbound(
        external_id=external_id,
        conversation_id=conversation_id,
        event=event,
        sent_at=_read_moment(fields.raw("created_at")),
        raw=body,
        left_out=tuple(left_out),
    )


def _read_resolved(conversation: Fields, delivery: str, body: bytes) -> tuple[str, str, Event] | None:
    """The end of a conversation, whoever ended it; what else becomes of one is Chatwoot's own affair."""
    number = _number(conversation, "id")
    if conversation.line("status") != "resolved" or number is None:
        return None
    once = clean_line(delivery) or hashlib.blake2b(body, digest_size=12).hexdigest()
    return f"resolved:{once}", str(number), ConversationClosed()


def _read_message(message: Fields, name: str) -> tuple[str, str, Event] | None:
    if name not in {"message_created", ANSWERED} or message.flag("private"):
        return None
    number, conversation = _required(message, "id"), message.inner("conversation")
    talk = "" if conversation is None else _required(conversation, "id")
    if name == ANSWERED:
        rated = _read_rating(message)
        return None if rated is None else (f"rated:{number}", talk, rated)
    author = _read_author(message)
    return None if author is None else (number, talk, Message(author=author, content=_read_content(message)))


def _read_author(message: Fields) -> Author | None:
    """A buyer, or a person of the shop. Greetings, notices, and what bots say (ourselves above all) are neither."""
    kind, sender = message.raw("message_type"), message.optional_inner("sender")
    number = _number(sender, "id")
    who = Author(id="" if number is None else str(number), name=sender.line("name"))
    if kind in INCOMING:
        return who
    is_person = kind in OUTGOING and sender.line("type") == PERSON
    return Author(kind="staff", id=who.id, name=who.name) if is_person else None


def _read_content(message: Fields) -> Content:
    """Words, else the first thing that came with none."""
    text = message.optional_text("content")
    if text:
        return Text(text)
    attachments = message.inner_each("attachments")
    if not attachments:
        return Unsupported(message.line("content_type") or "message")
    kind, url = attachments[0].line("file_type"), attachments[0].address("data_url")
    return Image(url) if kind == "image" and url else Unsupported(kind or "attachment")


def _read_rating(message: Fields) -> RatingCreated | None:
    """What the buyer put into Chatwoot's own survey."""
    given = message.optional_inner("content_attributes").optional_inner("submitted_values")
    survey = given.optional_inner("csat_survey_response")
    score = survey.number("rating", at_least=1, at_most=5)
    return None if score is None else RatingCreated(score=score, comment=survey.optional_text("feedback_message"))


def _required(fields: Fields, name: str) -> str:
    number = _number(fields, name)
    if number is None:
        fields.note(name, "must be a whole number")
    return str(number)


def _number(fields: Fields, name: str) -> int | None:
    """An id: a number, or its figures as text."""
    given = fields.raw(name)
    if isinstance(given, str) and given.isascii() and given.isdigit():
        given = int(given[:20])
    return given if type(given) is int and 0 <= given <= LARGEST_ID else None


def _read_moment(given: object) -> datetime | None:
    """RFC 3339 or, from some events and servers, seconds or milliseconds."""
    try:
        if isinstance(given, str):
            moment = datetime.fromisoformat(given.replace(" UTC", "+00:00"))
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
        if type(given) in {int, float}:
            seconds = float(given) / (1000 if given >= FIRST_MILLISECONDS else 1)  # type: ignore[arg-type,operator]  # one of the two
            return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


# Out


def write_message(text: str, *, private: bool = False) -> dict[str, object]:
    """The body of a new message: for the buyer or, `private`, for agents only."""
    return {"content": text, "message_type": "outgoing", "private": private}


def write_picture() -> Mapping[str, str]:
    """What stands beside a picture in a form."""
    return {"message_type": "outgoing", "private": "false"}


def write_status(status: str) -> dict[str, object]:
    """The body that moves a conversation on."""
    return {"status": status}


def write_summary(notice: HandedOver) -> str:
    """What agents read when a buyer is handed over to them: why, and the buyer's last words."""
    return "\n\n".join(line for line in (notice.reason, notice.summary) if line)


def write_labels(notice: HandedOver, former: Sequence[str]) -> Mapping[str, object]:
    """The labels that a conversation has, and ours: posting them replaces all."""
    ours = [f"xiaoer-{notice.reason_code.replace('_', '-')}", *(["xiaoer-urgent"] if notice.urgent else [])]
    return {"labels": list(dict.fromkeys((*former, *ours)))}


def read_labels(answer: Fields) -> list[str]:
    """The labels that a conversation has."""
    return list(answer.lines("payload", at_most=200))
