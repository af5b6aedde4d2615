"""Have a message decided about once more, or give it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.accounts import audit
from bot.storage.people import poisoned

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.audit import AuditAction
    from bot.domain.accounts.staff import Staff
    from bot.live import Bell
    from bot.storage.engine.database import Connection, Database


async def retry_message(
    *, database: Database, clock: Clock, to_decide: Bell, who: Staff, number: int, give_up: bool
) -> bool:
    """False where no such message is set aside on a channel of theirs. Raises `StorageDown`."""
    found = await database.write(_retry, who, number, give_up=give_up, at=clock.now())
    to_decide.ring()
    return found


def _retry(connection: Connection, who: Staff, number: int, *, give_up: bool, at: datetime) -> bool:
    if not poisoned.is_set_aside(connection, number, channels=who.channels):
        return False
    if give_up:
        poisoned.give_up(connection, number)
    else:
        poisoned.retry(connection, [number])
    action: AuditAction = "message.given_up" if give_up else "message.retried"
    audit.note(connection, action, by=who, at=at, about=f"message {number}")
    return True
