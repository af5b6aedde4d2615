"""Read what the shop knows without changing a thing: a published manual, or the starter manual before there is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import CannotStart
from bot.storage import manuals
from bot.storage.database import open_database
from bot.storage.presence import is_there
from knowledge.manual import from_json, starter_manual

if TYPE_CHECKING:
    from knowledge.entry import Manual

STARTER = 0
"""The revision number of the starter manual: it was never published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A manual and the number it was published under; `STARTER` when it never was."""

    revision: int
    manual: Manual


async def read_manual(*, database_url: str, revision: int | None = None) -> Published:
    """The manual of that revision, the newest without one; the starter manual while the shop has no manual of its own.

    A database that is not there is not made. Raises `CannotStart` when there is no such revision, `StorageDown` when
    the database cannot be reached.
    """
    if not is_there(database_url):
        return _starter(revision)
    async with open_database(database_url) as database:
        known = await database.read(manuals.revisions)
        if not known:
            return _starter(revision)
        wanted = known[-1] if revision is None else revision
        if wanted not in known:
            raise CannotStart(f"there is no revision {wanted} of the manual; the newest is {known[-1]}")
        return Published(revision=wanted, manual=from_json(await database.read(manuals.read, wanted)))


def _starter(revision: int | None) -> Published:
    if revision is not None:
        raise CannotStart(f"there is no revision {revision}: this shop has not published a manual yet")
    return Published(revision=STARTER, manual=starter_manual())
