"""Look whether the audit log is as it was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.accounts import audit
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import is_there

if TYPE_CHECKING:
    from bot.storage.accounts.audit import Chain


async def verify_audit(*, database_url: str) -> Chain | None:
    """What a look at every entry found; None for a database that is not there, or from before there was a log.

    Raises `StorageDown`.
    """
    if not is_there(database_url):
        return None
    async with open_database(database_url) as database:
        return await database.read(audit.verify) if await database.read(audit.is_kept) else None
