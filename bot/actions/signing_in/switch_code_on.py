"""Ask somebody for a code from their phone at each sign-in from now on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.codes import accepted_step, folded_code, kept_secret, new_recovery_codes, new_salt
from bot.domain.accounts.signing_in import Problem
from bot.storage.accounts import audit, people, recovery, sessions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.sessions import Session
    from bot.hashing import Hasher
    from bot.live import Live
    from bot.seal import Seal
    from bot.storage.engine.database import Connection, Database


async def switch_code_on(
    *,
    database: Database,
    live: Live,
    hasher: Hasher,
    seal: Seal | None,
    clock: Clock,
    session: Session,
    secret: str,
    code: str,
) -> tuple[str, ...] | Problem:
    """Take the secret once the phone has shown that it has it; gives the recovery codes, which nobody sees again.

    It ends the person's other sessions: they began without a code. Raises `StorageDown` and `TooBusy`.
    """
    now = clock.now()
    step = accepted_step(secret, code, now=now, after_step=0)
    if step is None:
        return Problem(code="code_is_wrong")
    codes, salt = new_recovery_codes(), new_salt()
    digests = [await hasher.digest(folded_code(each), salt=salt) for each in codes]
    kept = kept_secret(secret, seal)
    await database.write(_switch, session, kept, step=step, salt=salt, digests=digests, at=now)
    live.signed_out(session.staff.id)
    return codes


def _switch(
    connection: Connection,
    session: Session,
    kept: str,
    *,
    step: int,
    salt: str,
    digests: Sequence[str],
    at: datetime,
) -> None:
    who = session.staff
    people.set_code(connection, who.id, kept, step=step)
    recovery.replace(connection, who.id, salt=salt, digests=digests)
    sessions.end_all(connection, who.id, but=session.id)
    audit.note(connection, "account.code_switched_on", by=who, at=at, about=f"staff {who.id}", address=session.address)
