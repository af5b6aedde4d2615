"""Give somebody new recovery codes in place of the old ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.codes import folded_code, new_recovery_codes, new_salt
from bot.storage.accounts import audit, recovery

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.sessions import Session
    from bot.hashing import Hasher
    from bot.storage.engine.database import Connection, Database


async def renew_recovery_codes(
    *, database: Database, hasher: Hasher, clock: Clock, session: Session
) -> tuple[str, ...]:
    """Give ten codes that nobody sees again. Raises `StorageDown` and `TooBusy`."""
    codes, salt = new_recovery_codes(), new_salt()
    digests = [await hasher.digest(folded_code(each), salt=salt) for each in codes]
    await database.write(_renew, session, salt=salt, digests=digests, at=clock.now())
    return codes


def _renew(connection: Connection, session: Session, *, salt: str, digests: Sequence[str], at: datetime) -> None:
    who = session.staff
    recovery.replace(connection, who.id, salt=salt, digests=digests)
    audit.note(
        connection, "account.recovery_codes_made", by=who, at=at, about=f"staff {who.id}", address=session.address
    )
