"""Messages that buyers left and no person has answered since, for people of the shop who have no desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from bot.storage.tables.messages import conversation, decision, inbox, is_waiting
from bot.storage.transcript import words_kept

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Subquery
    from sqlalchemy.engine import Connection

LEFT_UPON = ("hand_over", "away")
"""The outcomes after which a buyer hears that people of the shop will read what they write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftMessage:
    """A buyer's message that a person should read. `waits`: the buyer was told that a person comes."""

    channel: str
    buyer: str
    buyer_name: str
    received_at: datetime
    words: str
    waits: bool


def read_all(connection: Connection, *, deskless: Collection[str], since: datetime, most: int) -> list[LeftMessage]:
    """The newest messages since then, oldest first, from the one that called for a person on.

    They are of buyers who wait for one, and of those on channels where nobody can come (`deskless`).
    """
    first, table = _first_left(since), conversation.c
    rows = connection.execute(
        select(inbox, table.buyer, table.buyer_name, is_waiting().label("waits"))
        .join(conversation, table.id == inbox.c.conversation_id)
        .outerjoin(first, first.c.conversation_id == table.id)
        .where(table.last_buyer_at >= since, or_(is_waiting(), table.channel.in_(deskless)))
        .where(inbox.c.author == "buyer", inbox.c.kind == "message", inbox.c.received_at >= since)
        .where(
            or_(inbox.c.id >= first.c.inbox_id, and_(is_waiting(), inbox.c.received_at >= table.unanswered_since)),
            or_(table.last_staff_at.is_(None), inbox.c.received_at > table.last_staff_at),
        )
        .order_by(inbox.c.id.desc())
        .limit(most)
    )
    return [
        LeftMessage(
            channel=row.channel,
            buyer=row.buyer,
            buyer_name=row.buyer_name,
            received_at=row.received_at,
            words=words_kept(row.kind, row.body),
            waits=bool(row.waits),
        )
        for row in rows.all()[::-1]
    ]


def _first_left(since: datetime) -> Subquery:
    """The first message in each conversation that called for a person, since one spoke there."""
    table = conversation.c
    return (
        select(decision.c.conversation_id, func.min(decision.c.first_inbox_id).label("inbox_id"))
        .join(conversation, table.id == decision.c.conversation_id)
        .where(table.last_buyer_at >= since, decision.c.created_at >= since, decision.c.outcome.in_(LEFT_UPON))
        .where(or_(table.last_staff_at.is_(None), decision.c.created_at > table.last_staff_at))
        .group_by(decision.c.conversation_id)
        .subquery()
    )
