"""Set a new password by a link, which ends every session of that person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.passwords import what_is_wrong
from bot.domain.accounts.sessions import hash_of
from bot.domain.accounts.signing_in import Over, Problem
from bot.storage.accounts import audit, links, people, sessions

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.hashing import Hasher
    from bot.live import Live
    from bot.storage.accounts.people import Account
    from bot.storage.engine.database import Connection, Database


async def set_password(
    *, database: Database, live: Live, hasher: Hasher, clock: Clock, token: str, password: str, shop_name: str
) -> Problem | Over | None:
    """Use up the link; None when the new password counts. They sign in with it next, with a code where one is asked.

    Raises `StorageDown` and `TooBusy`.
    """
    account = await database.read(_whose, token, now=clock.now())
    if account is None:
        return Over()
    wrong = what_is_wrong(password, names=(account.staff.name, shop_name))
    if wrong is not None:
        return Problem(code=wrong)
    kept = await hasher.hash(password)
    over = await database.write(_set, account, token, password=kept, at=clock.now())
    live.signed_out(account.staff.id)
    return over


def _whose(connection: Connection, token: str, *, now: datetime) -> Account | None:
    link = links.find(connection, hash_of(token), now=now)
    if link is None or link.kind != "reset" or link.staff_id is None:
        return None
    return people.of_id(connection, link.staff_id)


def _set(connection: Connection, account: Account, token: str, *, password: str, at: datetime) -> Over | None:
    if not links.use(connection, hash_of(token)):
        return Over()
    staff_id = account.staff.id
    people.set_password(connection, staff_id, password)
    sessions.end_all(connection, staff_id)
    links.withdraw(connection, "code", staff_id=staff_id)
    audit.note(connection, "account.password_set", by=account.staff, at=at, about=f"staff {staff_id}")
    return None
