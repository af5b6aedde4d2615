"""Set a section of the settings from the console. It holds within a few seconds, on every node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.storage.accounts import audit, owner_settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.owner_settings import SettingsSection
    from bot.domain.accounts.staff import Staff
    from bot.storage.engine.database import Connection, Database


async def set_owner_setting(
    *, database: Database, clock: Clock, by: Staff, section: SettingsSection, says: Mapping[str, Any], seen: int
) -> bool:
    """Keep what a section says, upon the version that was `seen`; False when somebody has set it since.

    `says` is checked already, and has the form of the file. Raises `StorageDown`; then nothing was set.
    """
    return await database.write(_set, section, says, by=by, seen=seen, at=clock.now())


def _set(
    connection: Connection,
    section: SettingsSection,
    says: Mapping[str, Any],
    *,
    by: Staff,
    seen: int,
    at: datetime,
) -> bool:
    if not owner_settings.write(connection, section, says, seen=seen, staff_id=by.id, at=at):
        return False
    audit.note(connection, "settings.changed", by=by, at=at, about=section, detail=says)
    return True
