"""List the shop's people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.accounts.staff import name_key
from bot.storage.accounts import people

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.storage.accounts.people import Listed
    from bot.storage.engine.database import Database


async def list_staff(*, database: Database, name: str | None = None) -> Sequence[Listed]:
    """Everybody who has an account, or (by a name, however it is typed) that one. Raises `StorageDown`."""
    everybody = await database.read(people.listed)
    if name is None:
        return everybody
    return [each for each in everybody if name_key(each.staff.name) == name_key(name)]
