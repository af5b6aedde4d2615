"""The conditions of answers, one file each, in order of precedence; and what they come to for one answer."""

from __future__ import annotations

from functools import lru_cache, reduce
from typing import TYPE_CHECKING

from knowledge.answers.conditions.arrives import ARRIVES
from knowledge.answers.conditions.asked_at_least import ASKED_AT_LEAST
from knowledge.answers.conditions.channels import CHANNELS
from knowledge.answers.conditions.clock import CLOCK
from knowledge.answers.conditions.condition import Rank
from knowledge.answers.conditions.dates import DATES
from knowledge.answers.conditions.day import DAY
from knowledge.answers.conditions.knows import KNOWS
from knowledge.answers.conditions.mentions import MENTIONS
from knowledge.answers.conditions.order_status import ORDER_STATUS
from knowledge.answers.conditions.products import PRODUCTS
from knowledge.answers.conditions.reaches import REACHES
from knowledge.answers.conditions.regions import REGIONS
from knowledge.answers.conditions.words import WORDS
from knowledge.manual.entry import ALWAYS
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@lru_cache(maxsize=4096)  # the same few hundred, looked at for every answer
def named_by(when: When) -> tuple[Condition, ...]:
    """The conditions that an answer names."""
    return tuple(each for each in CONDITIONS if any(_is_set(when, cell.field) for cell in each.cells))


def _is_set(when: When, field: str) -> bool:
    return bool(getattr(when, field) != getattr(ALWAYS, field))


@lru_cache(maxsize=4096)
def conditions_of(when: When) -> Reason:
    """The conditions of an answer as staff read them; the code `default` when it has none."""
    conditions = tuple(each.said(when) for each in named_by(when))
    return reduce(lambda one, other: because("together", one=one, other=other), conditions or (because("default"),))


def failures(when: When, manual: Manual, circumstances: Circumstances) -> Iterator[Reason]:
    """What speaks against an answer here, but for what is not known, in the order of precedence."""
    found = (each.against(when, manual, circumstances) for each in named_by(when))
    return (failure for failure in found if failure is not None)


def needed(when: When, manual: Manual, circumstances: Circumstances) -> frozenset[str]:
    """The variables that must have a value here before an answer holds."""
    return frozenset[str]().union(*(each.needs(when, manual, circumstances) for each in named_by(when)))


def is_spoken_of(when: When, manual: Manual, text: str) -> bool:
    """Whether the question, as folded text, itself speaks of what an answer is for."""
    return any(each.is_spoken_of(when, manual, text) for each in named_by(when))


def rank(when: When, circumstances: Circumstances) -> tuple[int, ...]:
    """What an answer's conditions weigh here, rank by rank; then how many of them name the very thing that is there."""
    return (*_weights(when), sum(each.is_exact(when, circumstances) for each in named_by(when)))


@lru_cache(maxsize=4096)
def _weights(when: When) -> tuple[int, ...]:
    return tuple(sum(each.weight(when) for each in named_by(when) if each.rank == rank) for rank in Rank)


def facts_behind(when: When) -> frozenset[str]:
    """The names of the facts without which an answer never holds."""
    return frozenset[str]().union(*(each.facts(when) for each in named_by(when)))


def facts_compared(when: When) -> frozenset[str]:
    """The names of the facts that a figure which the buyer names is compared with."""
    return frozenset[str]().union(*(each.compared(when) for each in named_by(when)))


def depends_on(entry: Entry, name: str) -> bool:
    """Whether an answer of this entry goes by a `day`, `amount_yuan`, `quantity` or `region` that a buyer names."""
    return any(name in each.goes_by(answer.when) for answer in entry.answers for each in named_by(answer.when))
