"""Give somebody another role or other channels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.signing_in import Problem
from bot.storage.accounts import audit, people, sessions

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Role, Staff
    from bot.live import Live
    from bot.storage.engine.database import Connection, Database


async def change_role(
    *,
    database: Database,
    live: Live,
    clock: Clock,
    by: Staff | None,
    staff_id: int,
    role: Role,
    channels: Collection[str] | None = None,
) -> Problem | None:
    """Change what somebody may do, and sign them out everywhere; None when it is done.

    The last owner stays one. Raises `StorageDown`.
    """
    problem = await database.write(_change, staff_id, by=by, role=role, channels=channels, at=clock.now())
    live.signed_out(staff_id)
    return problem


def _change(
    connection: Connection,
    staff_id: int,
    *,
    by: Staff | None,
    role: Role,
    channels: Collection[str] | None,
    at: datetime,
) -> Problem | None:
    account = people.of_id(connection, staff_id)
    if account is None:
        return Problem(code="no_such_person")
    if role != "owner" and people.is_last_owner(connection, staff_id):
        return Problem(code="last_owner")
    people.set_role(connection, staff_id, role, channels)
    sessions.end_all(connection, staff_id)
    detail = {
        "before": account.staff.role,
        "role": role,
        "channels": None if channels is None else sorted(channels),
    }
    audit.note(connection, "account.role_changed", by=by, at=at, about=f"staff {staff_id}", detail=detail)
    return None
