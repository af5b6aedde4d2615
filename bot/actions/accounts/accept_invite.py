"""Make the account that a link offers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.clean import clean_line
from bot.domain.accounts.passwords import what_is_wrong
from bot.domain.accounts.sessions import hash_of
from bot.domain.accounts.signing_in import LONGEST_NAME, LetIn, Over, Problem, Visit
from bot.domain.accounts.staff import name_key
from bot.storage.accounts import audit, doors, links, people

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.signing_in import AccountProblem
    from bot.hashing import Hasher
    from bot.storage.engine.database import Connection, Database


async def accept_invite(
    *,
    database: Database,
    hasher: Hasher,
    clock: Clock,
    token: str,
    name: str,
    password: str,
    shop_name: str,
    visit: Visit,
) -> LetIn | Problem | Over:
    """Use up the link and sign the new person in. A link that makes the first owner is over once there is anybody.

    Raises `StorageDown` and `TooBusy`.
    """
    shown = clean_line(name, limit_characters=LONGEST_NAME + 1)
    wrong = _wrong_name(shown) or what_is_wrong(password, names=(shown, shop_name))
    if wrong is not None:
        return Problem(code=wrong)
    if await database.read(links.find, hash_of(token), now=clock.now()) is None:
        return Over()
    kept = await hasher.hash(password)
    return await database.write(_join, token, name=shown, password=kept, visit=visit, at=clock.now())


def _wrong_name(name: str) -> AccountProblem | None:
    if name_key(name) == "":
        return "name_missing"
    return "name_too_long" if len(name) > LONGEST_NAME else None


def _join(
    connection: Connection, token: str, *, name: str, password: str, visit: Visit, at: datetime
) -> LetIn | Problem | Over:
    link = links.find(connection, hash_of(token), now=at, hold=True)
    if link is None or link.kind not in {"owner", "invite"}:
        return Over()
    if link.kind == "owner" and people.any_there(connection):
        return Over()
    staff_id = people.add(connection, name=name, role=link.role, channels=link.channels, at=at, password=password)
    if staff_id is None:
        return Problem(code="name_taken")
    account = people.of_id(connection, staff_id)
    if account is None or not links.use(connection, hash_of(token)):
        raise RuntimeError("an account that was just made is not there, or its link was used within the same step")
    audit.note(
        connection, "account.made", by=account.staff, at=at, about=f"staff {staff_id}", detail={"role": link.role}
    )
    return doors.let_in(connection, account, visit=visit, at=at)
