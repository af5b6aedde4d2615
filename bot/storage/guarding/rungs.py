"""Which steps of the ladder were taken for a wait. The key is the promise: each is taken once, by one node."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import select, tuple_

from bot.storage.engine.dialects import insert_new
from bot.storage.tables.routing import rung

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.domain.guarding.ladder import Action, Key

ANY_LINE = ""
"""The line of what is done once in a wait, whatever lines there are: the word that the bot says."""


def taken(connection: Connection, waits: Mapping[int, datetime]) -> dict[int, set[Key]]:
    """Conversation → the steps that were taken for the wait that began then."""
    found: dict[int, set[Key]] = defaultdict(set)
    of_these = tuple_(rung.c.conversation_id, rung.c.asked_at).in_(list(waits.items()))
    for row in connection.execute(select(rung.c.conversation_id, rung.c.line, rung.c.action).where(of_these)):
        found[row.conversation_id].add((row.line, row.action))
    return found


def claim(
    connection: Connection, conversation_id: int, *, asked_at: datetime, keys: Iterable[Key], at: datetime
) -> set[Key]:
    """Take these steps; returns those that nobody had taken before."""
    rows = [_row(conversation_id, asked_at, key, at) for key in keys]
    if not rows:
        return set()
    statement = insert_new(connection.dialect.name, rung).returning(rung.c.line, rung.c.action)
    return {(row.line, cast("Action", row.action)) for row in connection.execute(statement.values(rows))}


def _row(conversation_id: int, asked_at: datetime, key: Key, at: datetime) -> dict[str, Any]:
    line, action = key
    return {"conversation_id": conversation_id, "asked_at": asked_at, "line": line, "action": action, "fired_at": at}
