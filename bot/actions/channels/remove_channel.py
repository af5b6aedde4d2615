"""Remove a channel of the console. Its conversations stay; what was still to be sent is failed, where people see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.accounts import audit
from bot.storage.channels import left_over, made

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.storage.engine.database import Connection, Database


async def remove_channel(*, database: Database, clock: Clock, by: Staff, name: str, seen: int) -> bool:
    """Forget its settings and its secrets, upon the version that was `seen`; False when somebody was faster.

    `clear_away` gives up what is queued there. Raises `StorageDown`; then nothing was removed.
    """
    return await database.write(_remove, name, seen=seen, by=by, at=clock.now())


def _remove(connection: Connection, name: str, *, seen: int, by: Staff, at: datetime) -> bool:
    replies, _ = left_over.under_way(connection, name)
    if not made.remove(connection, name, seen=seen, staff_id=by.id, at=at):
        return False
    audit.note(connection, "channel.removed", by=by, at=at, about=name, detail={"left": replies})
    return True
