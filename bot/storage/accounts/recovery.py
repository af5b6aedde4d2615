"""Recovery codes, of which only digests are kept, all of one person's with one salt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, insert, select

from bot.storage.tables.staff import recovery_code

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection


def replace(connection: Connection, staff_id: int, *, salt: str, digests: Sequence[str]) -> None:
    """These codes from now on, and none of those before."""
    connection.execute(delete(recovery_code).where(recovery_code.c.staff_id == staff_id))
    rows = [{"staff_id": staff_id, "code_hash": _kept(salt, digest)} for digest in digests]
    connection.execute(insert(recovery_code), rows)


def salt_of(connection: Connection, staff_id: int) -> str | None:
    """What this person's codes are hashed with; None where they have none left."""
    kept = connection.execute(
        select(recovery_code.c.code_hash).where(recovery_code.c.staff_id == staff_id).limit(1)
    ).scalar_one_or_none()
    return None if kept is None else kept.partition("$")[0]


def use(connection: Connection, staff_id: int, *, salt: str, digest: str) -> bool:
    """Use a code up; False where it is none of theirs, or was used already."""
    it = (recovery_code.c.staff_id == staff_id, recovery_code.c.code_hash == _kept(salt, digest))
    return connection.execute(delete(recovery_code).where(*it)).rowcount > 0


def count(connection: Connection, staff_id: int) -> int:
    """How many are left."""
    theirs = select(func.count()).select_from(recovery_code).where(recovery_code.c.staff_id == staff_id)
    return connection.execute(theirs).scalar_one()


def _kept(salt: str, digest: str) -> str:
    return f"{salt}${digest}"
