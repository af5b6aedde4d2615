"""What Douyin delivers, and our values, both ways. Pure: no network, no clock, no signatures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson

from adapters.clean import is_clean_id
from adapters.contract import (
    AccessToken,
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
from adapters.fields import Fields, read_milliseconds, read_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from adapters.contract import AuthorKind, Content, Event, Reply

CHALLENGE = "verify_webhook"
KIND_LIMIT_CHARACTERS = 50
PERSON_LIMIT_CHARACTERS = 50
TALK_LIMIT_CHARACTERS = 98
DELIVERY_LIMIT_CHARACTERS = 150
LONGEST_NUMBER = 9
SEPARATOR = "|"
"""Stands between account, conversation and buyer in our conversation id: a reply has to name all three."""
WELCOME_SECONDS = 30
"""How long Douyin takes a welcome after the buyer has come in."""
RENEWALS_AT_MOST = 5
RENEW_WITHIN = timedelta(days=3)
"""Renewed when it has so much left, and not before: each renewal counts from the day on which it is asked for."""
NEXT_LOGIN_BEFORE = timedelta(days=2)
"""The login after this one comes when the refresh token has so much left, so that it finds it due."""
AT_LEAST = timedelta(hours=1)
TOKEN_LIMIT_CHARACTERS = 1_024
AUTHORS: Mapping[str, AuthorKind] = {"im_receive_msg": "buyer", "im_send_msg": "staff"}


# In


def read_challenge(document: Mapping[str, object]) -> bytes | None:
    """The answer to Douyin's question whether we are there; None for anything else."""
    if document.get("event") != CHALLENGE:
        return None
    content = _content_of(document)
    return orjson.dumps({"challenge": content.get("challenge")})


def read_whole(data: Fields, name: str) -> int | None:
    """A number, which Douyin writes as one or as text; None where it is neither."""
    value = data.raw(name)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= LONGEST_NUMBER:
        return int(value)
    return data.number(name)


def read_inbound(document: Mapping[str, object], *, message_id: str, raw: bytes) -> Inbound | None:
    """Read one delivery; None for an event that belongs to no conversation. Raises `BadPayload`.

    It is known by Douyin's own id of the message, or by that of its delivery where there is none.
    """
    problems: list[Problem] = []
    left_out: list[Problem] = []
    envelope = Fields(document, problems, left_out=left_out)
    kind = envelope.line("event", limit_characters=KIND_LIMIT_CHARACTERS)
    if kind not in EVENTS:
        return None
    content = Fields(_content_of(document), problems, "content.", left_out=left_out)
    sender, receiver = _person(envelope, "from_user_id"), _person(envelope, "to_user_id")
    account, buyer = (sender, receiver) if AUTHORS.get(kind) == "staff" else (receiver, sender)
    sent_at = read_milliseconds(str(content.raw("create_time") or ""))
    event = EVENTS[kind](content, kind, buyer, sent_at)
    external_id = _own_id(content, kind, message_id)
    conversation = content.id("conversation_short_id", limit_characters=TALK_LIMIT_CHARACTERS)
    if problems:
        raise BadPayload((*problems, *left_out))
    return Inbound(
        external_id=external_id,
        conversation_id=SEPARATOR.join((account, conversation, buyer)),
        event=event,
        sent_at=sent_at,
        raw=raw,
        left_out=tuple(left_out),
    )


def _person(envelope: Fields, name: str) -> str:
    person = envelope.id(name, limit_characters=PERSON_LIMIT_CHARACTERS)
    if SEPARATOR in person:
        envelope.note(name, f"must not hold {SEPARATOR}")
    return person


def _own_id(content: Fields, kind: str, message_id: str) -> str:
    """A taking back names the message that it takes back, so it is known by its delivery."""
    if kind in AUTHORS or (kind != "im_recall_msg" and content.has("server_message_id")):
        return content.id("server_message_id")
    if not is_clean_id(message_id, limit_characters=DELIVERY_LIMIT_CHARACTERS):
        content.note("server_message_id", "is missing, and the header Msg-Id is too")
    return f"{kind}:{message_id}"


def _content_of(document: Mapping[str, object]) -> Mapping[str, object]:
    """The content, which comes as an object or as its JSON in a text."""
    content = document.get("content")
    if isinstance(content, str):
        return read_object(content.encode("utf-8", "replace"))
    if isinstance(content, dict):
        return content
    raise BadPayload((Problem("content", "must be an object, or the JSON of one"),))


def _read_message(content: Fields, event: str, buyer: str, _sent_at: datetime | None) -> Message:
    kind = content.line("message_type", limit_characters=KIND_LIMIT_CHARACTERS)
    read = CONTENTS.get(kind)
    author = Author(kind=AUTHORS[event], id=buyer if AUTHORS[event] == "buyer" else "", name=_name_of(content, buyer))
    return Message(author=author, content=Unsupported(kind) if read is None else read(content))


def _name_of(content: Fields, buyer: str) -> str:
    """What the buyer calls themselves, where Douyin tells."""
    people = (Fields(each, []) for each in content.objects("user_infos"))
    return next((each.line("nick_name") for each in people if each.line("open_id") == buyer), "")


def _read_text(content: Fields) -> Content:
    return Text(content.text("text"))


def _read_image(content: Fields) -> Content:
    url = content.address("resource_url")
    return Image(url) if url else Unsupported("image")


CONTENTS: Mapping[str, Callable[[Fields], Content]] = {
    "text": _read_text,
    "image": _read_image,
    "user_local_image": _read_image,
}


def _read_opened(content: Fields, _event: str, buyer: str, sent_at: datetime | None) -> ConversationOpened:
    came_in = content.optional_id("server_message_id")
    until = None if sent_at is None else sent_at + timedelta(seconds=WELCOME_SECONDS)
    reference = None if came_in is None else ReplyReference(value=came_in, until=until)
    return ConversationOpened(buyer=Author(id=buyer), reply_reference=reference)


def _read_taken_back(_content: Fields, event: str, _buyer: str, _sent_at: datetime | None) -> Message:
    return Message(author=Author(kind="system"), content=Unsupported(event))


EVENTS: Mapping[str, Callable[[Fields, str, str, datetime | None], Event]] = {
    "im_receive_msg": _read_message,
    "im_send_msg": _read_message,
    "im_enter_direct_msg": _read_opened,
    "im_recall_msg": _read_taken_back,
}


# Out


def account_of(conversation_id: str) -> str:
    """Whose account the conversation is with; it is named in the address of every call."""
    return conversation_id.partition(SEPARATOR)[0]


def write_text(reply: Reply, *, conversation_id: str) -> dict[str, object]:
    """An answer to what the buyer wrote, or a welcome to who has just come in; Douyin wants to know to what."""
    _, _, talk = conversation_id.partition(SEPARATOR)
    conversation, _, buyer = talk.rpartition(SEPARATOR)
    reference, answered = reply.reply_reference, reply.in_reply_to[-1:]
    return {
        "msg_id": reference.value if reference else "".join(answered),
        "conversation_id": conversation,
        "to_user_id": buyer,
        "scene": "im_reply_msg" if reference is None else "im_enter_direct_msg",
        "content": {"msg_type": 1, "text": {"text": reply.text}},
    }


# What an account's owner lets us do: a refresh token, which Douyin renews five times for thirty days each


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorisation:
    """`began_with` tells by which refresh token of the settings it began: another one begins a new authorisation."""

    refresh_token: str = field(repr=False)
    began_with: str
    renewals: int = 0

    @classmethod
    def held(cls, former: AccessToken | None, *, settings_token: str) -> Authorisation:
        """The one that the last login left to us, or a new one by the token of the settings."""
        new = cls(refresh_token=settings_token, began_with=hashlib.sha256(settings_token.encode()).hexdigest())
        if former is None or former.renewal == "":
            return new
        try:
            kept = cls(**orjson.loads(former.renewal))
        except (ValueError, TypeError):  # an earlier version kept something else
            return new
        return kept if kept.began_with == new.began_with else new

    @property
    def can_be_renewed(self) -> bool:
        return self.renewals < RENEWALS_AT_MOST

    def renewed(self, refresh_token: str | None) -> Authorisation:
        """One renewal less is left."""
        return replace(self, refresh_token=refresh_token or self.refresh_token, renewals=self.renewals + 1)

    def used_up(self) -> Authorisation:
        """Douyin renews it no more."""
        return replace(self, renewals=RENEWALS_AT_MOST)

    def access(self, data: Fields, *, left: timedelta | None, now: datetime) -> AccessToken | None:
        """The access token in an answer, while the refresh token has so much left; None where there is none."""
        value = data.optional_id("access_token", limit_characters=TOKEN_LIMIT_CHARACTERS)
        seconds = read_whole(data, "expires_in")
        if not value or not seconds:
            return None
        lasts, renewal = timedelta(seconds=seconds), orjson.dumps(self).decode()
        ends_at = None
        if left is not None and self.can_be_renewed:
            lasts = min(lasts, max(left - NEXT_LOGIN_BEFORE, AT_LEAST))
        elif left is not None:
            lasts, ends_at = min(lasts, left), now + left
        return AccessToken(value=value, lasts_seconds=lasts.total_seconds(), renewal=renewal, ends_at=ends_at)
