"""Our frozen values as bytes in a column, and back. The next version reads what this one wrote: only add fields."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson

from adapters.contract import (
    Author,
    ConversationClosed,
    ConversationOpened,
    HandedOver,
    Image,
    Message,
    OrderCard,
    ProductCard,
    RatingCreated,
    RefundUpdated,
    Reply,
    ReplyFailed,
    ReplyReference,
    Returned,
    Surroundings,
    Text,
    Unsupported,
)
from bot.dialogue.acts import Answer, Away, Clarify, Dismiss, HandOver, Rate, ShopNow, Situation, StayQuiet, Suggest
from bot.dialogue.state import Conversation, Memory
from knowledge.matching.embeddings import Meant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from adapters.contract import Content, Event
    from bot.dialogue.acts import Account, Act, Decision, Part

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
"""What unpacking raises for bytes that no version of ours has packed."""
EVENTS: Mapping[str, Callable[..., Event]] = {
    "message": Message,
    "conversation.opened": ConversationOpened,
    "conversation.closed": ConversationClosed,
    "rating.created": RatingCreated,
    "refund.updated": RefundUpdated,
    "reply.failed": ReplyFailed,
}
EVENT_KINDS: Mapping[object, str] = {kind: name for name, kind in EVENTS.items()}
CONTENTS: Mapping[str, Callable[..., Content]] = {
    "text": Text,
    "image": Image,
    "product": ProductCard,
    "order": OrderCard,
    "unsupported": Unsupported,
}
CONTENT_KINDS: Mapping[object, str] = {kind: name for name, kind in CONTENTS.items()}


def pack_event(event: Event) -> bytes:
    """An event as its column keeps it; its kind stands in a column of its own."""
    if not isinstance(event, Message):
        return orjson.dumps(event)
    return orjson.dumps(
        {
            "author": event.author,
            "content": [CONTENT_KINDS[type(event.content)], event.content],
            "surroundings": _stated(event.surroundings),
        }
        | ({"reply_reference": event.reply_reference} if event.reply_reference else {})
    )


def unpack_event(kind: str, body: bytes) -> Event:
    """The event that `pack_event` made these bytes of."""
    fields = orjson.loads(body)
    if "reply_reference" in fields:
        fields["reply_reference"] = _reference(fields["reply_reference"])
    if kind == "conversation.opened":
        fields["buyer"] = Author(**fields["buyer"])
    if kind != "message":
        return EVENTS[kind](**fields)
    return Message(
        author=Author(**fields["author"]),
        content=_content(*fields["content"]),
        surroundings=_surroundings(fields["surroundings"]),
        reply_reference=fields.get("reply_reference"),
    )


def message_in(kind: str, body: bytes) -> Message | None:
    """The message of an inbox row; None for what is no message, and where nobody can read it."""
    try:
        event = unpack_event(kind, body)
    except UNREADABLE:
        return None
    return event if isinstance(event, Message) else None


def pack_reference(reference: ReplyReference | None) -> bytes | None:
    """What a platform handed out with an event, as a column keeps it."""
    return None if reference is None else orjson.dumps(reference)


def unpack_reference(body: bytes | None) -> ReplyReference | None:
    """The reference that `pack_reference` made these bytes of."""
    return None if body is None else _reference(orjson.loads(body))


def _reference(fields: dict[str, Any] | None) -> ReplyReference | None:
    if fields is None:
        return None
    until = fields["until"]
    return ReplyReference(value=fields["value"], until=datetime.fromisoformat(until) if until else None)


def pack_memory(memory: Memory) -> bytes:
    """What the bot remembers, without what is as in an empty memory."""
    return orjson.dumps(_stated(memory))


def unpack_memory(body: bytes) -> Memory:
    """The memory that `pack_memory` made these bytes of; no bytes are an empty memory."""
    if not body:
        return Memory()
    fields = orjson.loads(body)
    for name in ("recent", "told", "choice", "last_said"):
        fields[name] = tuple(fields.get(name, ()))
    return Memory(**{name: value for name, value in fields.items() if name in _REMEMBERED})


def unpack_outgoing(kind: str, body: bytes) -> Reply | HandedOver | Returned:
    """What an outbox row of that kind has to say."""
    fields = orjson.loads(body)
    if kind == "handed_over":
        reply_by = fields.pop("reply_by", None)
        return HandedOver(**fields, reply_by=datetime.fromisoformat(reply_by) if reply_by else None)
    if kind == "returned":
        return Returned()
    lists = {name: tuple(fields[name]) for name in ("in_reply_to", "choices")}
    return Reply(**{**fields, **lists, "reply_reference": _reference(fields.get("reply_reference"))})


def reply_in(kind: str, body: bytes) -> Reply | None:
    """The reply of an outbox row; None for a notice to the desk, and where nobody can read it."""
    try:
        said = unpack_outgoing(kind, body)
    except UNREADABLE:
        return None
    return said if isinstance(said, Reply) else None


def pack_why(decision: Decision, title_of: Callable[[str], str]) -> bytes:
    """One decision as JSON for people: what `xiaoer ask --json` prints and the try-out page shows."""
    return orjson.dumps(explain(decision, title_of))


def pack_situation(situation: Situation) -> bytes:
    """All that a decision was made from, but for the messages and the manual, which stand in rows of their own."""
    return orjson.dumps(
        {
            "conversation": {name: getattr(situation.conversation, name) for name in REPLAYED if name != "memory"},
            "memory": _stated(situation.conversation.memory),
            "shop": situation.shop,
            "inbox_ids": situation.inbox_ids,
            "refined": situation.refined,
            "shop_name": situation.shop_name,
        }
        | ({"meant": situation.meant} if situation.meant else {})
        | ({"said_by_others": list(situation.said_by_others.items())} if situation.said_by_others else {})
        | ({"own_hosts": situation.own_hosts} if situation.own_hosts else {})
        | ({"is_late": True} if situation.is_late else {})
    )


def unpack_situation(body: bytes) -> Situation:
    """The situation that `pack_situation` made these bytes of."""
    fields = orjson.loads(body)
    given, shop = fields["conversation"], fields["shop"]
    for name in ("blocked_at", "waiting_since"):
        given[name] = datetime.fromisoformat(given[name]) if given[name] else None
    memory = unpack_memory(orjson.dumps(fields["memory"]))
    return Situation(
        conversation=Conversation(memory=memory, **given),
        shop=_shop(shop),
        inbox_ids=tuple(fields["inbox_ids"]),
        refined=fields["refined"],
        shop_name=fields.get("shop_name", ""),
        said_by_others=dict(fields.get("said_by_others", ())),
        own_hosts=tuple(fields.get("own_hosts", ())),
        is_late=fields.get("is_late", False),
        meant={text: tuple(Meant(**each) for each in entries) for text, entries in fields.get("meant", {}).items()},
    )


def explain(decision: Decision, title_of: Callable[[str], str]) -> dict[str, object]:
    """The decision, its texts and its why, as plain JSON values. `title_of` names an entry for people."""
    act, why = decision.act, decision.why
    return {
        "decision": NAMES[type(act)],
        "entry": getattr(act, "entry", None),
        "also": getattr(act, "also", ()),
        "confidence": getattr(act, "confidence", None),
        "texts": [bubble.text for bubble in decision.bubbles],
        "candidates": _candidates(why, title_of),
        "why": {
            **_account(why),
            "parts": [_part(part, title_of) for part in why.parts],
            "revision": why.revision,
            "refined": why.is_refined,
            "matcher": why.matcher,
            "local_time": why.local_time.isoformat(timespec="seconds"),
            "open": why.is_open,
        },
    }


def _part(part: Part, title_of: Callable[[str], str]) -> dict[str, object]:
    act = part.act
    return {
        "decision": NAMES[type(act)],
        "entry": getattr(act, "entry", None),
        "confidence": getattr(act, "confidence", None),
        "candidates": _candidates(part, title_of),
        **_account(part),
    }


def _account(account: Account) -> dict[str, object]:
    return {
        "text": account.text,
        "words": account.words,
        "named": account.named,
        "remembered": account.remembered,
        "rules": [tried._asdict() | {"reason": tried.reason.to_plain()} for tried in account.rules],
        "answer": {
            "rule": account.answer_rule.to_plain() if account.answer_rule else None,
            "lost": [each.to_plain() for each in account.answer_lost],
        },
    }


def _candidates(account: Account, title_of: Callable[[str], str]) -> list[dict[str, object]]:
    return [
        {
            "entry": each.entry,
            "title": title_of(each.entry),
            "confidence": round(each.confidence, 4),
            "score": each.score,
            "example": each.example,
            "parts": dict(each.parts),
        }
        for each in account.candidates
    ]


REPLAYED = (
    "id",
    "channel",
    "external_id",
    "buyer",
    "mode",
    "epoch",
    "episode",
    "fence",
    "memory",
    "waiting_since",
    "blocked_at",
    "waiting_ahead",
    "has_desk",
    "open_invite",
)
"""What of a conversation the rules look at."""
NAMES: Mapping[type[Act], str] = {
    Answer: "answer",
    Clarify: "clarify",
    Suggest: "suggest",
    HandOver: "hand_over",
    Away: "away",
    Rate: "rate",
    StayQuiet: "stay_quiet",
    Dismiss: "stay_quiet",
}


def _shop(fields: dict[str, Any]) -> ShopNow:
    spans = {name: (first, last) for name, (first, last) in fields.get("holidays", {}).items()}
    local_time = datetime.fromisoformat(fields["local_time"])
    return ShopNow(**{**fields, "local_time": local_time, "holidays": spans})


def _content(kind: str, fields: dict[str, str]) -> Content:
    return CONTENTS[kind](**fields)


def _surroundings(fields: dict[str, object]) -> Surroundings:
    pretended = fields.pop("pretend_at", None)
    tags = fields.pop("tags", ())
    return Surroundings(
        **fields,  # type: ignore[arg-type]  # packed from the same dataclass
        pretend_at=datetime.fromisoformat(str(pretended)) if pretended else None,
        tags=tuple(tags),  # type: ignore[arg-type]  # packed from a tuple of texts
    )


def _stated(value: Surroundings | Memory) -> dict[str, object]:
    """The fields that differ from their defaults: most messages and memories are nearly empty."""
    empty = _EMPTY[type(value)]
    if value == empty:
        return {}
    fields = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return {name: stated for name, stated in fields.items() if stated != getattr(empty, name)}


_REMEMBERED = frozenset(each.name for each in dataclasses.fields(Memory))
"""What else a memory holds is of another version of the program."""
_EMPTY: Mapping[type, Surroundings | Memory] = {Surroundings: Surroundings(), Memory: Memory()}
