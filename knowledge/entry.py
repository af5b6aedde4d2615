"""One thing the shop knows: how buyers ask for it, what the shop answers, and when which answer holds.

These are plain values. They refuse to exist when a single one of them makes no sense (`BadEntry`, every problem at
once); whether a whole manual fits together (missing facts, two entries alike) is for `lint.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

RegionGroup = Literal["same_province", "ordinary", "remote", "overseas"]
ClockState = Literal["before_cutoff", "after_cutoff", "closed_day", "open", "closed"]

BUBBLES_PER_ANSWER = 3
EXAMPLES_AT_LEAST = 8


class BadEntry(ValueError):
    """Something that cannot be an entry; `problems` says all that is wrong, a sentence each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Under which circumstances an answer holds. Empty means "not asked about"; all that is named must hold.

    Precedence, when several answers hold: exact words > dates > order status > product > attribute (region, clock,
    channel) > nth time > default. More conditions of the same rank win over fewer; then the earlier one in the entry.
    """

    words: frozenset[str] = frozenset()
    """The buyer's folded text is exactly one of these."""
    first_day: date | None = None
    last_day: date | None = None
    """Both days included, in the shop's zone."""
    order_status: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    regions: frozenset[str] = frozenset()
    """Canonical province names ("新疆") or region groups ("remote")."""
    clock: frozenset[ClockState] = frozenset()
    channels: frozenset[str] = frozenset()
    asked_at_least: int = 1
    """How many times the buyer has asked for this entry in this episode, this time included."""


ALWAYS = When()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to say, as one to three bubbles, and when. `{name}` stands for a fact or a product's attribute."""

    bubbles: tuple[str, ...]
    when: When = ALWAYS


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing a buyer may want. `id` is stable and written in reports; `title` is what staff and buyers read.

    `title` is also the wording of a numbered choice, so it reads well after "您是想问".
    `hands_over`: after its answer the conversation goes to a person (complaints, a wish for a person).
    `needs_product`: answered only when the product is known; otherwise the buyer is asked which one.
    """

    id: str
    group: str
    title: str
    questions: tuple[str, ...]
    answers: tuple[Answer, ...]
    hands_over: bool = False
    needs_product: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A figure or a name that answers use. `value` is what buyers read; empty means nobody has set it yet.

    `unit` is for the editor ("元", "天", "HH:MM", "list"); lists are kept as "、"-joined text and split by `items`.
    """

    name: str
    title: str
    value: str
    unit: str = ""

    @property
    def items(self) -> tuple[str, ...]:
        """The members of a list fact, in order."""
        return tuple(
            part.strip() for part in self.value.replace(",", "、").replace("，", "、").split("、") if part.strip()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One thing the shop sells: its names as buyers say them, and its attributes (name → what buyers read)."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line the bot itself says (welcome, holding, away …), as bubbles with variables."""

    id: str
    title: str
    bubbles: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """Everything the shop knows, as one immutable whole."""

    entries: tuple[Entry, ...] = ()
    facts: tuple[Fact, ...] = ()
    products: tuple[Product, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is true around one question, as far as anyone knows. Chooses answers and fills them.

    `local_time` is aware, in the shop's zone; `is_open` and `is_working_day` come from the shop's calendar.
    """

    local_time: datetime
    is_open: bool = True
    is_working_day: bool = True
    text: str = ""
    region: str | None = None
    order_status: str | None = None
    channel: str = ""
    product_id: str | None = None
    times_asked: int = 1
