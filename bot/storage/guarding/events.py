"""What was done for buyers who wait, and on whom their lines have passed: pages about people and routing tell of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import insert, select

from bot.storage.tables.routing import desk_event

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

Kind = Literal["remind", "alert", "reassigned", "cover", "withheld", "missed", "routed", "lost"]
"""The assignee is late · a group should look · somebody else has it now · the bot has said a word · it has said none ·
a line has passed, on whoever had the buyer · a rule and a person took it · whoever had it went away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskEvent:
    """One of them. `staff_id` is whom it is for; None is the group, or everybody."""

    kind: Kind
    conversation_id: int
    at: datetime
    staff_id: int | None = None
    group_id: int | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    id: int = 0


def add(connection: Connection, events: Sequence[DeskEvent]) -> None:
    """Keep these."""
    if events:
        connection.execute(insert(desk_event), [_row(event) for event in events])


def of_kind(connection: Connection, kind: Kind, *, since: datetime, most: int) -> list[DeskEvent]:
    """The newest of one kind since then, in order."""
    wanted = select(desk_event).where(desk_event.c.kind == kind, desk_event.c.at >= since)
    rows = connection.execute(wanted.order_by(desk_event.c.id.desc()).limit(most)).all()
    return [_event(row) for row in rows[::-1]]


def _row(event: DeskEvent) -> dict[str, object]:
    return {
        "at": event.at,
        "kind": event.kind,
        "conversation_id": event.conversation_id,
        "staff_id": event.staff_id,
        "group_id": event.group_id,
        "detail": orjson.dumps(dict(event.detail)),
    }


def _event(row: Any) -> DeskEvent:  # noqa: ANN401 - a row of the database
    return DeskEvent(
        id=row.id,
        kind=row.kind,
        conversation_id=row.conversation_id,
        at=row.at,
        staff_id=row.staff_id,
        group_id=row.group_id,
        detail=orjson.loads(row.detail),
    )
