"""The few words that SQLite and PostgreSQL say differently."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.engine import Connection


def insert_new(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Insert what is not there yet; a second one with the same key is left out silently."""
    return _insert_new(connection.dialect.name, table)


@functools.cache
def _insert_new(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    return postgresql.insert(table).on_conflict_do_nothing()


_CLOCKS = {
    "sqlite": text("SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"),
    "postgresql": text("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"),
}


def database_time_ms(connection: Connection) -> int:
    """The database's own clock in milliseconds: leases must not trust the clocks of several machines."""
    return int(connection.execute(_CLOCKS[connection.dialect.name]).scalar_one())
