"""The manual's revisions. Each is kept whole and for good; the newest is what the bot answers from."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from sqlalchemy import func, insert, inspect, select

from bot.storage.accounts import audit
from bot.storage.tables.messages import manual_revision

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff


class ReadAgain(Exception):
    """Somebody has published meanwhile: read the newest revision again, nothing was written."""


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
    """Add a revision and return its number. From now on it is the newest, and the audit log says so."""
    revision = _add(connection, content, author=author, note=note, at=at)
    audit.note(connection, "manual.published", by=None, at=at, about=f"revision {revision}")
    return revision


def publish_after(
    connection: Connection, content: bytes, *, before: int | None, by: Staff, note: str, at: datetime
) -> int:
    """The same for a manual that this person made of revision `before`. Raises `ReadAgain` where one is newer."""
    revision = _add(connection, content, author=by.name, note=note, at=at)
    audit.note(connection, "manual.published", by=by, at=at, about=f"revision {revision}")  # one after the other
    others = select(func.max(manual_revision.c.id)).where(manual_revision.c.id != revision)
    if connection.execute(others).scalar_one() != before:
        raise ReadAgain
    return revision


def publish_first(connection: Connection, content: bytes, *, author: str, note: str, at: datetime) -> int | None:
    """Publish into an empty database only, which nobody did; None when it has a manual already."""
    return _add(connection, content, author=author, note=note, at=at) if newest(connection) is None else None


def _add(connection: Connection, content: bytes, *, author: str, note: str, at: datetime) -> int:
    row = {"content": zlib.compress(content), "author": author, "note": note, "published_at": at}
    added = connection.execute(insert(manual_revision).values(row).returning(manual_revision.c.id))
    return int(added.scalar_one())
