"""Ask somebody for no code any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.accounts import audit, people

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.sessions import Session
    from bot.storage.engine.database import Connection, Database


async def switch_code_off(*, database: Database, clock: Clock, session: Session) -> None:
    """Forget one's own secret and recovery codes. Raises `StorageDown`."""
    await database.write(_switch, session, at=clock.now())


def _switch(connection: Connection, session: Session, *, at: datetime) -> None:
    who = session.staff
    people.set_code(connection, who.id, None)
    audit.note(connection, "account.code_switched_off", by=who, at=at, about=f"staff {who.id}", address=session.address)
