"""Publish a manual: look it over, keep it as a new revision, and it is in use within a second on every node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.errors import Unpublishable
from bot.storage.knowledge import manuals
from knowledge.lint.whole_manual import lint
from knowledge.manual.files import to_json
from knowledge.workbook.placing import told

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.storage.engine.database import Database
    from knowledge.manual.entry import Manual


async def publish_manual(
    *, database: Database, manual: Manual, author: str, note: str, clock: Clock, only_first: bool = False
) -> int | None:
    """Keep it as the newest revision and return its number. Raises `Unpublishable` with all faults.

    `only_first` publishes into an empty database only and returns None when there is a manual already.
    """
    now = clock.now()
    if only_first and await database.read(manuals.newest) is not None:
        return None
    errors = told(each for each in lint(manual, today=now.date()) if each.level == "error")
    if errors:
        raise Unpublishable(tuple(map(str, errors)))
    publish = manuals.publish_first if only_first else manuals.publish
    return await database.write(publish, to_json(manual), author=author, note=note, at=now)
