"""Look at the messages that could not be decided about, and have them decided about once more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.people import poisoned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.storage.engine.database import Database
    from bot.storage.people.poisoned import Poison


async def set_aside_messages(*, database: Database, most: int) -> list[Poison]:
    """The oldest messages, at most `most`. Raises `StorageDown`."""
    return await database.read(poisoned.read_all, most=most)


async def retry_messages(*, database: Database, numbers: Sequence[int]) -> int:
    """Give these (all, when none are named) back to the bot; returns how many were set aside. Raises `StorageDown`."""
    return await database.write(poisoned.retry, numbers)
