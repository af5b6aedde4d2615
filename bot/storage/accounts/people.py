"""The accounts of the shop's people. Nobody is ever deleted: what they wrote keeps their name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, select, update

from bot.domain.accounts.codes import is_secret, kept_secret
from bot.domain.accounts.staff import Role, Staff, name_key
from bot.storage.engine.dialects import insert_new
from bot.storage.tables.messages import conversation
from bot.storage.tables.staff import known_browser, recovery_code, session, staff, staff_link

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from bot.seal import Seal


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What signing in needs of a person.

    `password` is its hash, "" for none; with a `code_secret` of None no code is asked for, any other is as it is kept.
    """

    staff: Staff
    password: str
    code_secret: str | None
    code_step: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A person as the list of all shows them. `seen_at` is None for somebody who is signed in nowhere."""

    staff: Staff
    made_at: datetime
    has_code: bool
    seen_at: datetime | None


def add(
    connection: Connection,
    *,
    name: str,
    role: Role,
    at: datetime,
    channels: Collection[str] | None = None,
    password: str = "",
) -> int | None:
    """Add an account; returns its id, None where the name is taken."""
    who = {"name": name, "name_key": name_key(name), "role": role, "channels": packed(channels)}
    values = {**who, "password": password, "made_at": at}
    adding = insert_new(connection.dialect.name, staff).values(**values).returning(staff.c.id)
    return connection.execute(adding).scalar_one_or_none()


def any_there(connection: Connection) -> bool:
    """Whether anybody of the shop has an account."""
    return connection.execute(select(staff.c.id).where(staff.c.removed_at.is_(None)).limit(1)).first() is not None


def of_name(connection: Connection, key: str) -> Account | None:
    """The account of a name, as `name_key` gives it."""
    row = connection.execute(select(staff).where(staff.c.name_key == key)).one_or_none()
    return None if row is None else _account(row)


def of_id(connection: Connection, staff_id: int) -> Account | None:
    """The account of somebody who has not left."""
    row = connection.execute(select(staff).where(staff.c.id == staff_id, staff.c.removed_at.is_(None))).one_or_none()
    return None if row is None else _account(row)


def is_unchanged(connection: Connection, account: Account) -> bool:
    """Whether somebody has not left and still signs in as when the account was read: hashing takes a while.

    Who asks holds the account until the end.
    """
    now = select(staff.c.password, staff.c.code_secret).where(staff.c.id == account.staff.id)
    row = connection.execute(now.where(staff.c.removed_at.is_(None)).with_for_update(key_share=True)).one_or_none()
    return row is not None and (row.password, row.code_secret) == (account.password, account.code_secret)


def listed(connection: Connection) -> Sequence[Listed]:
    """Everybody who has not left, in the order they came."""
    seen_at = func.max(session.c.seen_at, type_=session.c.seen_at.type)
    last = select(seen_at).where(session.c.staff_id == staff.c.id).scalar_subquery()
    rows = connection.execute(
        select(staff, last.label("seen_at")).where(staff.c.removed_at.is_(None)).order_by(staff.c.id)
    )
    return [
        Listed(
            staff=_account(row).staff,
            made_at=row.made_at,
            has_code=row.code_secret is not None,
            seen_at=row.seen_at,
        )
        for row in rows
    ]


def names(connection: Connection) -> dict[int, str]:
    """What everybody is called, those who have left too."""
    return {row.id: row.name for row in connection.execute(select(staff.c.id, staff.c.name))}


def set_password(connection: Connection, staff_id: int, password: str) -> None:
    connection.execute(update(staff).where(staff.c.id == staff_id).values(password=password))


def set_role(connection: Connection, staff_id: int, role: Role, channels: Collection[str] | None) -> None:
    connection.execute(update(staff).where(staff.c.id == staff_id).values(role=role, channels=packed(channels)))


def set_code(connection: Connection, staff_id: int, secret: str | None, *, step: int = 0) -> None:
    """Ask for codes made from this secret from now on, or (None) for none; recovery codes go with the old secret."""
    connection.execute(update(staff).where(staff.c.id == staff_id).values(code_secret=secret, code_step=step))
    connection.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))


def seal_codes(connection: Connection, seal: Seal) -> None:
    """Encrypt the secrets that lie here from before there was a key."""
    rows = connection.execute(select(staff.c.id, staff.c.code_secret).where(staff.c.code_secret.is_not(None))).all()
    for row in rows:
        if is_secret(row.code_secret):
            it = (staff.c.id == row.id, staff.c.code_secret == row.code_secret)
            connection.execute(update(staff).where(*it).values(code_secret=kept_secret(row.code_secret, seal)))


def use_step(connection: Connection, staff_id: int, step: int) -> bool:
    """Note that a code of this step was used; False where one of this step or a later one was, by somebody faster."""
    later = update(staff).where(staff.c.id == staff_id, staff.c.code_step < step).values(code_step=step)
    return connection.execute(later).rowcount > 0


def remove(connection: Connection, staff_id: int, *, at: datetime) -> None:
    """Let somebody go: their name stays on what they wrote, and is free for somebody else."""
    gone = {"removed_at": at, "name_key": None, "password": "", "code_secret": None}
    connection.execute(update(staff).where(staff.c.id == staff_id).values(gone))
    for table in (session, known_browser, recovery_code, staff_link):
        connection.execute(delete(table).where(table.c.staff_id == staff_id))
    connection.execute(update(staff_link).where(staff_link.c.made_by == staff_id).values(made_by=None))


def is_last_owner(connection: Connection, staff_id: int) -> bool:
    """Whether nobody else owns the shop. Who asks holds all owners until the end, so that two cannot leave at once."""
    owners = select(staff.c.id).where(staff.c.role == "owner", staff.c.removed_at.is_(None)).with_for_update()
    return connection.execute(owners.order_by(staff.c.id)).scalars().all() == [staff_id]


def channel_of(connection: Connection, conversation_id: int) -> str | None:
    """The channel that a conversation is on; None where there is no such conversation."""
    found = select(conversation.c.channel).where(conversation.c.id == conversation_id)
    return connection.execute(found).scalar_one_or_none()


def staff_in(staff_id: int, name: str, role: Role, channels: str | None) -> Staff:
    """A person as their row has them."""
    theirs = None if channels is None or role == "owner" else frozenset(orjson.loads(channels))
    return Staff(id=staff_id, name=name, role=role, channels=theirs)


def packed(channels: Collection[str] | None) -> str | None:
    """The channels that somebody may touch, as they are kept."""
    return None if channels is None else orjson.dumps(sorted(channels)).decode()


def unpacked(channels: str | None) -> frozenset[str] | None:
    """The same read back."""
    return None if channels is None else frozenset(orjson.loads(channels))


def _account(row: Row[Any]) -> Account:
    return Account(
        staff=staff_in(row.id, row.name, row.role, row.channels),
        password=row.password,
        code_secret=row.code_secret,
        code_step=row.code_step,
    )
