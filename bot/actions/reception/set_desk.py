"""Set how the desk works: modes, windows, the ladder, groups, routing. It holds at once, on every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.channels.modes import SILENT, voices
from bot.storage.accounts import audit
from bot.storage.guarding import settings
from bot.storage.people.silencing import silence

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.modes import ChannelMode
    from bot.domain.desk.settings import DeskSettings
    from bot.storage.engine.database import Connection, Database


async def set_desk(
    *, database: Database, wanted: DeskSettings, seen: int, by: Staff, clock: Clock, about: str = "desk"
) -> bool:
    """Make this what holds, upon the revision that was `seen`; False when somebody has set something since.

    Where the bot falls silent, what it had queued is cancelled. `about` names the part for the audit log. Raises
    `StorageDown`; then nothing was set.
    """
    return await database.write(_set, wanted, seen=seen, by=by, about=about, at=clock.now())


def _set(connection: Connection, wanted: DeskSettings, *, seen: int, by: Staff, about: str, at: datetime) -> bool:
    if not settings.write(connection, wanted, seen=seen, staff_id=by.id, staff_name=by.name, at=at):
        return False
    silenced = [mode for mode in wanted.modes if voices(mode) <= SILENT]
    silence(connection, silenced, elsewhere=_groups(wanted), at=at)
    audit.note(connection, "settings.changed", by=by, at=at, about=about, detail={"revision": seen + 1})
    return True


def _groups(wanted: DeskSettings) -> list[ChannelMode]:
    return [mode for mode in wanted.modes if mode.group]
