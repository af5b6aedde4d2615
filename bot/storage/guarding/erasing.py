"""What was kept of waits for long enough is erased: steps that were taken, what the desk was told, unsaid answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from bot.storage.tables.routing import bot_draft, desk_event, rung

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

PAGE = 50


def erase_page(connection: Connection, *, before: datetime) -> bool:
    """Erase a page of each that is older than that; returns whether there may be more."""
    more = _rungs(connection, before)
    for table in (desk_event, bot_draft):
        oldest = connection.execute(select(table.c.id, table.c.at).order_by(table.c.id).limit(PAGE)).all()
        old = [row.id for row in oldest if row.at < before]
        connection.execute(delete(table).where(table.c.id.in_(old)))
        more |= len(old) == PAGE
    return more


def _rungs(connection: Connection, before: datetime) -> bool:
    fired_at = rung.c.fired_at
    oldest = (
        connection.execute(select(fired_at).where(fired_at < before).order_by(fired_at).limit(PAGE)).scalars().all()
    )
    if oldest:
        connection.execute(delete(rung).where(fired_at <= oldest[-1]))
    return len(oldest) == PAGE
