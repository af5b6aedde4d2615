"""What a condition of an answer is: when it holds, its words, its weight, its cells, and what may be wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import reduce
from typing import TYPE_CHECKING, Literal, TypeAlias

from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from datetime import date

    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.faults import Fault
    from knowledge.reasons.reason import Reason, Value

Form: TypeAlias = Literal["texts", "names", "states", "day", "times", "products", "regions"]
"""How a cell is written: texts or names one after another, words for states, one day, one number, what the shop has."""
NOTHING: frozenset[str] = frozenset()


class Rank(IntEnum):
    """What weighs more where several answers hold, heaviest first. Conditions of one rank count together."""

    WORDS = 0
    DATES = 1
    ORDER_STATUS = 2
    PRODUCT = 3
    ATTRIBUTE = 4
    TIMES_ASKED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class States:
    """The states that a condition may name, each of whose words has the code of this prefix and the state."""

    prefix: str
    names: tuple[str, ...]

    def code(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def said(self, name: str) -> Value:
        """A state in words, and what is none as it is called."""
        return because(self.code(name)) if name in self.names else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """How a field of `When` stands in a row of a workbook, and the faults of a value that are shown there.

    The column itself is in `knowledge/reasons/conditions`, under the field's name.
    """

    field: str
    form: Form
    states: States = States(prefix="", names=())
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shop:
    """What is known of the shop where its manual is checked; `channels` only where someone knows them."""

    manual: Manual
    today: date
    channels: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """One kind of condition. Its functions are only called for answers that name it.

    `said` is the condition as a reason, `against` what speaks against it here, or None while it holds.
    """

    cells: tuple[Cell, ...]
    said: Callable[[When], Reason]
    against: Callable[[When, Manual, Circumstances], Reason | None]
    rank: Rank = Rank.ATTRIBUTE
    weight: Callable[[When], int] = lambda _: 1
    """How much it counts within its rank."""
    is_exact: Callable[[When, Circumstances], bool] = lambda _, __: False
    """Whether it names the very thing that is there, rather than a group of things or all of them."""
    needs: Callable[[When, Manual, Circumstances], frozenset[str]] = lambda _, __, ___: NOTHING
    """The variables without whose values nobody can tell whether it holds."""
    is_spoken_of: Callable[[When, Manual, str], bool] = lambda _, __, ___: False
    """Whether a question, as folded text, itself speaks of what the answer is for."""
    goes_by: Callable[[When], frozenset[str]] = lambda _: NOTHING
    """What of a `day`, `amount_yuan`, `quantity` or `region` that a buyer names it goes by."""
    facts: Callable[[When], frozenset[str]] = lambda _: NOTHING
    """The facts without which it never holds."""
    compared: Callable[[When], frozenset[str]] = lambda _: NOTHING
    """The facts that a figure which the buyer names is compared with."""
    errors: Callable[[When, Shop], Iterable[Fault]] = lambda _, __: ()
    """Why it can never hold in this shop, so that the manual must not be published."""
    warnings: Callable[[When, Shop], Iterable[Fault]] = lambda _, __: ()
    """What staff should weigh."""


def either(options: Iterable[Value]) -> Value:
    """Any of these."""
    return reduce(lambda one, other: because("either", one=one, other=other), options)


def quoted(words: Iterable[str]) -> Value:
    """Any of these words, in quotes."""
    return either(sorted(f"“{word}”" for word in words))
