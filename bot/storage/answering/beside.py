"""What people keep beside a conversation: notes for colleagues, drafts, tags, and who is looking just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select, update

from bot.domain.desk.conversations import Looking
from bot.domain.desk.masking import masked
from bot.storage.conversations import lock
from bot.storage.engine.dialects import insert_new
from bot.storage.guarding.withdrawing import withdraw_cover
from bot.storage.people import receptions
from bot.storage.tables.desk import buyer_tag, desk, draft, looking, mention, note
from bot.storage.tables.messages import conversation, inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff

LOOKS_FOR_SECONDS = 30
"""A page says every so often that it is open; after this long without a word it is not."""
TYPES_FOR_SECONDS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Mentioned:
    """A note in which a colleague calls somebody."""

    note_id: int
    conversation_id: int
    by: str
    text: str
    at: datetime


def write_note(
    connection: Connection, conversation_id: int, text: str, *, who: Staff, mentions: Sequence[int], at: datetime
) -> int:
    """Keep a note for colleagues; returns its number. Those it mentions (by number) find it under `mentions_of`."""
    row = {"conversation_id": conversation_id, "staff_id": who.id, "staff_name": who.name, "text": text, "at": at}
    number = int(connection.execute(insert(note).values(row).returning(note.c.id)).scalar_one())
    if mentions:
        called = [{"note_id": number, "staff_id": each} for each in sorted(set(mentions))]
        connection.execute(insert(mention).values(called))
    return number


def mentions_of(connection: Connection, who: Staff, *, most: int) -> list[Mentioned]:
    """The notes that call this person and that they have not seen, the newest first; where they may still look."""
    rows = connection.execute(
        select(note, conversation.c.channel)
        .join(mention, mention.c.note_id == note.c.id)
        .join(conversation, conversation.c.id == note.c.conversation_id)
        .where(mention.c.staff_id == who.id, mention.c.seen_at.is_(None))
        .order_by(note.c.id.desc())
        .limit(most)
    )
    return [
        Mentioned(
            note_id=row.id,
            conversation_id=row.conversation_id,
            by=row.staff_name,
            text=row.text if who.may_in("see_private", row.channel) else masked(row.text),
            at=row.at,
        )
        for row in rows
        if who.may_in("see", row.channel)
    ]


def see_mentions(connection: Connection, staff_id: int, conversation_id: int, *, at: datetime) -> bool:
    """This person has the conversation before them: its notes call them no more. Returns whether one did."""
    here = select(note.c.id).where(note.c.conversation_id == conversation_id).scalar_subquery()
    unseen = (mention.c.staff_id == staff_id, mention.c.seen_at.is_(None), mention.c.note_id.in_(here))
    return connection.execute(update(mention).where(*unseen).values(seen_at=at)).rowcount > 0


def save_draft(connection: Connection, conversation_id: int, staff_id: int, text: str, *, at: datetime) -> None:
    """Keep what this person has typed so far; nothing typed, nothing kept."""
    mine = (draft.c.conversation_id == conversation_id, draft.c.staff_id == staff_id)
    if text == "":
        connection.execute(delete(draft).where(*mine))
        return
    row = {"conversation_id": conversation_id, "staff_id": staff_id, "text": text, "at": at}
    connection.execute(insert_new(connection.dialect.name, draft).values(row))
    connection.execute(update(draft).where(*mine).values(text=text, at=at))


def draft_of(connection: Connection, conversation_id: int, staff_id: int) -> str:
    """What this person has typed there and not sent."""
    mine = (draft.c.conversation_id == conversation_id, draft.c.staff_id == staff_id)
    return connection.execute(select(draft.c.text).where(*mine)).scalar() or ""


def tag(
    connection: Connection,
    *,
    channel: str,
    buyer: str,
    add: Sequence[str],
    remove: Sequence[str],
    who: Staff,
    at: datetime,
) -> None:
    """Add these tags to a buyer and take those away."""
    theirs = (buyer_tag.c.channel == channel, buyer_tag.c.buyer == buyer)
    connection.execute(delete(buyer_tag).where(*theirs, buyer_tag.c.tag.in_(remove)))
    for each in add:
        row = {"channel": channel, "buyer": buyer, "tag": each, "staff_id": who.id, "at": at}
        connection.execute(insert_new(connection.dialect.name, buyer_tag).values(row))


def look(connection: Connection, conversation_id: int, *, who: Staff, types: bool, at: datetime) -> None:
    """This person has the conversation open, and is writing in it or not. A cover that has not left is taken back."""
    if types:
        lock(connection, [conversation_id])
    here = (looking.c.conversation_id == conversation_id, looking.c.staff_id == who.id)
    row = {"conversation_id": conversation_id, "staff_id": who.id, "staff_name": who.name, "seen_at": at}
    connection.execute(insert_new(connection.dialect.name, looking).values(row))
    connection.execute(update(looking).where(*here).values({"seen_at": at} | ({"typed_at": at} if types else {})))
    if types:
        withdraw_cover(connection, conversation_id, at=at)


def look_away(connection: Connection, conversation_id: int, *, staff_id: int) -> None:
    """This person has closed it."""
    here = (looking.c.conversation_id == conversation_id, looking.c.staff_id == staff_id)
    connection.execute(delete(looking).where(*here))


def who_looks(connection: Connection, conversation_id: int, *, at: datetime) -> tuple[Looking, ...]:
    """Who has it open, and who of them is writing."""
    row = looking.c
    rows = connection.execute(
        select(row.staff_id, row.staff_name, row.typed_at)
        .where(row.conversation_id == conversation_id, row.seen_at > at - timedelta(seconds=LOOKS_FOR_SECONDS))
        .order_by(row.staff_id)
    ).all()
    lately = at - timedelta(seconds=TYPES_FOR_SECONDS)
    return tuple(
        Looking(
            staff_id=each.staff_id, name=each.staff_name, types=each.typed_at is not None and each.typed_at > lately
        )
        for each in rows
    )


def read_up_to(connection: Connection, conversation_id: int) -> bool:
    """People have seen all that the buyer wrote so far; returns whether that is new."""
    newest = connection.execute(select(func.max(inbox.c.id)).where(inbox.c.conversation_id == conversation_id)).scalar()
    known = select(desk.c.read_inbox_id).where(desk.c.conversation_id == conversation_id)
    if newest is None or (connection.execute(known).scalar() or 0) >= newest:
        return False
    receptions.put(connection, conversation_id, {"read_inbox_id": newest})
    return True


def buyer_did(
    connection: Connection, *, channel: str, external_id: str, heard_upto: int = 0, typed_at: datetime | None = None
) -> int | None:
    """The buyer's window says how far they have read, or that they write; returns the conversation where that is new.

    They have read no more than what was sent to them.
    """
    theirs = (conversation.c.channel == channel, conversation.c.external_id == external_id)
    found: int | None = connection.execute(select(conversation.c.id).where(*theirs)).scalar()
    if found is None:
        return None
    sent = select(func.max(outbox.c.id)).where(
        outbox.c.conversation_id == found, outbox.c.id <= heard_upto, outbox.c.state == "sent"
    )
    heard = connection.execute(sent).scalar() or 0
    known = connection.execute(select(desk.c.heard_outbox_id).where(desk.c.conversation_id == found)).scalar() or 0
    values = ({"heard_outbox_id": heard} if heard > known else {}) | ({"buyer_typed_at": typed_at} if typed_at else {})
    if not values:
        return None
    receptions.put(connection, found, values)
    return found
