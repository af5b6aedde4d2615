"""Keep the newest revision of the manual in memory: built off the loop, swapped in whole, then refined."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.storage import manuals
from knowledge.base import KnowledgeBase
from knowledge.manual import from_json
from knowledge.refining import refine
from knowledge.semantic import EXAMPLES_AN_ENTRY, Meanings, NoVectors, as_vectors

if TYPE_CHECKING:
    from bot.storage.database import Database
    from knowledge.entry import Manual
    from knowledge.semantic import Embedder

log = logging.getLogger(__name__)


EXAMPLES_AT_ONCE = 32
LONGEST_BATCH_SECONDS = 30.0


class Shelf:
    """Where everyone finds the knowledge that holds now. Whoever takes a base keeps that one for his whole turn."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.base = base
        self._quick: KnowledgeBase | None = base
        self._meanings: tuple[int, Meanings] | None = None

    @property
    def meanings(self) -> Meanings | None:
        """The vectors of the examples that hold now; None until a model has read them."""
        return self._meanings[1] if self._meanings is not None and self._meanings[0] == self.base.revision else None

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
        await asyncio.to_thread(quick.warm_up)
        refined = await refine(quick)
        if self.base is quick:
            self.base = refined
            log.info("matcher refined", extra={"revision": refined.revision})

    async def learn_meanings(self, embedder: Embedder) -> None:
        """Have the examples turned into vectors, once for each revision; while the model is away, at the next call."""
        base = self.base
        if self.meanings is not None:
            return
        try:
            self._meanings = (base.revision, await _meanings_of(base.manual, embedder))
        except NoVectors:  # whoever embeds says so, once
            return
        log.info("examples have vectors", extra={"revision": base.revision})


async def _meanings_of(manual: Manual, embedder: Embedder) -> Meanings:
    examples = [(entry.id, question) for entry in manual.entries for question in entry.questions[:EXAMPLES_AN_ENTRY]]
    vectors = []
    for start in range(0, len(examples), EXAMPLES_AT_ONCE):
        batch = [question for _, question in examples[start : start + EXAMPLES_AT_ONCE]]
        vectors += list(await embedder.embed(batch, within_seconds=LONGEST_BATCH_SECONDS))
    return await asyncio.to_thread(Meanings(examples, as_vectors(vectors)).fitted)


async def load_knowledge(database: Database, revision: int) -> KnowledgeBase:
    """Build the knowledge of one revision."""
    manual = from_json(await database.read(manuals.read, revision))
    return await asyncio.to_thread(KnowledgeBase.build, revision=revision, manual=manual)


async def newest_knowledge(database: Database) -> KnowledgeBase | None:
    """Build the knowledge of the newest revision; None while nothing was ever published."""
    newest = await database.read(manuals.newest)
    return None if newest is None else await load_knowledge(database, newest)
