"""The manual's revisions. Each is kept whole and for good; the newest is what the bot answers from."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, inspect, select

from bot.storage.tables import manual_revision

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection


def newest(connection: Connection) -> int | None:
    """The number of the newest revision; None while there is none."""
    number: int | None = connection.execute(select(func.max(manual_revision.c.id))).scalar_one()
    return number


def revisions(connection: Connection) -> tuple[int, ...]:
    """The numbers of all revisions, oldest first; none in a database that nobody has set up yet."""
    if not inspect(connection).has_table(manual_revision.name):
        return ()
    return tuple(connection.scalars(select(manual_revision.c.id).order_by(manual_revision.c.id)))


def read(connection: Connection, revision: int) -> bytes:
    """The manual of that revision, as `knowledge.manual.files.to_json` made it."""
    found = connection.execute(select(manual_revision.c.content).where(manual_revision.c.id == revision))
    return zlib.decompress(found.scalar_one())


def publish(connection: Connection, content: bytes, *, author: str, note: str, at: datetime) -> int:
    """Add a revision and return its number. From now on it is the newest."""
    row = {"content": zlib.compress(content), "author": author, "note": note, "published_at": at}
    added = connection.execute(insert(manual_revision).values(row).returning(manual_revision.c.id))
    return int(added.scalar_one())


def publish_first(connection: Connection, content: bytes, *, author: str, note: str, at: datetime) -> int | None:
    """Publish into an empty database only; None when it has a manual already."""
    return publish(connection, content, author=author, note=note, at=at) if newest(connection) is None else None
