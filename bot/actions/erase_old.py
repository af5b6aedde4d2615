"""Erase what has been kept for long enough, in steps so small that nobody waits for them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.storage import erasing
from bot.storage.accounts import doors
from bot.storage.answering import contacts
from bot.storage.guarding import erasing as waits

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.config import Retention
    from bot.storage.engine.database import Database
    from bot.storage.erasing import What

PAGES_A_ROUND = 400
"""A round of this many pages is more than a busy shop writes in a day, and leaves the disk to others in between."""
ASKED_DAYS = 2


async def erase_old(*, database: Database, retention: Retention, clock: Clock) -> None:
    """One round: bodies, words, decisions, waits, alerts, notes, drafts, pictures, contacts, conversations, sessions.

    Neither answers nor invites can come twice for it: what is not settled stays, and a message is kept for far longer
    than any platform delivers it again.
    """
    now = clock.now()
    kept_days: dict[What, int] = {
        "raw": retention.raw_days,
        "decision": retention.decisions_days,
        "alert": retention.decisions_days,
        "inbox": retention.messages_days,
        "outbox": retention.messages_days,
        "note": retention.messages_days,
        "proposal": retention.messages_days,
        "conversation": retention.messages_days,
    }
    for what, days in kept_days.items():
        for _ in range(PAGES_A_ROUND):
            if not await database.write(erasing.erase_page, what=what, before=now - timedelta(days=days)):
                break
    for _ in range(PAGES_A_ROUND):
        if not await database.write(erasing.erase_pictures, before=now - timedelta(days=retention.messages_days)):
            break
    await database.write(contacts.erase, before=now - timedelta(days=retention.messages_days))
    for _ in range(PAGES_A_ROUND):
        if not await database.write(waits.erase_page, before=now - timedelta(days=retention.decisions_days)):
            break
    await database.write(erasing.erase_days, before=(now - timedelta(days=ASKED_DAYS)).date())
    await database.write(doors.erase_over, now=now)
    await database.write(erasing.give_back_space)
