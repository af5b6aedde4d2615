"""The settings of the desk, in revisions: each is a whole document, and nobody writes over one they have not seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bot.domain.desk.settings import DeskSettings
from bot.storage.announcing import announce
from bot.storage.engine.dialects import insert_new
from bot.storage.tables.routing import desk_settings

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

DESK_SET = "desk settings"
"""The topic under which every node hears that something was set."""
NONE_YET = 0
"""The revision of a desk for which nothing was ever set."""


def newest(connection: Connection) -> int:
    """The number of the newest revision."""
    return connection.execute(select(func.max(desk_settings.c.id))).scalar() or NONE_YET


def read(connection: Connection) -> tuple[int, DeskSettings]:
    """The newest revision, and what it says."""
    found = connection.execute(select(desk_settings).order_by(desk_settings.c.id.desc()).limit(1)).first()
    return (NONE_YET, DeskSettings()) if found is None else (found.id, DeskSettings.model_validate_json(found.body))


def write(
    connection: Connection, settings: DeskSettings, *, seen: int, staff_id: int, staff_name: str, at: datetime
) -> bool:
    """Make this the newest revision, upon the one that was `seen`; False when somebody was faster."""
    row = {
        "id": seen + 1,
        "body": settings.model_dump_json().encode(),
        "staff_id": staff_id,
        "staff_name": staff_name,
        "at": at,
    }
    if newest(connection) != seen:
        return False
    written = connection.execute(insert_new(connection.dialect.name, desk_settings).values(row)).rowcount == 1
    if written:
        announce(connection, [DESK_SET])
    return written
