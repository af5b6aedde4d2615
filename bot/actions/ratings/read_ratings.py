"""Look through the ratings: the rate with its interval, and the conversations behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.ratings import rate_of
from bot.storage.satisfaction import ratings

if TYPE_CHECKING:
    from bot.domain.accounts.staff import Staff
    from bot.domain.ratings import Filter, Rate, RatedEpisode
    from bot.storage.engine.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """What was asked for, the newest first, and the rate over all of it."""

    rate: Rate
    rated: tuple[RatedEpisode, ...]


async def read_ratings(*, database: Database, who: Staff, which: Filter) -> Ratings:
    """The ratings that are meant, as far as this person may see them."""
    rated = await database.read(ratings.read, which, who=who)
    return Ratings(rate=rate_of(each.score for each in rated), rated=tuple(rated))
