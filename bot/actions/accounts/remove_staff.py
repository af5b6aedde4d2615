"""Take somebody's account away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.signing_in import Problem
from bot.storage.accounts import audit, people

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.live import Live
    from bot.storage.engine.database import Connection, Database


async def remove_staff(
    *, database: Database, live: Live, clock: Clock, by: Staff | None, staff_id: int
) -> Problem | None:
    """Sign somebody out everywhere for good; None when it is done. What they wrote keeps their name.

    The last owner stays. Raises `StorageDown`.
    """
    problem = await database.write(_remove, staff_id, by=by, at=clock.now())
    live.signed_out(staff_id)
    return problem


def _remove(connection: Connection, staff_id: int, *, by: Staff | None, at: datetime) -> Problem | None:
    account = people.of_id(connection, staff_id)
    if account is None:
        return Problem(code="no_such_person")
    if people.is_last_owner(connection, staff_id):
        return Problem(code="last_owner")
    people.remove(connection, staff_id, at=at)
    audit.note(connection, "account.removed", by=by, at=at, about=f"staff {staff_id}")
    return None
