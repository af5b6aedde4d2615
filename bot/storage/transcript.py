"""A conversation as a chat window shows it: what was said by whom, in order, and for the try-out page also why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from sqlalchemy import and_, select

from adapters.contract import KEPT_HERE, Image, Message, OrderCard, ProductCard, Reply, Text, Unsupported
from bot.storage.answering.beside import who_looks
from bot.storage.outbox import NOTICES
from bot.storage.packing import message_in, unpack_event, unpack_outgoing
from bot.storage.tables.desk import desk, staff_reply
from bot.storage.tables.messages import conversation, decision, inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from adapters.contract import Content
    from bot.dialogue.state import Mode
    from bot.storage.engine.database import Database

AT_ONCE = 200
LONGEST_ID = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a reader has read; its text form goes to the browser and comes back."""

    inbox: int = 0
    outbox: int = 0
    decision: int = 0

    def __str__(self) -> str:
        return f"{self.inbox}-{self.outbox}-{self.decision}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form; anything else means "from the beginning"."""
        parts = text.split("-")
        if len(parts) != len(cls.__slots__) or not all(
            part.isascii() and part.isdigit() and len(part) <= LONGEST_ID for part in parts
        ):
            return cls()
        return cls(inbox=int(parts[0]), outbox=int(parts[1]), decision=int(parts[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One bubble. `choices` are the titles of a numbered choice; `state` is that of the row behind it.

    `id` is the platform's for what came in, so that a window knows its own message again.
    """

    id: str
    author: Literal["buyer", "bot", "staff", "system"]
    kind: str
    text: str
    choices: tuple[str, ...]
    at: datetime
    entry: str | None
    confidence: float | None
    state: str
    name: str = ""
    """Of the person of the shop who wrote it."""
    picture: str = ""
    """The name of a picture that is kept here."""
    card: str = ""
    """The product or order that a person shows, "product:ID" or "order:ID"; `text` names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What a buyer sees beside the words: who of the shop is with them, whether they write, and what they have read.

    `read` is the buyer's newest message that people have seen, by its id.
    """

    person: str = ""
    types: bool = False
    read: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """What is new since a cursor. `whys` are decisions as JSON, oldest first; `mode` is who leads now."""

    items: tuple[Item, ...]
    whys: tuple[bytes, ...]
    mode: Mode
    cursor: Cursor
    beside: Beside = Beside()


async def read_since(
    database: Database, *, channel: str, conversation: str, after: Cursor, now: datetime
) -> Transcript:
    """What was said in a conversation (platform's ids) since a cursor. Empty for one that does not exist yet."""
    return await database.read(_read, channel=channel, external_id=conversation, after=after, now=now)


def _read(connection: Connection, *, channel: str, external_id: str, after: Cursor, now: datetime) -> Transcript:
    found = connection.execute(
        select(conversation.c.id, conversation.c.mode).where(
            conversation.c.channel == channel, conversation.c.external_id == external_id
        )
    ).first()
    if found is None:
        return Transcript(items=(), whys=(), mode="bot", cursor=after)
    heard, said = _heard(connection, found.id, after), _said(connection, found.id, after)
    whys = _whys(connection, found.id, after)
    items = sorted([*map(_from_inbox, heard), *map(_from_outbox, said)], key=lambda item: item.at)
    return Transcript(
        items=tuple(items),
        whys=tuple(row.body for row in whys),
        mode=found.mode,
        cursor=Cursor(
            inbox=max([after.inbox, *(row.id for row in heard)]),
            outbox=max([after.outbox, *(row.id for row in said)]),
            decision=max([after.decision, *(row.id for row in whys)]),
        ),
        beside=_beside(connection, found.id, now, with_person=found.mode == "human"),
    )


def _beside(connection: Connection, conversation_id: int, now: datetime, *, with_person: bool) -> Beside:
    row = connection.execute(
        select(desk.c.assignee_name, inbox.c.external_id)
        .outerjoin(inbox, inbox.c.id == desk.c.read_inbox_id)
        .where(desk.c.conversation_id == conversation_id)
    ).first()
    if row is None:
        return Beside()
    types = any(each.types for each in who_looks(connection, conversation_id, at=now))
    return Beside(person=row.assignee_name if with_person else "", types=types, read=row.external_id or "")


def _heard(connection: Connection, conversation_id: int, after: Cursor) -> Sequence[Row[Any]]:
    newest = (
        select(inbox)
        .where(inbox.c.conversation_id == conversation_id, inbox.c.id > after.inbox, inbox.c.kind == "message")
        .where(~and_(inbox.c.author == "staff", inbox.c.state == "ignored"))  # our own echoes
        .order_by(inbox.c.id.desc())
        .limit(AT_ONCE)
    )
    return connection.execute(newest).all()[::-1]


def _said(connection: Connection, conversation_id: int, after: Cursor) -> Sequence[Row[Any]]:
    """Replies that arrived. One that is still on its way is not skipped: they are sent, and read, in order."""
    newest = (
        select(outbox, staff_reply.c.staff_name)
        .outerjoin(staff_reply, staff_reply.c.outbox_id == outbox.c.id)
        .where(outbox.c.conversation_id == conversation_id, outbox.c.id > after.outbox)
        .where(outbox.c.kind.not_in(NOTICES), outbox.c.state == "sent")
        .order_by(outbox.c.id.desc())
        .limit(AT_ONCE)
    )
    return connection.execute(newest).all()[::-1]


def _whys(connection: Connection, conversation_id: int, after: Cursor) -> Sequence[Row[int, bytes]]:
    newest = (
        select(decision.c.id, decision.c.body)
        .where(decision.c.conversation_id == conversation_id, decision.c.id > after.decision)
        .order_by(decision.c.id.desc())
        .limit(AT_ONCE)
    )
    return connection.execute(newest).all()[::-1]


def _from_inbox(row: Row[Any]) -> Item:
    event = unpack_event(row.kind, row.body)
    content = event.content if isinstance(event, Message) else Text("")
    picture = picture_kept(content)
    return Item(
        id=row.external_id,
        author=row.author,
        kind=type(content).__name__.lower(),
        text="" if picture else words_of(content),
        picture=picture,
        choices=(),
        at=row.received_at,
        entry=None,
        confidence=None,
        state=row.state,
        name=event.author.name if isinstance(event, Message) and row.author == "staff" else "",
    )


def picture_kept(content: Content) -> str:
    """The name of the picture that is kept here, where it is one."""
    if isinstance(content, Image) and content.media.startswith(KEPT_HERE):
        return content.media.removeprefix(KEPT_HERE)
    return ""


def words_of(content: Content) -> str:
    """What is shown of it in words: those of a text, or what names a picture or a card."""
    match content:
        case Text(text):
            return text
        case Image(url):
            return url
        case ProductCard(product_id, title):
            return title or product_id
        case OrderCard(order_id, _, title):
            return title or order_id
        case Unsupported(kind):
            return kind


def words_kept(kind: str, body: bytes) -> str:
    """What is shown of an inbox row in words; empty for what is no message, and where nobody can read it."""
    message = message_in(kind, body)
    return "" if message is None else words_of(message.content)


def _from_outbox(row: Row[Any]) -> Item:
    reply = unpack_outgoing(row.kind, row.body)
    known = reply if isinstance(reply, Reply) else Reply(kind="answer", text=row.text)
    return Item(
        id=f"o{row.id}",
        author="staff" if row.kind == "staff" else "bot",
        kind=known.kind,
        text=row.text,
        choices=known.choices,
        at=row.settled_at,
        entry=known.entry,
        confidence=known.confidence,
        state=row.state,
        picture=known.picture,
        card=known.card,
        name=row.staff_name or "",
    )
