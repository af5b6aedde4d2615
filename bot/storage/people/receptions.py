"""Who has which conversation, and the record of it: from when to when, whether an answer was owed, and how it ended.

A turn that somebody leaves unanswered stays theirs: their reception ends with it, and the next one begins with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import func, insert, literal, select, update

from bot.storage.engine.dialects import insert_new
from bot.storage.tables.base import Moment
from bot.storage.tables.desk import desk, reception
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation

EndedHow = Literal["taken_over", "transferred", "reassigned", "handed_back", "went_quiet", "closed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Whose a conversation is: a person's, or a group's until one of them takes it. Nobody's without either."""

    staff_id: int | None = None
    staff_name: str = ""
    group_id: int | None = None


NOBODY = Holder()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """One person's time with one buyer. It was missed when an answer was owed and they gave none."""

    conversation_id: int
    episode: int
    staff_id: int
    staff_name: str
    group_id: int | None
    began_at: datetime
    owed_at_begin: datetime | None
    first_answer_at: datetime | None
    answers: int
    ended_at: datetime | None
    ended_how: str
    owed_at_end: datetime | None


def holder_of(connection: Connection, found: Conversation) -> Holder:
    """Whose the conversation is in its present episode."""
    row = connection.execute(
        select(desk).where(desk.c.conversation_id == found.id, desk.c.episode == found.episode)
    ).first()
    if row is None:
        return NOBODY
    return Holder(staff_id=row.assignee_id, staff_name=row.assignee_name, group_id=row.group_id)


def give(connection: Connection, found: Conversation, to: Holder, *, at: datetime, how: EndedHow) -> None:
    """Let them have it from now on; whoever had it until now has it no more, which ended so (`how`).

    Where it is theirs already, nothing happens.
    """
    before = holder_of(connection, found)
    if before == to:
        return
    put(connection, found.id, _columns(to) | {"assigned_at": at, "episode": found.episode, "snoozed_until": None})
    if before.staff_id == to.staff_id:
        return
    end(connection, [found.id], at=at, how=how)
    if to.staff_id is not None:
        _begin(connection, found, to, at=at)


def answered(connection: Connection, found: Conversation, *, at: datetime) -> None:
    """Whoever has it has answered."""
    first_at = func.coalesce(reception.c.first_answer_at, literal(at, Moment))
    counted = {"answers": reception.c.answers + 1, "first_answer_at": first_at}
    connection.execute(update(reception).where(*_open([found.id])).values(counted))


def took_back(connection: Connection, found: Conversation) -> None:
    """The answer was taken back before it left: it does not count."""
    row = reception.c
    connection.execute(update(reception).where(*_open([found.id]), row.answers > 0).values(answers=row.answers - 1))
    connection.execute(update(reception).where(*_open([found.id]), row.answers == 0).values(first_answer_at=None))


def end(connection: Connection, conversation_ids: Sequence[int], *, at: datetime, how: EndedHow) -> None:
    """What anybody has of these is over, with what is owed just now."""
    owed = (
        select(conversation.c.unanswered_since)
        .where(conversation.c.id == reception.c.conversation_id)
        .scalar_subquery()
    )
    over = {"ended_at": at, "ended_how": how, "owed_at_end": owed}
    connection.execute(update(reception).where(*_open(conversation_ids)).values(over))


def let_go(connection: Connection, conversation_ids: Sequence[int], *, at: datetime, how: EndedHow) -> None:
    """Nobody has these any more."""
    end(connection, conversation_ids, at=at, how=how)
    nobodys = _columns(NOBODY) | {"assigned_at": None, "snoozed_until": None}
    connection.execute(update(desk).where(desk.c.conversation_id.in_(conversation_ids)).values(nobodys))


def put(connection: Connection, conversation_id: int, values: dict[str, Any]) -> None:
    """Write these columns of a conversation's place on the desk."""
    connection.execute(insert_new(connection.dialect.name, desk).values(conversation_id=conversation_id))
    connection.execute(update(desk).where(desk.c.conversation_id == conversation_id).values(values))


def read_of(connection: Connection, conversation_id: int) -> list[Reception]:
    """All receptions of a conversation, the oldest first."""
    columns = [column for column in reception.c if column.name != "id"]
    rows = connection.execute(
        select(*columns).where(reception.c.conversation_id == conversation_id).order_by(reception.c.id)
    )
    return [Reception(**row._mapping) for row in rows]  # noqa: SLF001 - SQLAlchemy's own name for it


def _begin(connection: Connection, found: Conversation, to: Holder, *, at: datetime) -> None:
    connection.execute(
        insert(reception).values(
            conversation_id=found.id,
            episode=found.episode,
            staff_id=to.staff_id,
            staff_name=to.staff_name,
            group_id=to.group_id,
            began_at=at,
            owed_at_begin=found.unanswered_since,
        )
    )


def _columns(holder: Holder) -> dict[str, object]:
    return {"assignee_id": holder.staff_id, "assignee_name": holder.staff_name, "group_id": holder.group_id}


def _open(conversation_ids: Sequence[int]) -> tuple[Any, ...]:
    return reception.c.conversation_id.in_(conversation_ids), reception.c.ended_at.is_(None)
