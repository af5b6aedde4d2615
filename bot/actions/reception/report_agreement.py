"""Report, entry by entry, how often people said what the bot would have said where it was silent."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from bot.storage.guarding import compared
from knowledge.improve.agreement import agree, by_entry

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.clock import Clock
    from bot.storage.engine.database import Database
    from knowledge.improve.agreement import Agreement

DAYS = 30
MOST = 2_000


async def report_agreement(*, database: Database, clock: Clock) -> Sequence[Agreement]:
    """The agreement of each entry over the last days, with its advice whether to go live."""
    pairs = await database.read(compared.pairs, since=clock.now() - timedelta(days=DAYS), most=MOST)
    return await asyncio.to_thread(_agreement, pairs)


def _agreement(pairs: Sequence[tuple[str, str, str]]) -> list[Agreement]:
    return by_entry((entry, agree(drafted, said)) for entry, drafted, said in pairs)
