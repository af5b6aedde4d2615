"""The few words that SQLite and PostgreSQL say differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection


def insert_new(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Insert what is not there yet; a second one with the same key is left out silently."""
    if connection.dialect.name == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


def database_time_ms(connection: Connection) -> int:
    """The database's own clock in milliseconds: leases must not trust the clocks of several machines."""
    if connection.dialect.name == "sqlite":
        asked = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"
    else:
        asked = "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
    return int(connection.execute(text(asked)).scalar_one())
