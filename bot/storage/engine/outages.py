"""What a database's error means: that it is away for now, or that we asked for something wrong.

No error that leaves this floor repeats a value that was written: these are buyers' words, names and numbers.
"""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from bot.errors import StorageDown

COLLISIONS = {"40001", "40P01", "55P03", "57014", "0A000"}
"""Serialization failure, deadlock, a lock that took too long, a cancelled statement, a plan that a migration made void:
nothing was written, and the same work may simply run again."""
CONNECTION_LOST = "08"  # how the codes of a broken connection begin
NO_RESOURCES = "53"  # and those of a full disk, no memory, too many connections
CUT_OFF = {"25P03", "25P04", "57P01", "57P02", "57P05"}
"""The server has ended our connection: idle for too long within a transaction, a restart, somebody's order."""
SERVER_GONE = {"57P03", "57P04", "58030", "25006"}
NOT_LET_IN = {"28000", "28P01", "3D000", "42501"}  # wrong user or password, no such database, no right to it
UNREADABLE = {sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT}


def storage_down(problem: DBAPIError) -> StorageDown | None:
    """Tell a database that is away, full, damaged or closed to us from a mistake of ours (to be heard as one)."""
    gone = isinstance(problem, OperationalError | InterfaceError) or problem.connection_invalidated
    unreadable = getattr(problem.orig, "sqlite_errorcode", None) in UNREADABLE
    state = sqlstate(problem.orig)
    known = state in COLLISIONS | CUT_OFF | SERVER_GONE | NOT_LET_IN
    if gone or unreadable or known or state.startswith((CONNECTION_LOST, NO_RESOURCES)):
        return StorageDown(f"the database did not take it: {_first_line(problem.orig)}")
    return None


def may_run_again(problem: DBAPIError) -> bool:
    """Whether the same work may succeed at once, on another connection, given that nothing of it was written."""
    state = sqlstate(problem.orig)
    return problem.connection_invalidated or state in COLLISIONS | CUT_OFF or state.startswith(CONNECTION_LOST)


def sqlstate(problem: BaseException | None) -> str:
    """PostgreSQL's code for what went wrong; empty when it has none."""
    return getattr(problem, "sqlstate", None) or ""


class Unspoken(Exception):
    """A driver's error by its kind, code and constraint, in place of one that may repeat what was written."""

    def __init__(self, problem: BaseException | None) -> None:
        self.sqlstate = sqlstate(problem)
        names = (type(problem).__name__, self.sqlstate, getattr(problem, "constraint_name", None))
        super().__init__(" ".join(filter(None, names)))


def without_values(problem: DBAPIError) -> DBAPIError:
    """The same mistake of ours, told without what was written."""
    driver_error = getattr(problem.orig, "__cause__", None) or problem.orig
    return type(problem)(problem.statement, None, Unspoken(driver_error), hide_parameters=True)


def _first_line(problem: BaseException | None) -> str:
    return str(problem).partition("\n")[0]
