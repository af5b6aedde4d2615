"""Who of the shop's people may answer buyers, and where: whether there is anybody at our own desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.storage.accounts.people import staff_in
from bot.storage.tables.staff import staff

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff


def who_may_answer(connection: Connection) -> list[Staff]:
    """All of them, wherever they are just now."""
    rows = connection.execute(select(staff).where(staff.c.removed_at.is_(None)).order_by(staff.c.id))
    everybody = (staff_in(row.id, row.name, row.role, row.channels) for row in rows)
    return [each for each in everybody if each.may("answer")]
