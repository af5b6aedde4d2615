"""Read what the shop knows without changing a thing: a published manual, or the starter manual before there is one.

It comes with what a running server has fitted to it, so that a command that only asks need not fit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import CannotStart
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import is_there
from bot.storage.knowledge import fits, manuals
from knowledge.answers.spoken_manual import spoken_manual
from knowledge.base import KnowledgeBase, fit_key
from knowledge.fitting import BadFit, shipped_fit
from knowledge.manual.files import from_json, starter_manual

if TYPE_CHECKING:
    from knowledge.manual.entry import Manual

STARTER = 0
"""The revision number of the starter manual: it was never published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A manual and the number it was published under; `STARTER` when it never was."""

    revision: int
    manual: Manual
    spoken: Manual
    """The manual under the shop's own name: what buyers are answered from."""
    fit: bytes | None = None
    """What was fitted to that; None while nothing was."""

    def knowledge(self, *, quick_matcher: bool = False) -> KnowledgeBase:
        """Ready to be asked: with the refined matcher if it was fitted and is wanted, else the quick one. Takes CPU."""
        fit = None if quick_matcher else self.fit
        try:
            return KnowledgeBase.build(revision=self.revision, manual=self.spoken, fit=fit)
        except BadFit:  # a server makes it anew and says so
            return KnowledgeBase.build(revision=self.revision, manual=self.spoken)


async def read_manual(*, database_url: str, revision: int | None = None, shop_name: str = "") -> Published:
    """The manual of that revision, the newest without one; the starter manual while the shop has no manual of its own.

    `shop_name` is the configuration's own. A database that is not there is not made. Raises `CannotStart` when there
    is no such revision, `StorageDown` when the database cannot be reached.
    """
    if not is_there(database_url):
        return _starter(revision, shop_name)
    async with open_database(database_url) as database:
        known = await database.read(manuals.revisions)
        if not known:
            return _starter(revision, shop_name)
        wanted = known[-1] if revision is None else revision
        if wanted not in known:
            raise CannotStart(f"there is no revision {wanted} of the manual; the newest is {known[-1]}")
        manual = from_json(await database.read(manuals.read, wanted))
        spoken = spoken_manual(manual, shop_name)
        key = fit_key(spoken)
        fit = shipped_fit(key) or await database.read(fits.read, key)
        return Published(revision=wanted, manual=manual, spoken=spoken, fit=fit)


def _starter(revision: int | None, shop_name: str) -> Published:
    if revision is not None:
        raise CannotStart(f"there is no revision {revision}: this shop has not published a manual yet")
    manual = starter_manual()
    spoken = spoken_manual(manual, shop_name)
    return Published(revision=STARTER, manual=manual, spoken=spoken, fit=shipped_fit(fit_key(spoken)))
