"""Links that let somebody in once, kept as hashes until they are used or over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import delete, insert, select

from bot.storage.accounts.people import packed, unpacked
from bot.storage.tables.staff import staff_link

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.domain.accounts.signing_in import LinkKind
    from bot.domain.accounts.staff import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a link opens: an account of that role, a new password or the second half of a sign-in of `staff_id`."""

    kind: LinkKind
    staff_id: int | None
    role: Role
    channels: frozenset[str] | None
    ends_at: datetime


def make(
    connection: Connection,
    token_hash: str,
    kind: LinkKind,
    *,
    at: datetime,
    ends_at: datetime,
    staff_id: int | None = None,
    role: str = "",
    channels: Collection[str] | None = None,
    made_by: int | None = None,
) -> None:
    what = {"token_hash": token_hash, "kind": kind, "staff_id": staff_id, "role": role, "channels": packed(channels)}
    connection.execute(insert(staff_link).values(**what, made_by=made_by, made_at=at, ends_at=ends_at))


def find(connection: Connection, token_hash: str, *, now: datetime, hold: bool = False) -> Link | None:
    """A link that can still be used; whoever holds it until the end of a write uses it up alone."""
    good = (staff_link.c.token_hash == token_hash, staff_link.c.ends_at > now)
    wanted = select(staff_link).where(*good)
    row = connection.execute(wanted.with_for_update() if hold else wanted).one_or_none()
    if row is None:
        return None
    role = cast("Role", row.role)
    return Link(kind=row.kind, staff_id=row.staff_id, role=role, channels=unpacked(row.channels), ends_at=row.ends_at)


def use(connection: Connection, token_hash: str) -> bool:
    """Use a link up; False where somebody was faster."""
    return connection.execute(delete(staff_link).where(staff_link.c.token_hash == token_hash)).rowcount > 0


def withdraw(connection: Connection, kind: LinkKind, *, staff_id: int | None = None) -> None:
    """Make the unused links of this kind (for this person) useless: only the newest one counts."""
    whose = () if staff_id is None else (staff_link.c.staff_id == staff_id,)
    connection.execute(delete(staff_link).where(staff_link.c.kind == kind, *whose))


def erase_over(connection: Connection, *, now: datetime) -> None:
    """Forget links that can no longer be used."""
    connection.execute(delete(staff_link).where(staff_link.c.ends_at <= now))
