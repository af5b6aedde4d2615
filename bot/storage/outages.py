"""What a database's error means: that it is away for now, or that we asked for something wrong."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.errors import StorageDown

COLLISIONS = {"40001", "40P01"}  # serialization failure, deadlock detected: the same work may simply run again
CONNECTION_LOST = "08"  # how the codes of a broken connection begin
SERVER_GONE = {"25P03", "25P04", "57P01", "57P02", "57P03", "53100", "53200", "53300", "25006"}
NOT_LET_IN = {"28000", "28P01", "3D000", "42501"}  # wrong user or password, no such database, no right to it
UNREADABLE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def storage_down(problem: DBAPIError) -> StorageDown | None:
    """Tell a database that is away, full, damaged or closed to us from a mistake of ours (to be heard as one)."""
    gone = isinstance(problem, OperationalError | InterfaceError) or problem.connection_invalidated
    unreadable = getattr(problem.orig, "sqlite_errorcode", None) in UNREADABLE
    state = sqlstate(problem) or ""
    gone = gone or state.startswith(CONNECTION_LOST) or state in SERVER_GONE | NOT_LET_IN
    if (gone or unreadable) and state not in COLLISIONS:
        return StorageDown(f"the database did not take it: {problem.orig}")
    return None


def sqlstate(problem: DBAPIError) -> str | None:
    """PostgreSQL's code for what went wrong."""
    return getattr(problem.orig, "sqlstate", None)
