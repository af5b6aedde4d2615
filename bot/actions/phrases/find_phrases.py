"""Find a quick phrase by the first letters of how it sounds, by its title, or by its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.phrases import found
from bot.storage.answering import phrases

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.phrases import Phrase
    from bot.storage.answering.phrases import Owner, State
    from bot.storage.engine.database import Connection, Database

MOST_SHOWN = 20
OWNERS_KEPT = 200


class PhraseShelf:
    """The shop's phrases in memory, each owner's read again when something about them has changed."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._kept: dict[Owner, tuple[State, tuple[Phrase, ...]]] = {}

    async def find(
        self, query: str, *, who: Staff, groups: Collection[int] = (), most: int = MOST_SHOWN
    ) -> list[Phrase]:
        """The best of this person's own, their groups' and the shop's; what everybody uses for nothing typed."""
        return found(await self.all_of(who, groups), query, most=most)

    async def all_of(self, who: Staff, groups: Collection[int] = ()) -> list[Phrase]:
        """All that this person may use."""
        owners: list[Owner] = [("own", who.id), *(("group", group) for group in sorted(groups)), ("shop", 0)]
        theirs = {owner: self._kept[owner] for owner in owners if owner in self._kept}
        known = {owner: state for owner, (state, _) in theirs.items()}
        theirs |= await self._database.read(_changed, owners, known)
        if len(self._kept) > OWNERS_KEPT:
            self._kept.clear()
        self._kept |= theirs
        return [phrase for owner in owners for phrase in theirs[owner][1]]


def _changed(
    connection: Connection, owners: list[Owner], known: dict[Owner, State]
) -> dict[Owner, tuple[State, tuple[Phrase, ...]]]:
    """Those of these owners whose phrases are not as they are known."""
    states = {owner: phrases.state_of(connection, owner) for owner in owners}
    return {
        owner: (state, phrases.read_of(connection, owner))
        for owner, state in states.items()
        if known.get(owner) != state
    }
