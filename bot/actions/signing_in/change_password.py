"""Change one's own password, which ends every session and begins a new one here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.passwords import what_is_wrong
from bot.domain.accounts.signing_in import LetIn, Problem, Visit, Wait
from bot.domain.accounts.throttle import BY_PROOF
from bot.storage.accounts import audit, doors, links, people, sessions, throttle

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.hashing import Hasher
    from bot.live import Live
    from bot.storage.accounts.people import Account
    from bot.storage.engine.database import Connection, Database


async def change_password(
    *,
    database: Database,
    live: Live,
    hasher: Hasher,
    clock: Clock,
    staff: Staff,
    current: str,
    password: str,
    shop_name: str,
    visit: Visit,
) -> LetIn | Problem | Wait:
    """Take the new password from who knows the current one. Raises `StorageDown` and `TooBusy`."""
    now = clock.now()
    wait_seconds = await database.write(throttle.spend, {f"proof {staff.id}": BY_PROOF}, now=now)
    if wait_seconds > 0:
        return Wait(seconds=wait_seconds)
    account = await database.read(people.of_id, staff.id)
    if account is None or not await hasher.fits(current, account.password):
        return Problem(code="password_is_wrong")
    wrong = what_is_wrong(password, names=(staff.name, shop_name))
    if wrong is not None:
        return Problem(code=wrong)
    kept = await hasher.hash(password)
    outcome = await database.write(_change, account, password=kept, visit=visit, at=now)
    live.signed_out(staff.id)
    return outcome


def _change(connection: Connection, account: Account, *, password: str, visit: Visit, at: datetime) -> LetIn | Problem:
    if not people.is_unchanged(connection, account):
        return Problem(code="password_is_wrong")
    staff_id = account.staff.id
    throttle.give_back(connection, {f"proof {staff_id}": BY_PROOF}, now=at)
    people.set_password(connection, staff_id, password)
    sessions.end_all(connection, staff_id)
    for kind in ("reset", "code"):
        links.withdraw(connection, kind, staff_id=staff_id)
    audit.note(
        connection, "account.password_set", by=account.staff, at=at, about=f"staff {staff_id}", address=visit.address
    )
    return doors.let_in(connection, account, visit=visit, at=at)
