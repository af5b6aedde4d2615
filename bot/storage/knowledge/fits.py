"""What was learned from a manual, under the key of what it was learned from: fitted by one node, read by all.

A row without a body is a claim: whoever holds it fits, until `due_ms`, when anybody may try again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, delete, inspect, select, update

from bot.storage.engine.dialects import DatabaseTimeMs, insert_new
from bot.storage.tables.messages import matcher_fit

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

LEASE_MS = 60_000
"""How long a claim holds unless it is renewed."""
FIRST_PAUSE_MS = 60_000
LONGEST_PAUSE_MS = 3_600_000
"""After each failure in a row the pause doubles."""
KEPT = 4
"""How many fits are kept: that of the manual in use, of one before it, and of a version before an update."""


def read(connection: Connection, key: str) -> bytes | None:
    """The fit of that key; None while there is none, also in a database that is not up to date."""
    if not inspect(connection).has_table(matcher_fit.name):
        return None
    body: bytes | None = connection.scalar(select(matcher_fit.c.body).where(matcher_fit.c.key == key))
    return body


def claim(connection: Connection, key: str, *, node: str) -> bool:
    """Say whether this node is to fit it: nobody else is at it, and the pause after a failure is over."""
    table, now = matcher_fit, DatabaseTimeMs()
    is_free = (table.c.key == key) & table.c.body.is_(None) & (table.c.due_ms <= now)
    taken = update(table).where(is_free).values(owner=node, due_ms=now + LEASE_MS)
    if connection.execute(taken).rowcount:
        return True
    row = {"key": key, "owner": node, "due_ms": 0}
    if not connection.execute(insert_new(connection.dialect.name, table), [row]).rowcount:
        return False
    return connection.execute(taken).rowcount == 1


def renew(connection: Connection, key: str, *, node: str) -> None:
    """Hold the claim for longer."""
    renewed = update(matcher_fit).where(matcher_fit.c.key == key, matcher_fit.c.owner == node)
    connection.execute(renewed.values(due_ms=DatabaseTimeMs() + LEASE_MS))


def release_all(connection: Connection, *, node: str | None = None) -> None:
    """Give up the claims of that node, or of all: whoever held them is gone."""
    held = matcher_fit.c.owner.is_not(None) if node is None else matcher_fit.c.owner == node
    connection.execute(update(matcher_fit).where(held).values(owner=None, due_ms=0))


def keep(connection: Connection, key: str, body: bytes, *, at: datetime) -> None:
    """Keep what was fitted, and let the oldest ones go."""
    table = matcher_fit
    connection.execute(
        update(table).where(table.c.key == key).values(body=body, owner=None, failures=0, due_ms=0, made_at=at)
    )
    newest = select(table.c.key).where(table.c.body.is_not(None)).order_by(table.c.made_at.desc()).limit(KEPT)
    connection.execute(delete(table).where(table.c.key.not_in(newest), table.c.due_ms <= DatabaseTimeMs()))


def fail(connection: Connection, key: str) -> None:
    """Nothing came of it, or what is kept cannot be read: it is tried again after a pause."""
    table = matcher_fit
    pauses = case(
        {count: FIRST_PAUSE_MS << count for count in range(6)}, value=table.c.failures, else_=LONGEST_PAUSE_MS
    )
    connection.execute(
        update(table)
        .where(table.c.key == key)
        .values(body=None, owner=None, failures=table.c.failures + 1, due_ms=DatabaseTimeMs() + pauses)
    )
