"""What is kept of a channel between two calls of its platform. One node at a time works on each, under a claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from sqlalchemy import or_, select, update

from bot.storage.engine.dialects import DatabaseTimeMs, insert_new
from bot.storage.tables.channels import channel_state

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

What = Literal["token", "cursor"]

LEASE_MS = 30_000
"""How long a claim holds: longer than any single call of a platform."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The bytes that are kept, and until when they hold; None for as long as nothing else is known."""

    body: bytes = field(repr=False)
    until: datetime | None = None


def read(connection: Connection, channel: str, what: What) -> Kept | None:
    """What is kept; None while there is nothing."""
    row = connection.execute(
        select(channel_state.c.body, channel_state.c.until).where(*_is(channel, what))
    ).one_or_none()
    return None if row is None or row.body is None else Kept(body=row.body, until=row.until)


def claim(connection: Connection, channel: str, what: What, *, node: str) -> bool:
    """Whether this node may work on it now, which it may until it lets go or its lease has run out."""
    table = channel_state.c
    connection.execute(
        insert_new(connection.dialect.name, channel_state), [{"channel": channel, "what": what, "lease_until_ms": 0}]
    )
    free = or_(table.owner.is_(None), table.owner == node, table.lease_until_ms < DatabaseTimeMs())
    taken = update(channel_state).where(*_is(channel, what), free)
    return connection.execute(taken.values(owner=node, lease_until_ms=DatabaseTimeMs() + LEASE_MS)).rowcount == 1


def keep(connection: Connection, channel: str, what: What, kept: Kept, *, node: str) -> bool:
    """Keep these bytes, if the claim is still this node's; the lease begins anew."""
    written = update(channel_state).where(*_is(channel, what), channel_state.c.owner == node)
    values = {"body": kept.body, "until": kept.until, "lease_until_ms": DatabaseTimeMs() + LEASE_MS}
    return connection.execute(written.values(**values)).rowcount == 1


def release(connection: Connection, channel: str, what: What, *, node: str) -> None:
    """Let other nodes have it."""
    held = update(channel_state).where(*_is(channel, what), channel_state.c.owner == node)
    connection.execute(held.values(owner=None, lease_until_ms=0))


def release_all(connection: Connection, *, node: str | None = None) -> None:
    """Let go of every claim of this node; of every claim at all where no other process can be (SQLite at start)."""
    held = channel_state.c.owner.is_not(None) if node is None else channel_state.c.owner == node
    connection.execute(update(channel_state).where(held).values(owner=None, lease_until_ms=0))


def _is(channel: str, what: What) -> tuple[ColumnElement[bool], ...]:
    return (channel_state.c.channel == channel, channel_state.c.what == what)
