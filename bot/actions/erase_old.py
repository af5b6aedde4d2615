"""Erase what has been kept for long enough, in steps so small that nobody waits for them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.storage import erasing

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.config import Retention
    from bot.storage.engine.database import Database
    from bot.storage.erasing import What

PAGES_A_ROUND = 400
"""A round of this many pages is more than a busy shop writes in a day, and leaves the disk to others in between."""
ASKED_DAYS = 2


async def erase_old(*, database: Database, retention: Retention, clock: Clock) -> None:
    """One round: raw bodies, messages with their replies, decisions, and conversations that nothing is left of.

    Neither answers nor invites can come twice for it: what is not settled stays, and a message is kept for far longer
    than any platform delivers it again.
    """
    now = clock.now()
    kept_days: dict[What, int] = {
        "raw": retention.raw_days,
        "decision": retention.decisions_days,
        "inbox": retention.messages_days,
        "outbox": retention.messages_days,
        "conversation": retention.messages_days,
    }
    for what, days in kept_days.items():
        for _ in range(PAGES_A_ROUND):
            if not await database.write(erasing.erase_page, what=what, before=now - timedelta(days=days)):
                break
    await database.write(erasing.erase_days, before=(now - timedelta(days=ASKED_DAYS)).date())
    await database.write(erasing.give_back_space)
