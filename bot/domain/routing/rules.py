"""The decision table: from what is known of a buyer to a group of people. The first rule that fits takes them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from adapters.contract import OrderStatus
from bot.config import Section, Whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Some = tuple[Annotated[str, Field(min_length=1, max_length=200)], ...]
"""Any of these; none is whatever it be."""
OTHER = "\0other"
"""Stands for every value that no rule names."""


class Rule(Section):
    """One row. A column that is empty fits every buyer; pages fit by how their address begins."""

    id: Whole
    group: Whole
    note: str = ""
    channels: Some = ()
    pages: Some = ()
    products: Some = ()
    order_states: tuple[OrderStatus, ...] = ()
    intents: Some = ()
    tags: Some = ()
    level_at_least: Annotated[Whole, Field(ge=0, le=1_000)] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of a buyer when they are routed; `intent` is the entry that the bot took their question for."""

    channel: str
    page: str | None = None
    product: str | None = None
    order_state: str | None = None
    intent: str | None = None
    tags: frozenset[str] = field(default_factory=frozenset)
    level: int | None = None


def route(rules: Sequence[Rule], facts: Facts) -> Rule | None:
    """The first rule that fits; None where none does, and everybody may take them."""
    return next((rule for rule in rules if fits(rule, facts)), None)


def fits(rule: Rule, facts: Facts) -> bool:
    """Whether every column of the rule fits."""
    return (
        _among(rule.channels, facts.channel)
        and (not rule.pages or (facts.page or "").startswith(rule.pages))
        and _among(rule.products, facts.product)
        and _among(rule.order_states, facts.order_state)
        and _among(rule.intents, facts.intent)
        and (not rule.tags or not facts.tags.isdisjoint(rule.tags))
        and (rule.level_at_least is None or (facts.level is not None and facts.level >= rule.level_at_least))
    )


def unreachable(rules: Sequence[Rule]) -> list[Rule]:
    """The rules that no buyer can come to, as those before them take everybody who would fit."""
    columns = _columns(rules)
    boxes = [_box(rule, columns) for rule in rules]
    return [rule for n, rule in enumerate(rules) if not any(True for _ in _left(boxes[n], boxes[:n]))]


def cells(rules: Sequence[Rule]) -> Iterator[tuple[Rule, Facts]]:
    """For every rule that can be reached, one buyer whom it takes."""
    columns = _columns(rules)
    boxes = [_box(rule, columns) for rule in rules]
    for n, rule in enumerate(rules):
        for left in _left(boxes[n], boxes[:n]):
            yield rule, _facts({name: min(values) for name, values in left.items()})
            break


def _among(wanted: Sequence[str], value: str | None) -> bool:
    return not wanted or value in wanted


Box = dict[str, frozenset[str]]
"""For each column, the values that fit, of those that any rule names and one that none does."""
NAMES = ("channels", "pages", "products", "order_states", "intents", "tags", "levels")


def _columns(rules: Sequence[Rule]) -> Box:
    named = {name: {value for rule in rules for value in _named(rule, name)} for name in NAMES}
    return {name: frozenset({*values, OTHER}) for name, values in named.items()}


def _named(rule: Rule, column: str) -> tuple[str, ...]:
    if column == "levels":
        return () if rule.level_at_least is None else (f"{rule.level_at_least:05}",)
    return tuple(getattr(rule, column))


def _box(rule: Rule, columns: Mapping[str, frozenset[str]]) -> Box:
    return {name: frozenset(_fitting(rule, name, values)) for name, values in columns.items()}


def _fitting(rule: Rule, column: str, values: frozenset[str]) -> Iterator[str]:
    """A page stands for all that begin with it, a level for itself: both are the least that fit a rule of theirs."""
    wanted = _named(rule, column)
    for value in values:
        is_named = value != OTHER
        if (
            not wanted
            or value in wanted
            or (is_named and column == "pages" and value.startswith(wanted))
            or (is_named and column == "levels" and value >= wanted[0])
        ):
            yield value


def _left(box: Box, earlier: Sequence[Box]) -> Iterator[Box]:
    """What is left of a box outside all of the earlier ones, in pieces."""
    if not all(box.values()):
        return
    if not earlier:
        yield box
        return
    first, *rest = earlier
    inside = dict(box)
    for name, values in box.items():
        outside = values - first[name]
        if outside:
            yield from _left({**inside, name: outside}, rest)
        inside[name] = values & first[name]


def _facts(cell: Mapping[str, str]) -> Facts:
    def value(name: str) -> str | None:
        return None if cell[name] == OTHER else cell[name]

    level = value("levels")
    return Facts(
        channel=value("channels") or "another",
        page=value("pages"),
        product=value("products"),
        order_state=value("order_states"),
        intent=value("intents"),
        tags=frozenset() if cell["tags"] == OTHER else frozenset({cell["tags"]}),
        level=None if level is None else int(level),
    )
