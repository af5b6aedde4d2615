"""The few words that SQLite and PostgreSQL say differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import BigInteger
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.dialects import postgresql
    from sqlalchemy.sql.compiler import SQLCompiler


def insert_new(dialect: str, table: Table) -> postgresql.Insert | sqlite.Insert:
    """Insert what is not there yet; a second one with the same key is left out silently."""
    if dialect == "sqlite":
        return sqlite.insert(table).on_conflict_do_nothing()
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - most shops never need it, and it takes long to load

    return postgresql.insert(table).on_conflict_do_nothing()


class DatabaseTimeMs(FunctionElement[int]):
    """The database's own clock in milliseconds: leases must not trust the clocks of several machines."""

    type = BigInteger()
    inherit_cache = True


@compiles(DatabaseTimeMs, "sqlite")
def _sqlite_time(_element: DatabaseTimeMs, _compiler: SQLCompiler, **_: object) -> str:
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)"


@compiles(DatabaseTimeMs, "postgresql")
def _postgresql_time(_element: DatabaseTimeMs, _compiler: SQLCompiler, **_: object) -> str:
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)"
