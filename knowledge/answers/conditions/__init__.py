"""The conditions of answers, one file each, in order of precedence; and what they come to for one answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache, reduce
from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import NOTHING, Rank
from knowledge.answers.conditions.question.arrives import ARRIVES
from knowledge.answers.conditions.question.asked_at_least import ASKED_AT_LEAST
from knowledge.answers.conditions.question.day import DAY
from knowledge.answers.conditions.question.mentions import MENTIONS
from knowledge.answers.conditions.question.products import PRODUCTS
from knowledge.answers.conditions.question.reaches import REACHES
from knowledge.answers.conditions.question.words import WORDS
from knowledge.answers.conditions.situation.channels import CHANNELS
from knowledge.answers.conditions.situation.clock import CLOCK
from knowledge.answers.conditions.situation.dates import DATES
from knowledge.answers.conditions.situation.knows import KNOWS
from knowledge.answers.conditions.situation.order_status import ORDER_STATUS
from knowledge.answers.conditions.situation.regions import REGIONS
from knowledge.manual.entry import ALWAYS
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from knowledge.answers.conditions.condition import Condition
    from knowledge.manual.entry import Circumstances, Entry, Manual, When
    from knowledge.reasons.reason import Reason

CONDITIONS: tuple[Condition, ...] = (
    WORDS,
    DATES,
    ORDER_STATUS,
    PRODUCTS,
    MENTIONS,
    REGIONS,
    CLOCK,
    CHANNELS,
    DAY,
    ARRIVES,
    REACHES,
    KNOWS,
    ASKED_AT_LEAST,
)
"""Every condition, in the order in which staff are told of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The conditions that one answer names. `said`: all of them as staff read them; the code `default` for none."""

    when: When
    conditions: tuple[Condition, ...]
    said: Reason
    weights: tuple[int, ...]
    """What they weigh, rank by rank."""

    def failures(self, manual: Manual, circumstances: Circumstances) -> tuple[Reason, ...]:
        """What speaks against the answer here, but for what is not known, in the order of precedence."""
        found = [each.against(self.when, manual, circumstances) for each in self.conditions]
        return tuple(failure for failure in found if failure is not None)

    def needed(self, manual: Manual, circumstances: Circumstances) -> frozenset[str]:
        """The variables that must have a value here before the answer holds."""
        return _all([each.needs(self.when, manual, circumstances) for each in self.conditions])

    def is_spoken_of(self, manual: Manual, text: str) -> bool:
        """Whether the question, as folded text, itself speaks of what the answer is for."""
        return any(each.is_spoken_of(self.when, manual, text) for each in self.conditions)

    def rank(self, circumstances: Circumstances) -> tuple[int, ...]:
        """What the conditions weigh here; last, how many of them name the very thing that is there."""
        return (*self.weights, sum(each.is_exact(self.when, circumstances) for each in self.conditions))


@lru_cache(maxsize=4096)  # the same few hundred, looked at for every answer
def named_by(when: When) -> Named:
    """The conditions that an answer names."""
    named = tuple(each for each in CONDITIONS if any(_is_set(when, cell.field) for cell in each.cells))
    weights = tuple(sum(each.weight(when) for each in named if each.rank == rank) for rank in Rank)
    return Named(when=when, conditions=named, said=_together([each.said(when) for each in named]), weights=weights)


def _is_set(when: When, field: str) -> bool:
    return bool(getattr(when, field) != getattr(ALWAYS, field))


def _together(conditions: Sequence[Reason]) -> Reason:
    return reduce(lambda one, other: because("together", one=one, other=other), conditions or (because("default"),))


def _all(names: Iterable[frozenset[str]]) -> frozenset[str]:
    return NOTHING.union(*names)


def facts_behind(when: When) -> frozenset[str]:
    """The names of the facts without which an answer never holds."""
    return _all(each.facts(when) for each in named_by(when).conditions)


def facts_compared(when: When) -> frozenset[str]:
    """The names of the facts that a figure which the buyer names is compared with."""
    return _all(each.compared(when) for each in named_by(when).conditions)


def depends_on(entry: Entry, name: str) -> bool:
    """Whether an answer of this entry goes by a `day`, `amount_yuan`, `quantity` or `region` that a buyer names."""
    return any(
        name in each.goes_by(answer.when) for answer in entry.answers for each in named_by(answer.when).conditions
    )
