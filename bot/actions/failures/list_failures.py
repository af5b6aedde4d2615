"""List what went wrong and waits for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.storage.people import poisoned, unheard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.domain.accounts.staff import Staff
    from bot.storage.engine.database import Connection, Database
    from bot.storage.people.poisoned import Poison
    from bot.storage.people.unheard import Unheard


@dataclass(frozen=True, slots=True, kw_only=True)
class Failures:
    """Messages that could not be decided about, the oldest first; replies that did not arrive, the newest first."""

    messages: Sequence[Poison]
    replies: Sequence[Unheard]


async def list_failures(*, database: Database, who: Staff, most: int) -> Failures:
    """At most so many of each, on the channels that this person may touch. Raises `StorageDown`."""
    return await database.read(_read, who, most)


def _read(connection: Connection, who: Staff, most: int) -> Failures:
    return Failures(
        messages=poisoned.read_all(connection, most=most, channels=who.channels),
        replies=unheard.read_all(connection, channels=who.channels, most=most),
    )
