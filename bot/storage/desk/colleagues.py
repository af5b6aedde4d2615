"""The people of the shop as colleagues see them: by number, with their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.accounts import people
from bot.storage.guarding import answering

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff


def find(connection: Connection, staff_id: int) -> Staff | None:
    """Somebody who works here now."""
    account = people.of_id(connection, staff_id)
    return None if account is None else account.staff


def everybody(connection: Connection) -> list[Staff]:
    """All who work here now, by name."""
    return sorted((each.staff for each in people.listed(connection)), key=lambda each: each.name)


def who_may_answer(connection: Connection, channel: str) -> list[Staff]:
    """Those who may answer buyers of a channel, by name."""
    able = (each for each in answering.who_may_answer(connection) if each.may_in("answer", channel))
    return sorted(able, key=lambda each: each.name)
