"""Finish a sign-in with the code from a phone, or with a recovery code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.codes import accepted_step, folded_code, is_from_phone, opened_secret
from bot.domain.accounts.sessions import hash_of
from bot.domain.accounts.signing_in import LetIn, Over, Visit, Wait, Wrong
from bot.domain.accounts.throttle import BY_CODE
from bot.storage.accounts import audit, doors, links, people, recovery, throttle

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.throttle import Limit
    from bot.hashing import Hasher
    from bot.seal import Seal
    from bot.storage.accounts.people import Account
    from bot.storage.engine.database import Connection, Database


async def give_code(
    *, database: Database, hasher: Hasher, seal: Seal | None, clock: Clock, token: str, code: str, visit: Visit
) -> LetIn | Wrong | Wait | Over:
    """Let in who gave the right password a moment ago (`token`) and now the right code; each code works once.

    Raises `StorageDown` and `TooBusy`.
    """
    now = clock.now()
    account = await database.write(_begin, token, now=now)
    if not isinstance(account, people.Account):
        return account
    if is_from_phone(code):
        secret = opened_secret(account.code_secret or "", seal)
        admitted = await database.write(_by_phone, account, secret, code, token=token, visit=visit, at=now)
    else:
        digest, salt = "", await database.read(recovery.salt_of, account.staff.id) or ""
        if salt:
            digest = await hasher.digest(folded_code(code), salt=salt)
        admitted = await database.write(_by_recovery, account, salt, digest, token=token, visit=visit, at=now)
    if isinstance(admitted, Wrong):
        await database.write(_refuse, account, visit=visit, at=now)
    return admitted


def _limits(account: Account) -> dict[str, Limit]:
    return {f"code {account.staff.id}": BY_CODE}


def _begin(connection: Connection, token: str, *, now: datetime) -> Account | Wait | Over:
    """Whose half sign-in this is, if they may try."""
    link = links.find(connection, hash_of(token), now=now)
    if link is None or link.kind != "code" or link.staff_id is None:
        return Over()
    account = people.of_id(connection, link.staff_id)
    if account is None:
        return Over()
    wait_seconds = throttle.spend(connection, _limits(account), now=now)
    return Wait(seconds=wait_seconds) if wait_seconds > 0 else account


def _by_phone(
    connection: Connection, account: Account, secret: str | None, code: str, *, token: str, visit: Visit, at: datetime
) -> LetIn | Wrong | Over:
    step = None if secret is None else accepted_step(secret, code, now=at, after_step=account.code_step)
    if step is None or not people.use_step(connection, account.staff.id, step):
        return Wrong()
    return _admit(connection, account, token=token, visit=visit, at=at)


def _by_recovery(
    connection: Connection, account: Account, salt: str, digest: str, *, token: str, visit: Visit, at: datetime
) -> LetIn | Wrong | Over:
    if digest == "" or not recovery.use(connection, account.staff.id, salt=salt, digest=digest):
        return Wrong()
    admitted = _admit(connection, account, token=token, visit=visit, at=at)
    left = {"left": recovery.count(connection, account.staff.id)}
    audit.note(connection, "sign_in.recovery_code_used", by=account.staff, at=at, address=visit.address, detail=left)
    return admitted


def _admit(connection: Connection, account: Account, *, token: str, visit: Visit, at: datetime) -> LetIn | Over:
    if not links.use(connection, hash_of(token)):
        return Over()
    throttle.give_back(connection, _limits(account), now=at)
    return doors.let_in(connection, account, visit=visit, at=at)


def _refuse(connection: Connection, account: Account, *, visit: Visit, at: datetime) -> None:
    about = f"staff {account.staff.id}"
    audit.note(connection, "sign_in.refused", by=None, at=at, about=about, address=visit.address)
