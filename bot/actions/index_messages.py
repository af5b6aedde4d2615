"""Let people find what was said: the index of words is written behind the messages, a small step at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.storage.search import writing
from bot.storage.search.index import PLACES

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.storage.engine.database import Database

STEPS_A_ROUND = 20
PAUSE_SECONDS = 0.005
"""After each step whatever else waits for the database has its turn."""


async def index_messages(*, database: Database, clock: Clock) -> int:
    """One round over what is new, or was there before there was an index; returns how many rows were looked at."""
    looked_at = 0
    for where in PLACES:
        for _ in range(STEPS_A_ROUND):
            portion = await database.read(writing.read_portion, where, now=clock.now())
            if portion is None:
                break
            await database.write_lightly(writing.write_portion, portion)
            looked_at += len(portion.entries)
            await asyncio.sleep(PAUSE_SECONDS)
    return looked_at
