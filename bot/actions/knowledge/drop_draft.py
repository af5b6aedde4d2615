"""Drop what people found for the manual: the editor does not take it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.knowledge import for_the_manual

if TYPE_CHECKING:
    from bot.storage.engine.database import Database
    from bot.storage.knowledge.for_the_manual import Draft


async def drop_draft(*, database: Database, draft: Draft) -> bool:
    """Whether it was still open."""
    return await database.write(for_the_manual.settle, draft, "dropped")
