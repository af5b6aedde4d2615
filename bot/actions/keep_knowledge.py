"""Keep the newest revision of the manual in memory: built off the loop, swapped in whole, then refined."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.storage import manuals
from knowledge.base import KnowledgeBase
from knowledge.manual import from_json
from knowledge.refining import refine

if TYPE_CHECKING:
    from bot.storage.database import Database

log = logging.getLogger(__name__)


class Shelf:
    """Where everyone finds the knowledge that holds now. Whoever takes a base keeps that one for his whole turn."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self._quick: KnowledgeBase | None = base

    async def refresh(self, database: Database) -> bool:
        """Swap in a newer revision if somebody has published one; say whether it did."""
        newest = await database.read(manuals.newest)
        if newest is None or newest == self.base.revision:
            return False
        self.base = self._quick = await load_knowledge(database, newest)
        log.info("manual in use", extra={"revision": newest})
        return True

    async def refine(self) -> None:
        """Fit the better matcher and swap it in, once for each revision; dropped if a newer one came meanwhile."""
        quick, self._quick = self._quick, None
        if quick is None:
            return
        refined = await refine(quick)
        if self.base is quick:
            self.base = refined
            log.info("matcher refined", extra={"revision": refined.revision})


async def load_knowledge(database: Database, revision: int) -> KnowledgeBase:
    """Build the knowledge of one revision."""
    manual = from_json(await database.read(manuals.read, revision))
    return await asyncio.to_thread(KnowledgeBase.build, revision=revision, manual=manual)


async def newest_knowledge(database: Database) -> KnowledgeBase | None:
    """Build the knowledge of the newest revision; None while nothing was ever published."""
    newest = await database.read(manuals.newest)
    return None if newest is None else await load_knowledge(database, newest)
