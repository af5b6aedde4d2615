"""A real write of one row: the only way to know that the database takes writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from bot.storage.engine.dialects import insert_new
from bot.storage.tables.messages import pulse

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection


def beat(connection: Connection, *, node: str, at: datetime) -> None:
    """Write down that this node is alive."""
    if connection.execute(update(pulse).where(pulse.c.node == node).values(beat_at=at)).rowcount == 0:
        connection.execute(insert_new(connection.dialect.name, pulse), [{"node": node, "beat_at": at}])
