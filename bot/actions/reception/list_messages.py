"""List what buyers have left for people of the shop, where no desk shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.people import left_messages

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import timedelta

    from bot.clock import Clock
    from bot.storage.engine.database import Database
    from bot.storage.people.left_messages import LeftMessage


async def list_messages(
    *, database: Database, deskless: Collection[str], within: timedelta, most: int, clock: Clock
) -> list[LeftMessage]:
    """The newest messages, at most `most`, oldest first. `deskless`: where nobody can come. Raises `StorageDown`."""
    since = clock.now() - within
    return await database.read(left_messages.read_all, deskless=deskless, since=since, most=most)
