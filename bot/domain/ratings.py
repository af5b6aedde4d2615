"""What ratings tell: the share of satisfied buyers, and how sure one can be of it with so few of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

GOOD_SCORE, BAD_SCORE = 4, 2
"""From the first on a buyer was satisfied, up to the second they were not."""
ENOUGH = 20
"""With fewer ratings than this nobody should judge by the rate."""
Z_95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """How many of how many were satisfied; between `low` and `high` the true share lies, with 95 % certainty."""

    good: int
    rated: int
    low: float
    high: float

    @property
    def share(self) -> float | None:
        """The share of the satisfied; None where nobody has rated."""
        return self.good / self.rated if self.rated else None

    @property
    def is_enough(self) -> bool:
        """Whether there are enough ratings to judge by."""
        return self.rated >= ENOUGH


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedEpisode:
    """One rated conversation, with all that ratings are looked through by."""

    conversation_id: int
    episode: int
    channel: str
    buyer_name: str
    score: int
    comment: str
    rated_at: datetime
    source: str
    staff: tuple[tuple[int, str], ...]
    """Everybody who had it, by number and name."""
    groups: tuple[int, ...]
    products: tuple[str, ...]
    entries: tuple[str, ...]
    causes: tuple[str, ...]

    @property
    def by_person(self) -> bool:
        """Whether a person had it, at least for a while."""
        return bool(self.staff)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which ratings are meant; what is None or empty is not looked at."""

    since: datetime | None = None
    until: datetime | None = None
    channel: str = ""
    staff_id: int | None = None
    group_id: int | None = None
    product_id: str = ""
    entry: str = ""
    cause: str = ""
    by_person: bool | None = None
    unsatisfied: bool = False

    def fits(self, rated: RatedEpisode) -> bool:
        """Whether this one is meant."""
        return all(
            (
                self.since is None or rated.rated_at >= self.since,
                self.until is None or rated.rated_at < self.until,
                self.channel in ("", rated.channel),
                self.staff_id is None or self.staff_id in {number for number, _ in rated.staff},
                self.group_id is None or self.group_id in rated.groups,
                self.product_id == "" or self.product_id in rated.products,
                self.entry == "" or self.entry in rated.entries,
                self.cause == "" or self.cause in rated.causes,
                self.by_person is None or self.by_person == rated.by_person,
                not self.unsatisfied or rated.score <= BAD_SCORE,
            )
        )


def rate_of(scores: Iterable[int]) -> Rate:
    """The share of good scores with its Wilson interval."""
    marks = list(scores)
    good = sum(score >= GOOD_SCORE for score in marks)
    low, high = wilson(good, len(marks))
    return Rate(good=good, rated=len(marks), low=low, high=high)


def wilson(good: int, of: int) -> tuple[float, float]:
    """Between what the true share lies with 95 % certainty; anything is possible where nobody was asked."""
    if of == 0:
        return 0.0, 1.0
    share, square = good / of, Z_95**2
    middle = share + square / (2 * of)
    around = Z_95 * sqrt(share * (1 - share) / of + square / (4 * of * of))
    return max(0.0, (middle - around) / (1 + square / of)), min(1.0, (middle + around) / (1 + square / of))
