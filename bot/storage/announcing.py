"""Telling other processes that something happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.engine import Connection

NOTIFY_CHANNEL = "xiaoer"


def announce(connection: Connection, topics: Iterable[str]) -> None:
    """Tell other processes, when this transaction commits, that something happened. Nothing to do on SQLite."""
    if connection.dialect.name == "postgresql":
        told = list(topics)
        if told:
            statement = text("SELECT pg_notify(:channel, topic) FROM unnest(CAST(:topics AS text[])) AS topic")
            connection.execute(statement, {"channel": NOTIFY_CHANNEL, "topics": told})
