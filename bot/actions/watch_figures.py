"""Look at what only the database knows, for `/metrics`: how old the oldest question and the oldest reply are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage import conversations, inbox, outbox
from bot.storage.people import poisoned

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.metrics import Metrics
    from bot.storage.engine.database import Database


async def watch_figures(*, database: Database, clock: Clock, metrics: Metrics) -> None:
    """One look. The figures are the whole shop's, whichever node asks."""
    now = clock.now()
    _, oldest_new = await database.read(inbox.count_new)
    queued, oldest_queued, unknown = await database.read(outbox.count_states)
    metrics.oldest_unanswered_seconds.set(_age_seconds(oldest_new, now))
    metrics.oldest_queued_seconds.set(_age_seconds(oldest_queued, now))
    metrics.queued.set(queued)
    metrics.unknown_sends.set(unknown)
    metrics.poison_messages.set(await database.read(poisoned.count))
    metrics.waiting_for_person.set(await database.read(conversations.count_waiting))


def _age_seconds(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else (now - moment).total_seconds()
