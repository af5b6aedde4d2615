"""End what is over: give back what a person has left, and close a conversation in which nobody writes any more."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.storage.people import waiting
from bot.storage.people.ending import close_episode, give_back
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.desk.now import DeskNow
    from bot.storage.engine.database import Connection, Database


WAITING_AT_MOST = timedelta(days=7)


async def close_conversations(
    *,
    database: Database,
    desk: DeskNow,
    quiet_close: timedelta,
    hand_back_after: timedelta,
    invite_delay: timedelta | None,
    clock: Clock,
) -> None:
    """One round. A closed episode is noted for its invite in the same transaction (`invite_delay` None = never)."""
    now = clock.now()
    while await database.write(_hand_back, desk, before=now - hand_back_after, now=now):
        pass
    deskless = [name for name in desk.channels if not desk.has_desk(name)]
    while await database.write(_close, deskless, before=now - quiet_close, invite_delay=invite_delay, now=now):
        pass


def _hand_back(connection: Connection, desk: DeskNow, *, before: datetime, now: datetime) -> int:
    """After a while without a word the bot has it again; a buyer left without an answer goes back to the queue.

    A page of them; returns how many.
    """
    page = waiting.forgotten(connection, before=before)
    for found in page:
        give_back(connection, found, desk, at=now, how="went_quiet", reason=because("person_went_quiet"))
    return len(page)


def _close(
    connection: Connection, deskless: Sequence[str], *, before: datetime, invite_delay: timedelta | None, now: datetime
) -> int:
    """One page of what is over; returns how many.

    Quiet talks, those that have waited in vain for long, and those that wait where nobody can come (`deskless`).
    """
    page = (
        waiting.quiet(connection, before=before)
        or waiting.given_up(connection, before=now - WAITING_AT_MOST)
        or waiting.given_up(connection, before=before, channels=deskless)
    )
    for found in page:
        close_episode(connection, found, invite_delay=invite_delay, now=now)
    return len(page)
