"""Messages that could not be decided about: set aside with the reason, shown to people, and tried again when asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from bot.storage.tables.messages import conversation, inbox, is_poison
from bot.storage.transcript import words_kept

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Poison:
    """One message that waits for a person; `words` are the buyer's, empty where nobody can read them."""

    number: int
    channel: str
    conversation: str
    conversation_id: int
    buyer: str
    buyer_name: str
    received_at: datetime
    problem: str
    words: str


def set_aside(connection: Connection, ids: Sequence[int], *, problem: str) -> None:
    """Keep that these rows could not be decided about, and why; nothing decides about them again by itself."""
    row = inbox.c
    aside = {"state": "poison", "problem": problem, "tries": row.tries + 1}
    connection.execute(update(inbox).where(row.id.in_(ids)).values(aside))


def read_all(connection: Connection, *, most: int, channels: Collection[str] | None = None) -> list[Poison]:
    """The oldest that are set aside, on these channels (None: on all)."""
    where = () if channels is None else (inbox.c.channel.in_(channels),)
    rows = connection.execute(
        select(inbox, conversation.c.external_id.label("talk"), conversation.c.buyer, conversation.c.buyer_name)
        .join(conversation, conversation.c.id == inbox.c.conversation_id)
        .where(is_poison(), *where)
        .order_by(inbox.c.id)
        .limit(most)
    )
    return [
        Poison(
            number=row.id,
            channel=row.channel,
            conversation=row.talk,
            conversation_id=row.conversation_id,
            buyer=row.buyer,
            buyer_name=row.buyer_name,
            received_at=row.received_at,
            problem=row.problem,
            words=words_kept(row.kind, row.body),
        )
        for row in rows
    ]


def retry(connection: Connection, ids: Sequence[int]) -> int:
    """Have these decided about once more (all of them when none are named); returns how many were set aside."""
    meant = (inbox.c.id.in_(ids),) if ids else ()
    again = update(inbox).where(is_poison(), *meant).values(state="new", problem="")
    return connection.execute(again).rowcount


def is_set_aside(connection: Connection, number: int, *, channels: Collection[str] | None) -> bool:
    """Whether this one is, on one of these channels (None: on any)."""
    where = () if channels is None else (inbox.c.channel.in_(channels),)
    return connection.execute(select(inbox.c.id).where(is_poison(), inbox.c.id == number, *where)).first() is not None


def give_up(connection: Connection, number: int) -> None:
    """Nobody decides about it any more, nor need look at it; why it was set aside stays."""
    connection.execute(update(inbox).where(is_poison(), inbox.c.id == number).values(state="ignored"))


def count(connection: Connection) -> int:
    """How many are set aside."""
    return connection.execute(select(func.count()).select_from(inbox).where(is_poison())).scalar_one()
