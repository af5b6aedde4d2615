"""Have somebody who is signed in show again that it is they."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.codes import accepted_step, is_from_phone, opened_secret
from bot.domain.accounts.signing_in import Wait, Wrong
from bot.domain.accounts.throttle import BY_PROOF
from bot.storage.accounts import audit, people, sessions, throttle

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.sessions import Session
    from bot.hashing import Hasher
    from bot.seal import Seal
    from bot.storage.accounts.people import Account
    from bot.storage.engine.database import Connection, Database


async def prove_identity(
    *, database: Database, hasher: Hasher, seal: Seal | None, clock: Clock, session: Session, given: str
) -> Wrong | Wait | None:
    """Take a password, or the code from a phone where the account has one; None when it was right.

    Raises `StorageDown` and `TooBusy`.
    """
    now, who = clock.now(), session.staff
    wait_seconds = await database.write(throttle.spend, {f"proof {who.id}": BY_PROOF}, now=now)
    if wait_seconds > 0:
        return Wait(seconds=wait_seconds)
    account = await database.read(people.of_id, who.id)
    if account is None:
        return Wrong()
    step = _step(account, seal, given, now)
    if step is None and not await hasher.fits(given, account.password):
        await database.write(audit.note, "sign_in.refused", by=who, at=now, address=session.address)
        return Wrong()
    return await database.write(_note, session, step, at=now)


def _step(account: Account, seal: Seal | None, given: str, now: datetime) -> int | None:
    secret = opened_secret(account.code_secret or "", seal)
    if secret is None or not is_from_phone(given):
        return None
    return accepted_step(secret, given, now=now, after_step=account.code_step)


def _note(connection: Connection, session: Session, step: int | None, *, at: datetime) -> Wrong | None:
    if step is not None and not people.use_step(connection, session.staff.id, step):
        return Wrong()
    throttle.give_back(connection, {f"proof {session.staff.id}": BY_PROOF}, now=at)
    sessions.note_proof(connection, session.id, at=at)
    return None
