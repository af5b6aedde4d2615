"""Make the link by which somebody sets a new password, and switch off their codes where their phone is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.sessions import hash_of, new_token
from bot.domain.accounts.signing_in import LINK_HOLDS, Problem
from bot.storage.accounts import audit, links, people

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.storage.engine.database import Connection, Database


async def reset_staff(
    *, database: Database, clock: Clock, by: Staff | None, staff_id: int, code_off: bool
) -> str | Problem:
    """Give the token of a link that works once within a day; `code_off` asks them for no code until they switch it on.

    The old password works until the link is used. Raises `StorageDown`.
    """
    return await database.write(_reset, staff_id, by=by, code_off=code_off, at=clock.now())


def _reset(connection: Connection, staff_id: int, *, by: Staff | None, code_off: bool, at: datetime) -> str | Problem:
    if people.of_id(connection, staff_id) is None:
        return Problem(code="no_such_person")
    token, about = new_token(), f"staff {staff_id}"
    links.withdraw(connection, "reset", staff_id=staff_id)
    made_by = by.id if by else None
    links.make(connection, hash_of(token), "reset", at=at, ends_at=at + LINK_HOLDS, staff_id=staff_id, made_by=made_by)
    if code_off:
        people.set_code(connection, staff_id, None)
        audit.note(connection, "account.code_switched_off", by=by, at=at, about=about)
    audit.note(connection, "account.link_made", by=by, at=at, about=about, detail={"kind": "reset"})
    return token
