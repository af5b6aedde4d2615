"""Sign somebody in by name and password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.signing_in import CodeNeeded, LetIn, Visit, Wait, Wrong
from bot.storage.accounts import audit, doors, people, throttle

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.hashing import Hasher
    from bot.storage.accounts.doors import Try
    from bot.storage.accounts.people import Account
    from bot.storage.engine.database import Connection, Database


async def sign_in(
    *, database: Database, hasher: Hasher, clock: Clock, name: str, password: str, visit: Visit
) -> LetIn | CodeNeeded | Wrong | Wait:
    """Let in who gives the right password; with a code still to come where their account asks for one.

    A name that nobody has is treated like any other, step by step, so that neither the answer nor its time tells.
    Raises `StorageDown` and `TooBusy`.
    """
    now = clock.now()
    tried = await database.write(doors.begin_try, name, visit=visit, now=now)
    if tried.wait_seconds > 0:
        return Wait(seconds=tried.wait_seconds)
    account = tried.account
    if not await hasher.fits(password, account.password if account else "") or account is None:
        return await database.write(_refuse, account, visit=visit, at=now)
    anew = await hasher.hash(password) if hasher.is_old(account.password) else None
    return await database.write(_admit, tried, account, visit=visit, at=now, anew=anew)


def _refuse(connection: Connection, account: Account | None, *, visit: Visit, at: datetime) -> Wrong:
    """What was typed as a name is not kept: now and then it is a password."""
    about = f"staff {account.staff.id}" if account else ""
    audit.note(connection, "sign_in.refused", by=None, at=at, about=about, address=visit.address)
    return Wrong()


def _admit(
    connection: Connection, tried: Try, account: Account, *, visit: Visit, at: datetime, anew: str | None
) -> LetIn | CodeNeeded | Wrong:
    if not people.is_unchanged(connection, account):
        return _refuse(connection, account, visit=visit, at=at)
    throttle.give_back(connection, tried.limits, now=at)
    if anew is not None:
        people.set_password(connection, account.staff.id, anew)
    if account.code_secret is not None:
        return CodeNeeded(token=doors.ask_for_code(connection, account, at=at))
    return doors.let_in(connection, account, visit=visit, at=at)
