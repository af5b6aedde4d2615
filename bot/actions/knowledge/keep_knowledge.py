"""Keep the newest revision of the manual in memory: built off the loop, swapped in whole, then refined.

What refines the matcher is fitted once for each content of a manual and kept in the database, where every node and the
next start find it. One node fits; the quick matcher answers meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.errors import StorageDown, in_short
from bot.storage.knowledge import fits, manuals
from knowledge.answers.spoken_manual import spoken_manual
from knowledge.base import KnowledgeBase, fit_key
from knowledge.fitting import BadFit, shipped_fit
from knowledge.manual.files import from_json
from knowledge.matching.embeddings import EXAMPLES_AN_ENTRY, Meanings, NoVectors, as_vectors
from knowledge.refining import FitFailed, fit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.clock import Clock
    from bot.metrics import Metrics
    from bot.storage.engine.database import Database
    from knowledge.base import MatcherAtWork
    from knowledge.manual.entry import Manual
    from knowledge.matching.embeddings import Embedder

log = logging.getLogger(__name__)


MATCHER_SAYS: Mapping[MatcherAtWork, str] = MappingProxyType(
    {
        "quick": "quick, until the refined one is fitted",
        "refined": "refined",
        "kept": "quick, since the refined one would not be better for this manual",
    }
)
RENEW_SECONDS = 20.0
"""How often the claim to fit is renewed while the fit goes on."""
EXAMPLES_AT_ONCE = 32
LONGEST_BATCH_SECONDS = 30.0


class KnowledgeInUse:
    """Where everyone finds the knowledge that holds now. Whatever takes a base keeps that one for its whole turn."""

    def __init__(
        self,
        base: KnowledgeBase,
        *,
        database: Database,
        node: str,
        clock: Clock,
        metrics: Metrics,
        shop_name: str = "",
    ) -> None:
        self.base = base
        self._shop_name = shop_name
        self._database = database
        self._node = node
        self._clock = clock
        self._metrics = metrics
        self._meanings: tuple[int, Meanings] | None = None
        self._failed_revision: tuple[int, str] | None = None

    @property
    def meanings(self) -> Meanings | None:
        """The vectors of the examples that hold now; None until a model has read them."""
        return self._meanings[1] if self._meanings is not None and self._meanings[0] == self.base.revision else None

    def failed_revision(self) -> tuple[int, str] | None:
        """The newest revision and why it cannot be used; None where it is in use."""
        return self._failed_revision

    def matcher_says(self) -> str:
        """Which matcher is at work, in words for whoever looks after the program."""
        return MATCHER_SAYS[self.base.matcher_at_work]

    async def refresh(self) -> bool:
        """Swap in a newer revision if somebody has published one; say whether it did."""
        newest = await self._database.read(manuals.newest)
        if newest is None or newest == self.base.revision:
            return False
        try:
            self.base = await load_knowledge(self._database, newest, shop_name=self._shop_name)
        except StorageDown:
            raise
        except Exception as problem:  # whatever is wrong with it, people hear of it; the one before stays
            self._failed_revision = newest, in_short(problem)
            raise
        self._failed_revision = None
        log.info("manual in use", extra=self._in_use())
        return True

    async def refine(self) -> None:
        """Swap in the better matcher as soon as somebody has fitted it, or fit it if nobody else is at it."""
        quick = self.base
        if quick.is_refined:
            return
        better = await self._kept(quick) or await self._fitted(quick)
        if better is not None and self.base is quick:  # else a newer manual came meanwhile
            self.base = better
            log.info("matcher refined", extra=self._in_use())

    def _in_use(self) -> dict[str, object]:
        return {"revision": self.base.revision, "matcher": self.base.matcher_at_work}

    async def _kept(self, quick: KnowledgeBase) -> KnowledgeBase | None:
        """What somebody has fitted and kept."""
        try:
            return await with_kept_fit(self._database, quick)
        except BadFit as problem:
            await self._failed(quick, problem)
            return None

    async def _fitted(self, quick: KnowledgeBase) -> KnowledgeBase | None:
        """What is fitted now and kept for all; None when it is another node's turn, or too early after a failure."""
        if not await self._database.write(fits.claim, quick.fit_key, node=self._node):
            return None
        log.info("fitting the matcher, the quick one answers meanwhile", extra={"revision": quick.revision})
        async with asyncio.TaskGroup() as tasks:
            renewing = tasks.create_task(self._hold(quick.fit_key), name="hold the claim to fit")
            try:
                fitted = await fit(quick.manual)
                better = await asyncio.to_thread(quick.with_fit, fitted)
            except (FitFailed, BadFit) as problem:
                await self._failed(quick, problem)
                return None
            finally:
                renewing.cancel()
        await self._database.write(fits.keep, quick.fit_key, fitted, at=self._clock.now())
        return better

    async def _hold(self, key: str) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            with suppress(StorageDown):
                await self._database.write(fits.renew, key, node=self._node)

    async def _failed(self, quick: KnowledgeBase, problem: Exception) -> None:
        """Say so, and let it be tried again after a pause that grows."""
        self._metrics.failures.labels(part="fit").inc()
        await self._database.write(fits.fail, quick.fit_key)
        log.error(
            "fitting the matcher failed, the quick one stays and it is tried again later",
            extra={"revision": quick.revision, "problem": str(problem)},
        )

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


async def load_knowledge(database: Database, revision: int, *, shop_name: str = "") -> KnowledgeBase:
    """Build the knowledge of one revision, with the better matcher if it was fitted before; no buyer warms it up.

    `shop_name` is the configuration's, "" where that names none.
    """
    manual = spoken_manual(from_json(await database.read(manuals.read, revision)), shop_name)
    key = await asyncio.to_thread(fit_key, manual)
    kept = shipped_fit(key) or await database.read(fits.read, key)
    try:
        base = await asyncio.to_thread(KnowledgeBase.build, revision=revision, manual=manual, fit=kept)
    except BadFit:  # whoever refines it says so
        base = await asyncio.to_thread(KnowledgeBase.build, revision=revision, manual=manual)
    await asyncio.to_thread(base.warm_up)
    return base


async def with_kept_fit(database: Database, quick: KnowledgeBase) -> KnowledgeBase | None:
    """The same knowledge with the better matcher, if it ships or the database keeps it. Raises `BadFit`."""
    fitted = shipped_fit(quick.fit_key) or await database.read(fits.read, quick.fit_key)
    return None if fitted is None else await asyncio.to_thread(quick.with_fit, fitted)


async def newest_knowledge(database: Database, *, shop_name: str = "") -> KnowledgeBase | None:
    """Build the knowledge of the newest revision; None while nothing was ever published."""
    newest = await database.read(manuals.newest)
    return None if newest is None else await load_knowledge(database, newest, shop_name=shop_name)
