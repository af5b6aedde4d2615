"""How each of the shop's people is doing just now and today: for whoever looks after them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from bot.storage.guarding import answering, presence
from bot.storage.tables.desk import desk, reception
from bot.storage.tables.messages import conversation
from bot.storage.tables.routing import desk_event

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff

HELD = ("waiting", "human")


@dataclass(frozen=True, slots=True, kw_only=True)
class OnFloor:
    """One person: `holds` conversations, in `owed` of them the buyer waits, the longest since `oldest_wait`.

    `answered_today` are the buyers whom they gave a first answer, `missed_today` the lines that passed on them.
    """

    staff: Staff
    is_present: bool
    holds: int
    owed: int
    oldest_wait: datetime | None
    answered_today: int
    missed_today: int


def read_floor(connection: Connection, *, now: datetime, today: datetime) -> tuple[OnFloor, ...]:
    """Everybody who may answer buyers, whoever is there first; `today` is when the shop's day began."""
    everybody = answering.who_may_answer(connection)
    there = presence.present(connection, now=now)
    loads, answered, missed = _loads(connection), _answered(connection, today), _missed(connection, today)
    people = [_one(each, there, loads, answered, missed) for each in everybody]
    return tuple(sorted(people, key=lambda each: (not each.is_present, each.staff.name)))


def _one(
    who: Staff,
    there: frozenset[int],
    loads: Mapping[int, Row[Any]],
    answered: Mapping[int, int],
    missed: Mapping[int, int],
) -> OnFloor:
    load = loads.get(who.id)
    return OnFloor(
        staff=who,
        is_present=who.id in there,
        holds=load.holds if load else 0,
        owed=load.owed if load else 0,
        oldest_wait=load.oldest if load else None,
        answered_today=answered.get(who.id, 0),
        missed_today=missed.get(who.id, 0),
    )


def _loads(connection: Connection) -> dict[int, Row[Any]]:
    talk = conversation.c
    owed = func.sum(case((talk.unanswered_since.is_not(None), 1), else_=0))
    present = and_(desk.c.conversation_id == talk.id, desk.c.episode == talk.episode)
    rows = connection.execute(
        select(
            desk.c.assignee_id,
            func.count().label("holds"),
            owed.label("owed"),
            func.min(talk.unanswered_since, type_=talk.unanswered_since.type).label("oldest"),
        )
        .join(conversation, present)
        .where(desk.c.assignee_id.is_not(None), talk.mode.in_(HELD))
        .group_by(desk.c.assignee_id)
    )
    return {row.assignee_id: row for row in rows}


def _answered(connection: Connection, today: datetime) -> dict[int, int]:
    row = reception.c
    counted = select(row.staff_id, func.count().label("how_many")).where(
        row.began_at >= today, row.first_answer_at.is_not(None)
    )
    return {each.staff_id: each.how_many for each in connection.execute(counted.group_by(row.staff_id))}


def _missed(connection: Connection, today: datetime) -> dict[int, int]:
    row = desk_event.c
    counted = select(row.staff_id, func.count().label("how_many")).where(
        row.kind == "missed", row.at >= today, row.staff_id.is_not(None)
    )
    return {each.staff_id: each.how_many for each in connection.execute(counted.group_by(row.staff_id))}
