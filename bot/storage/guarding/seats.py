"""Whose each conversation is just now, and whether somebody types in it: what the guard has to know of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.storage.tables.desk import desk, looking
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """Who has a conversation in its present episode, and when a person last typed in it."""

    staff_id: int | None = None
    group_id: int | None = None
    typed_at: datetime | None = None


NOBODYS = Seat()


def read(connection: Connection, conversation_ids: Sequence[int]) -> dict[int, Seat]:
    """Those of these conversations that anybody has or types in."""
    typing = connection.execute(
        select(looking.c.conversation_id, func.max(looking.c.typed_at).label("typed_at"))
        .where(looking.c.conversation_id.in_(conversation_ids), looking.c.typed_at.is_not(None))
        .group_by(looking.c.conversation_id)
    )
    typed = {row.conversation_id: row.typed_at for row in typing}
    rows = connection.execute(
        select(desk.c.conversation_id, desk.c.assignee_id, desk.c.group_id)
        .join(conversation, conversation.c.id == desk.c.conversation_id)
        .where(desk.c.conversation_id.in_(conversation_ids), desk.c.episode == conversation.c.episode)
    )
    held = {row.conversation_id: (row.assignee_id, row.group_id) for row in rows}
    return {
        each: Seat(staff_id=staff_id, group_id=group_id, typed_at=typed.get(each))
        for each in {*held, *typed}
        for staff_id, group_id in [held.get(each, (None, None))]
    }


def groups(connection: Connection, conversation_ids: Sequence[int]) -> dict[int, int]:
    """The groups that have these conversations, where one does."""
    found = read(connection, conversation_ids)
    return {each: seat.group_id for each, seat in found.items() if seat.group_id is not None}
