"""One thing the shop knows: how buyers ask for it, what the shop answers, and when which answer holds.

These are plain values. They refuse to exist when a single one of them makes no sense (`BadEntry`, every problem at
once); whether a whole manual fits together (missing facts, two entries alike) is for `knowledge/lint`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, Literal, get_args

from knowledge.reasons.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date, datetime
    from decimal import Decimal

    from knowledge.reasons.faults import Fault

RegionGroup = Literal["same_province", "ordinary", "remote", "overseas"]
ClockState = Literal["before_cutoff", "after_cutoff", "closed_day", "open", "closed"]
DayState = Literal["working", "closed"]
"""Whether parcels are made ready on the day that the buyer names."""
Arrival = Literal["in_time", "perhaps", "late"]
"""Whether what is paid now usually arrives by the day that the buyer names, by the shop's facts."""
Reach = Literal["free_postage", "below_free_postage", "bulk", "below_bulk"]
"""What the sum or the number of pieces that the buyer names is enough for, or not, by the shop's facts."""

CLOCK_STATES: tuple[ClockState, ...] = get_args(ClockState)
DAY_STATES: tuple[DayState, ...] = get_args(DayState)
ARRIVALS: tuple[Arrival, ...] = get_args(Arrival)
REACHES: tuple[Reach, ...] = get_args(Reach)
ORDER_STATUSES = ("unpaid", "paid", "shipped", "signed", "refunding", "closed")
"""The states an order can be in, as every platform's adapter reports them."""
ANY = "*"
"""In `When.products`: holds for every product, as long as it is known which one is meant."""

BUBBLES_PER_ANSWER = 3
EXAMPLES_AT_LEAST = 8
MANY_QUESTIONS = 20
"""An entry with this many questions says all that its title could."""

_NAME = re.compile(r"[^\W\d]\w*")
_SEPARATORS = re.compile(r"[、,，]")


class BadEntry(ValueError):
    """Something that cannot be an entry; `problems` holds all that is wrong."""

    def __init__(self, problems: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, problems)))
        self.problems = problems


def _refuse(problems: Iterable[Fault | None]) -> None:
    found = tuple(problem for problem in problems if problem)
    if found:
        raise BadEntry(found)


def _blank(value: str, code: str, **values: int) -> Fault | None:
    return None if value.strip() else fault(code, **values)


def _bad_name(value: str, what: str) -> Fault | None:
    return None if _NAME.fullmatch(value) else fault("bad_name", what=fault(what), name=value)


def _bubble_problems(bubbles: tuple[str, ...]) -> tuple[Fault | None, ...]:
    return (
        None if bubbles else fault("no_bubble"),
        fault("too_many_bubbles", count=len(bubbles), most=BUBBLES_PER_ANSWER)
        if len(bubbles) > BUBBLES_PER_ANSWER
        else None,
        *(_blank(bubble, "blank_bubble", number=number) for number, bubble in enumerate(bubbles, start=1)),
    )


def _states(known: tuple[str, ...]) -> Any:  # noqa: ANN401 - dataclasses gives a default of any type
    """A field of `When` that holds some of these states."""
    return field(default=frozenset(), metadata={"known": known})


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Under which circumstances an answer holds. Empty means "not asked about"; all that is named must hold.

    Precedence, when several answers hold: exact words > dates > order status > product > attribute (what is mentioned,
    region, clock, channel, day, arrival, reach, what is known) > nth time > default. More conditions of the same rank
    win over fewer; then the earlier one in the entry.
    """

    words: frozenset[str] = frozenset()
    """The buyer's folded text is exactly one of these."""
    first_day: date | None = None
    last_day: date | None = None
    """Both days included, in the shop's zone."""
    order_status: frozenset[str] = _states(ORDER_STATUSES)
    products: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    """The buyer's folded text holds one of these, and so asks for this part of what the entry is about."""
    regions: frozenset[str] = frozenset()
    """Canonical province names ("新疆") or region groups ("remote")."""
    clock: frozenset[ClockState] = _states(CLOCK_STATES)
    channels: frozenset[str] = frozenset()
    day: frozenset[DayState] = _states(DAY_STATES)
    """The buyer names a day other than today, and all of it is one of these by the shop's calendar.

    Of a bound ("周五前", "下周") one day that is worked on is enough for `working`; today is one until the cut-off.
    """
    arrives: frozenset[Arrival] = _states(ARRIVALS)
    reaches: frozenset[Reach] = _states(REACHES)
    knows: frozenset[str] = frozenset()
    """Names of variables, all of which can be filled here: what the answer needs is known."""
    asked_at_least: int = 1
    """How many times the buyer has asked for this entry in this episode, this time included."""

    def __post_init__(self) -> None:
        backwards = self.first_day and self.last_day and self.last_day < self.first_day
        _refuse(
            (
                fault("days_backwards", last=str(self.last_day), first=str(self.first_day)) if backwards else None,
                fault("asked_from_one") if self.asked_at_least < 1 else None,
                fault("blank_mention") if any(not word.strip() for word in self.mentions) else None,
                *self._unknown_states(),
                *(_bad_name(name, "name_to_know") for name in sorted(self.knows)),
            )
        )

    def _unknown_states(self) -> Iterator[Fault]:
        for each in fields(self):
            known = each.metadata.get("known", ())
            for state in sorted(getattr(self, each.name) - set(known)) if known else ():
                yield fault("unknown_code", what=fault(f"code_{each.name}"), code=state, known=known)


ALWAYS = When()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to say, as one to three bubbles, and when. `{name}` stands for a fact or a product's attribute."""

    bubbles: tuple[str, ...]
    when: When = ALWAYS

    def __post_init__(self) -> None:
        _refuse(_bubble_problems(self.bubbles))


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

    def __post_init__(self) -> None:
        _refuse(
            (
                _blank(self.id, "no_id"),
                _blank(self.title, "no_title"),
                None if self.questions else fault("no_questions"),
                *(
                    _blank(asked, "blank_question", number=number)
                    for number, asked in enumerate(self.questions, start=1)
                ),
                *self._answer_problems(),
            )
        )

    def _answer_problems(self) -> tuple[Fault, ...]:
        if not self.answers:
            return (fault("no_answer"),)
        if all(answer.when != ALWAYS for answer in self.answers):
            return (fault("no_default"),)
        return ()


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
        return tuple(part.strip() for part in _SEPARATORS.split(self.value) if part.strip())

    def __post_init__(self) -> None:
        _refuse((_bad_name(self.name, "name_of_fact"), _blank(self.title, "no_title")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """One thing the shop sells: its names as buyers say them, and its attributes (name → what buyers read)."""

    id: str
    title: str
    aliases: tuple[str, ...] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _refuse(
            (
                _blank(self.id, "no_id"),
                _blank(self.title, "no_name"),
                *(_blank(alias, "blank_alias", number=number) for number, alias in enumerate(self.aliases, start=1)),
                *(_bad_name(name, "name_of_attribute") for name in self.attributes),
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line the bot itself says (welcome, holding, away …), as bubbles with variables."""

    id: str
    title: str
    bubbles: tuple[str, ...]

    def __post_init__(self) -> None:
        _refuse((_blank(self.id, "no_id"), _blank(self.title, "no_title"), *_bubble_problems(self.bubbles)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Manual:
    """Everything the shop knows, as one immutable whole."""

    entries: tuple[Entry, ...] = ()
    facts: tuple[Fact, ...] = ()
    products: tuple[Product, ...] = ()
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedDays:
    """The dates that a buyer means, from `first` to `last`, both included; `last` is None where there is no end.

    `due` is the last date on which what has to be there then may come; None where nothing has to. `one_is_enough`: the
    question is about any one of the days ("周五前", "下周") rather than for all of them ("周末").
    """

    first: date
    last: date | None
    due: date | None = None
    one_is_enough: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is true around one question, as far as anyone knows. Chooses answers and fills them.

    `local_time` is aware, in the shop's zone; `is_open`, `is_working_day`, `days_ahead` come from the shop's calendar,
    the last with a letter for each day from today on: 1 parcels are made ready, 0 they are not, ? nobody can know yet.
    `text` is the question, folded, and `told` what was only told before it and no answer was given to here.
    `named_day` is the day that the buyer speaks of, in words, and `named_days` its dates where they are known.
    `pays_on` is the day on which they will pay, where they name one. Height and weight are the buyer's own.
    """

    local_time: datetime
    is_open: bool = True
    is_working_day: bool = True
    text: str = ""
    told: str = ""
    region: str | None = None
    order_status: str | None = None
    channel: str = ""
    product_id: str | None = None
    times_asked: int = 1
    named_day: str | None = None
    named_days: NamedDays | None = None
    pays_on: date | None = None
    days_ahead: str = ""
    amount_yuan: Decimal | None = None
    quantity: int | None = None
    height_cm: int | None = None
    weight_kg: float | None = None
