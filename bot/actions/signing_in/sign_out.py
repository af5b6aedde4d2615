"""End sessions of a person: this one, another one, or all others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.accounts import audit, sessions

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.audit import AuditAction
    from bot.domain.accounts.sessions import Session
    from bot.live import Live
    from bot.storage.engine.database import Connection, Database


async def sign_out(*, database: Database, live: Live, clock: Clock, session: Session, which: int | None) -> bool:
    """End the session with the number `which` of the same person, or (None) all but this one.

    False where there is none. Raises `StorageDown`.
    """
    ended = await database.write(_end, session, which, at=clock.now())
    live.signed_out(session.staff.id)
    return ended


def _end(connection: Connection, session: Session, which: int | None, *, at: datetime) -> bool:
    who = session.staff
    if which is None:
        ended = sessions.end_all(connection, who.id, but=session.id) > 0
    else:
        ended = sessions.end(connection, which, staff_id=who.id)
    if ended:
        action: AuditAction = "sign_out.done" if which == session.id else "sign_out.elsewhere"
        audit.note(connection, action, by=who, at=at, address=session.address)
    return ended
