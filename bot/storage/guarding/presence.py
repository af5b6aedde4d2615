"""Who of the shop's people is there: pages of theirs are heard of every few seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.domain.routing.people import AWAY_AFTER
from bot.storage.engine.dialects import insert_new
from bot.storage.tables.routing import presence

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection


def beat(connection: Connection, *, staff_id: int, at: datetime) -> None:
    """They are there, as a page of theirs has just said."""
    row = {"staff_id": staff_id, "seen_at": at}
    connection.execute(insert_new(connection.dialect.name, presence).values(row))
    newer = (presence.c.staff_id == staff_id, presence.c.seen_at < at)
    connection.execute(update(presence).where(*newer).values(seen_at=at))


def present(connection: Connection, *, now: datetime) -> frozenset[int]:
    """Who is there."""
    there = presence.c.seen_at > now - AWAY_AFTER
    return frozenset(connection.execute(select(presence.c.staff_id).where(there)).scalars())
