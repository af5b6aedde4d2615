"""What a conversation is put together from: each kind of thing in it, read by number, and how it looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import orjson
from sqlalchemy import BigInteger, and_, cast, func, select

from adapters.contract import Image, Reply, Text
from bot.domain.desk.conversations import Bubble
from bot.domain.desk.masking import masked
from bot.storage.answering import pictures
from bot.storage.knowledge import for_the_manual
from bot.storage.outbox import NOTICES
from bot.storage.packing import message_in, reply_in
from bot.storage.tables.desk import mention, note, staff_action, staff_reply
from bot.storage.tables.messages import calls, decision, inbox, invite, outbox
from bot.storage.transcript import picture_kept, words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.engine import Connection

    from adapters.contract import Content
    from bot.domain.desk.conversations import Delivery, SenderKind, Verb

LINES: Mapping[Verb, str] = {
    "take_over": "took_over",
    "spoke_elsewhere": "spoke_elsewhere",
    "hand_back": "handed_back",
    "transfer": "transferred",
    "close": "closed",
    "block": "blocked",
    "merge": "merged",
    "split": "split",
}
"""What a person did → the line that tells of it. Answers, notes and invites show themselves."""
STANDING_TEXTS = ("welcome", "away", "holding", "farewell", "thanks", "invite", "handoff")
DELIVERIES: Mapping[str, Delivery] = {
    "queued": "queued",
    "sending": "sending",
    "sent": "sent",
    "unknown": "unknown",
    "failed": "failed",
    "expired": "failed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """One conversation before one person's eyes."""

    conversation_id: int
    channel: str
    is_one_of_several: bool
    title_of: Callable[[str], str]
    sees_private: bool
    read_inbox_id: int
    heard_outbox_id: int
    now: datetime

    def words(self, text: str) -> str:
        """The words, as far as this person may read them."""
        return text if self.sees_private else masked(text)

    def card(self, name: str) -> str:
        """What the card is of; only its kind, for whom the number of an order is not."""
        return name if self.sees_private else name.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One thing at its place; some leave no bubble."""

    number: int
    at: datetime
    bubble: Bubble | None


class Stream(Protocol):
    """One kind of thing, in order by its number. `changes`: what stands there may look different later."""

    changes: bool

    def newest(self, connection: Connection, conversation_id: int) -> int:
        """The number of the newest."""
        ...

    def read(
        self, connection: Connection, showing: Showing, *, most: int, after: int = 0, before: int = 2**62
    ) -> Sequence[Shown]:
        """The newest between these numbers, in order."""
        ...


class _Heard:
    """What came in: from the buyer, or from a person in the platform's own client."""

    changes = True

    def newest(self, connection: Connection, conversation_id: int) -> int:
        return _newest(connection, inbox.c.id, inbox.c.conversation_id == conversation_id)

    def read(
        self, connection: Connection, showing: Showing, *, most: int, after: int = 0, before: int = 2**62
    ) -> Sequence[Shown]:
        row = inbox.c
        is_echo = and_(row.author == "staff", row.state == "ignored")
        columns = (row.id, row.external_id, row.author, row.kind, row.body, row.received_at, row.state)
        query = select(*columns).where(row.conversation_id == showing.conversation_id, row.kind == "message", ~is_echo)
        rows = _rows(connection, query, row.id, after=after, before=before, most=most)
        said = [_heard(each) for each in rows]
        kept = _fetched(connection, showing, [each for each, (_, it) in zip(rows, said, strict=True) if _lies(it)])
        return [
            Shown(number=each.id, at=each.received_at, bubble=self._bubble(each, name, content, kept, showing))
            for each, (name, content) in zip(rows, said, strict=True)
        ]

    def _bubble(self, row: Row[Any], name: str, content: Content, kept: Mapping[int, str], showing: Showing) -> Bubble:
        picture = picture_kept(content) or kept.get(row.id, "")
        text = "" if picture else words_of(content)
        return Bubble(
            id=f"i{row.id}",
            who="buyer" if row.author == "buyer" else "person" if row.author == "staff" else "system",
            kind=type(content).__name__.lower(),
            at=row.received_at,
            text=showing.words(text),
            name=showing.words(name),
            picture=picture,
            sender="human" if row.author == "staff" else None,
            read=row.id <= showing.read_inbox_id,
            problem="poison" if row.state == "poison" else "",
        )


class _Said:
    """What goes out: the bot's replies and people's, each with what became of it."""

    changes = True

    def newest(self, connection: Connection, conversation_id: int) -> int:
        return _newest(connection, outbox.c.id, outbox.c.conversation_id == conversation_id)

    def read(
        self, connection: Connection, showing: Showing, *, most: int, after: int = 0, before: int = 2**62
    ) -> Sequence[Shown]:
        row = outbox.c
        query = (
            select(outbox, staff_reply.c.staff_id, staff_reply.c.staff_name, staff_reply.c.sender, staff_reply.c.edited)
            .outerjoin(staff_reply, staff_reply.c.outbox_id == row.id)
            .where(row.conversation_id == showing.conversation_id)
            .where(row.kind.not_in(NOTICES), row.state != "cancelled")
        )
        rows = _rows(connection, query, row.id, after=after, before=before, most=most)
        replies = [_reply(each) for each in rows]
        decided = _decisions(connection, showing, replies)
        right = for_the_manual.corrected(connection, decided.values())
        return [
            Shown(number=each.id, at=each.created_at, bubble=self._bubble(each, reply, decided, right, showing))
            for each, reply in zip(rows, replies, strict=True)
        ]

    def _bubble(
        self, row: Row[Any], reply: Reply, decided: Mapping[str, int], right: Mapping[int, str], showing: Showing
    ) -> Bubble:
        by_person = row.kind == "staff"
        decision_id = None if by_person else decided.get(next(iter(reply.in_reply_to), ""))
        should = None if decision_id is None else right.get(decision_id)
        unheard = row.state in {"failed", "expired", "unknown"}
        held = row.state == "queued" and row.tries == 0 and row.not_before > showing.now
        return Bubble(
            id=f"o{row.id}",
            who="person" if by_person else "bot",
            kind=reply.kind,
            at=row.created_at,
            text=showing.words(row.text),
            name=row.staff_name or reply.author,
            staff_id=row.staff_id,
            choices=reply.choices,
            picture=reply.picture,
            card=showing.card(reply.card),
            entry=reply.entry,
            entry_title=showing.title_of(reply.entry) if reply.entry else "",
            confidence=reply.confidence,
            decision_id=decision_id,
            should_have_been=showing.title_of(should) if should else "",
            sender=row.sender or _sender(row.kind),
            edited=bool(row.edited),
            delivery=DELIVERIES.get(row.state, "failed"),
            read=row.id <= showing.heard_outbox_id,
            problem=row.last_error if unheard else "",
            fault=row.fault if unheard else "",
            undo_until=row.not_before if by_person and held else None,
        )


class _Done:
    """What people did that shows in no bubble of its own."""

    changes = False

    def newest(self, connection: Connection, conversation_id: int) -> int:
        return _newest(connection, staff_action.c.id, staff_action.c.conversation_id == conversation_id)

    def read(
        self, connection: Connection, showing: Showing, *, most: int, after: int = 0, before: int = 2**62
    ) -> Sequence[Shown]:
        row = staff_action.c
        query = select(staff_action).where(row.conversation_id == showing.conversation_id, row.verb.in_(LINES))
        return [
            Shown(
                number=each.id,
                at=each.at,
                bubble=Bubble(
                    id=f"a{each.id}",
                    who="system",
                    kind=LINES[each.verb],
                    at=each.at,
                    name=each.staff_name,
                    staff_id=each.staff_id,
                    values={name: showing.words(value) for name, value in orjson.loads(each.said).items()},
                ),
            )
            for each in _rows(connection, query, row.id, after=after, before=before, most=most)
        ]


class _Notes:
    """What people wrote for each other."""

    changes = False

    def newest(self, connection: Connection, conversation_id: int) -> int:
        return _newest(connection, note.c.id, note.c.conversation_id == conversation_id)

    def read(
        self, connection: Connection, showing: Showing, *, most: int, after: int = 0, before: int = 2**62
    ) -> Sequence[Shown]:
        query = select(note).where(note.c.conversation_id == showing.conversation_id)
        rows = _rows(connection, query, note.c.id, after=after, before=before, most=most)
        mentioned = connection.execute(
            select(mention.c.note_id, mention.c.staff_id).where(mention.c.note_id.in_([each.id for each in rows]))
        ).all()
        return [
            Shown(
                number=each.id,
                at=each.at,
                bubble=Bubble(
                    id=f"n{each.id}",
                    who="note",
                    kind="note",
                    at=each.at,
                    text=showing.words(each.text),
                    name=each.staff_name,
                    staff_id=each.staff_id,
                    mentions=tuple(row.staff_id for row in mentioned if row.note_id == each.id),
                ),
            )
            for each in rows
        ]


class _Decided:
    """What the bot decided, where that called a person."""

    changes = False

    def newest(self, connection: Connection, conversation_id: int) -> int:
        return _newest(connection, decision.c.id, decision.c.conversation_id == conversation_id)

    def read(
        self, connection: Connection, showing: Showing, *, most: int, after: int = 0, before: int = 2**62
    ) -> Sequence[Shown]:
        row = decision.c
        query = select(row.id, row.outcome, row.created_at).where(
            row.conversation_id == showing.conversation_id, calls()
        )
        return [
            Shown(
                number=each.id,
                at=each.created_at,
                bubble=Bubble(
                    id=f"d{each.id}",
                    who="system",
                    kind="called",
                    at=each.created_at,
                    values={"outcome": each.outcome},
                    decision_id=each.id,
                ),
            )
            for each in _rows(connection, query, row.id, after=after, before=before, most=most)
        ]


class _Ended:
    """Where an episode ended by itself or by the platform; the number is the episode's."""

    changes = False

    def newest(self, connection: Connection, conversation_id: int) -> int:
        return _newest(connection, invite.c.episode, invite.c.conversation_id == conversation_id)

    def read(
        self, connection: Connection, showing: Showing, *, most: int, after: int = 0, before: int = 2**62
    ) -> Sequence[Shown]:
        row, did = invite.c, staff_action.c
        by_hand = (
            select(did.id)
            .where(did.conversation_id == showing.conversation_id, did.verb.in_(("close", "invite")))
            .where(did.at == row.closed_at)
            .exists()
        )
        query = select(row.episode.label("id"), row.closed_at).where(
            row.conversation_id == showing.conversation_id, ~by_hand
        )
        return [
            Shown(
                number=each.id,
                at=each.closed_at,
                bubble=Bubble(
                    id=f"e{showing.conversation_id}-{each.id}",
                    who="system",
                    kind="closed",
                    at=each.closed_at,
                    values={"episode": str(each.id)},
                ),
            )
            for each in _rows(connection, query, cast(row.episode, BigInteger), after=after, before=before, most=most)
        ]


STREAMS: tuple[Stream, ...] = (_Heard(), _Decided(), _Said(), _Done(), _Notes(), _Ended())
"""In the order in which things of one moment follow each other."""


def _newest(connection: Connection, number: ColumnElement[int], *which: ColumnElement[bool]) -> int:
    return connection.execute(select(func.max(number)).where(*which)).scalar() or 0


def _rows(
    connection: Connection, query: Select[Any], number: ColumnElement[int], *, after: int, before: int, most: int
) -> Sequence[Row[Any]]:
    between = query.where(number > after, number < before)
    return connection.execute(between.order_by(number.desc()).limit(most)).all()[::-1]


def _heard(row: Row[Any]) -> tuple[str, Content]:
    """Who wrote an inbox row, as far as it says, and what it holds; no words where nobody can read it."""
    message = message_in(row.kind, row.body)
    return ("", Text("")) if message is None else (message.author.name, message.content)


def _lies(content: Content) -> bool:
    """Whether it is a picture that lies elsewhere."""
    return isinstance(content, Image) and not picture_kept(content)


def _fetched(connection: Connection, showing: Showing, rows: Sequence[Row[Any]]) -> Mapping[int, str]:
    """Which of these rows have a picture that somebody has looked at, so that it is kept here; and under which name."""
    names = {row.id: pictures.name_of_message(showing.channel, row.external_id) for row in rows}
    kept = pictures.kept_among(connection, names.values())
    return {number: name for number, name in names.items() if name in kept}


def _reply(row: Row[Any]) -> Reply:
    """What an outbox row says; its words alone where nobody can read the rest."""
    return reply_in(row.kind, row.body) or Reply(kind="answer", text=row.text)


def _decisions(connection: Connection, showing: Showing, replies: Sequence[Reply]) -> Mapping[str, int]:
    """The first message that a reply answers (the platform's id) → the decision about it."""
    first = {next(iter(reply.in_reply_to), "") for reply in replies} - {""}
    if not first:
        return {}
    heard = connection.execute(
        select(inbox.c.id, inbox.c.external_id).where(
            inbox.c.channel == showing.channel, inbox.c.external_id.in_(sorted(first))
        )
    ).all()
    names = {row.id: row.external_id for row in heard}
    made = select(decision.c.id, decision.c.first_inbox_id).where(decision.c.first_inbox_id.in_(list(names)))
    found = connection.execute(made.order_by(decision.c.id))
    return {names[row.first_inbox_id]: row.id for row in found}


def _sender(kind: str) -> SenderKind:
    if kind == "staff":
        return "human"
    return "system_auto" if kind in STANDING_TEXTS else "robot"
