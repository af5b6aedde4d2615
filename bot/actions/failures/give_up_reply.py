"""Say of a reply that did not arrive that nobody need look at it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.accounts import audit
from bot.storage.people import unheard

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.storage.engine.database import Connection, Database


async def give_up_reply(*, database: Database, clock: Clock, who: Staff, number: int) -> bool:
    """False where there is no such reply on a channel of theirs. Raises `StorageDown`."""
    return await database.write(_give_up, who, number, at=clock.now())


def _give_up(connection: Connection, who: Staff, number: int, *, at: datetime) -> bool:
    if unheard.find(connection, number, channels=who.channels) is None:
        return False
    unheard.give_up(connection, number, staff_id=who.id, at=at)
    audit.note(connection, "message.given_up", by=who, at=at, about=f"reply {number}")
    return True
