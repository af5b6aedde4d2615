"""What owners have set in the console, a section each, with a version that every change moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import orjson
from sqlalchemy import select, update

from bot.storage.engine.dialects import insert_new
from bot.storage.tables.staff import owner_setting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.domain.accounts.owner_settings import SettingsSection


def read(connection: Connection) -> dict[SettingsSection, tuple[int, Mapping[str, Any]]]:
    """Each section that was set: its version and what it says."""
    rows = connection.execute(select(owner_setting))
    return {cast("SettingsSection", row.section): (row.version, orjson.loads(row.body)) for row in rows}


def write(
    connection: Connection,
    section: SettingsSection,
    says: Mapping[str, Any],
    *,
    seen: int,
    staff_id: int,
    at: datetime,
) -> bool:
    """Set a section upon the version that was `seen` (0: nothing was set); False when somebody was faster."""
    body = {"body": orjson.dumps(dict(says)).decode(), "staff_id": staff_id, "set_at": at}
    if seen == 0:
        adding = insert_new(connection.dialect.name, owner_setting).values(section=section, version=1, **body)
        return connection.execute(adding).rowcount > 0
    upon = (owner_setting.c.section == section, owner_setting.c.version == seen)
    return connection.execute(update(owner_setting).where(*upon).values(version=seen + 1, **body)).rowcount > 0
