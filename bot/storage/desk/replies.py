"""What people say to buyers: rows of the outbox like any reply, each with who wrote it and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import delete, insert, select, update

from adapters.contract import Reply
from bot.domain.delivering.outgoing import in_bubbles
from bot.domain.desk.cards import Card
from bot.storage import outbox
from bot.storage.conversations import change
from bot.storage.packing import message_in, reply_in
from bot.storage.tables.desk import staff_action, staff_reply
from bot.storage.tables.messages import conversation, inbox
from bot.storage.tables.messages import outbox as outbox_table

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from adapters.contract import ReplyKind, ReplyReference
    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.channel import Channel

NOT_HEARD = ("failed", "expired", "unknown")
"""What a person may send once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person says: `texts`, `pictures` (by name) and `cards`, one bubble each, in this order.

    `entry` is that of the bot's draft where there was one, and `edited` whether they changed it.
    """

    texts: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    entry: str | None = None
    assisted: bool = False
    edited: bool = False
    kind: ReplyKind = "staff"


def queue(
    connection: Connection,
    found: Conversation,
    said: Said,
    *,
    channel: Channel | None,
    who: Staff,
    cause: str,
    at: datetime,
    not_before: datetime,
) -> tuple[int, ...]:
    """Queue these bubbles for `not_before`; returns their rows. The bot may be silent: a person's word goes out."""
    answers = _last_heard(connection, found)
    parts = [
        *((text, "", "") for text in said.texts),
        *(("", picture, "") for picture in said.pictures),
        *((card.title, "", card.name) for card in said.cards),
    ]
    bubbles = [
        Reply(
            kind=said.kind,
            text=text,
            in_reply_to=answers.ids,
            entry=said.entry,
            author=who.name,
            picture=picture,
            card=card,
            reply_reference=answers.reply_reference,
        )
        for text, picture, card in parts
    ]
    messages = in_bubbles(bubbles, conversation=found, channel=channel, cause=cause, at=at, not_before=not_before)
    outbox.insert(connection, messages)
    keys = [message.key for message in messages]
    written = connection.execute(
        select(outbox_table.c.id).where(outbox_table.c.key.in_(keys)).order_by(outbox_table.c.id)
    ).scalars()
    ids = tuple(written)
    sender: Literal["human", "human_assisted"] = "human_assisted" if said.assisted else "human"
    by = {"staff_id": who.id, "staff_name": who.name, "sender": sender, "edited": int(said.edited), "cause": cause}
    connection.execute(insert(staff_reply).values([{"outbox_id": row_id, **by} for row_id in ids]))
    return ids


@dataclass(frozen=True, slots=True, kw_only=True)
class _Heard:
    """The message that a person answers, by the platform's id, and what the platform handed out with it."""

    ids: tuple[str, ...] = ()
    reply_reference: ReplyReference | None = None


def _last_heard(connection: Connection, found: Conversation) -> _Heard:
    """The newest message of the buyer."""
    row = connection.execute(
        select(inbox.c.external_id, inbox.c.kind, inbox.c.body)
        .where(inbox.c.conversation_id == found.id, inbox.c.author == "buyer", inbox.c.kind == "message")
        .order_by(inbox.c.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return _Heard()
    message = message_in(row.kind, row.body)
    return _Heard(ids=(row.external_id,), reply_reference=message.reply_reference if message else None)


def take_back(connection: Connection, *, cause: str, at: datetime) -> list[str] | None:
    """Take back all that was queued for this cause; returns the words. None where some of it may have left already."""
    rows = connection.execute(
        select(outbox_table.c.id, outbox_table.c.text, outbox_table.c.state, outbox_table.c.tries)
        .join(staff_reply, staff_reply.c.outbox_id == outbox_table.c.id)
        .where(staff_reply.c.cause == cause)
        .order_by(outbox_table.c.id)
    ).all()
    if not rows or any(row.state != "queued" or row.tries > 0 for row in rows):
        return None
    gone = {"state": "cancelled", "settled_at": at, "last_error": "taken back"}
    ids = [row.id for row in rows]
    connection.execute(update(outbox_table).where(outbox_table.c.id.in_(ids)).values(gone))
    connection.execute(delete(staff_reply).where(staff_reply.c.outbox_id.in_(ids)))
    return [row.text for row in rows if row.text]


def owe_again(connection: Connection, found: Conversation, key: str, *, at: datetime) -> None:
    """The buyer is owed again what they were before the click with this key.

    Whoever keeps the lines looks at it next.
    """
    since = connection.execute(select(staff_action.c.owed_since).where(staff_action.c.key == key)).scalar()
    owed = min((each for each in (since, found.unanswered_since) if each is not None), default=None)
    change(connection, conversation.c.id == found.id, unanswered_since=owed, rung_due_at=at)


def again(found: Conversation, outbox_id: int) -> str:
    """The cause of sending this row once more: there is one such time."""
    return f"again:{found.id}:{outbox_id}"


def was_sent_again(connection: Connection, found: Conversation, outbox_id: int) -> bool:
    """Whether somebody has sent it once more already."""
    rows = select(staff_reply.c.outbox_id).where(staff_reply.c.cause == again(found, outbox_id))
    return connection.execute(rows).first() is not None


def not_heard(connection: Connection, found: Conversation, outbox_id: int) -> Said | None:
    """What this bubble said, where it did not arrive or nobody knows whether it did."""
    row: Row[Any] | None = connection.execute(
        select(outbox_table).where(outbox_table.c.id == outbox_id, outbox_table.c.conversation_id == found.id)
    ).first()
    if row is None or row.state not in NOT_HEARD or row.kind in outbox.NOTICES:
        return None
    reply = reply_in(row.kind, row.body)
    if reply is None:
        return None
    return Said(
        texts=(reply.text,) if reply.text and not reply.card else (),
        cards=(Card(name=reply.card, title=reply.text),) if reply.card else (),
        pictures=(reply.picture,) if reply.picture else (),
        entry=reply.entry,
        assisted=row.kind != "staff",
    )
