"""What a check of a manual finds: how bad it is, where staff find it, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from knowledge.entry import Answer, Entry, Fact, Line, Manual, Product

NAMED_AT_MOST = 8
"""So many names stand in one finding before it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: how bad, where (for staff to find it), and what, in a sentence."""

    level: Literal["error", "warning"]
    where: str
    problem: str


def error(where: str, problem: str) -> Finding:
    return Finding(level="error", where=where, problem=problem)


def warning(where: str, problem: str) -> Finding:
    return Finding(level="warning", where=where, problem=problem)


def at_entry(entry: Entry) -> str:
    return f"条目 {entry.id}"


def at_answer(entry: Entry, number: int) -> str:
    return f"条目 {entry.id} 第 {number} 条回答"


def at_product(product: Product) -> str:
    return f"商品 {product.id}"


def at_fact(fact: Fact) -> str:
    return f"资料 {fact.name}"


def at_line(line: Line) -> str:
    return f"机器人用语 {line.id}"


def answers_of(manual: Manual) -> Iterator[tuple[Entry, Answer, str]]:
    """Every answer with its entry and where it stands."""
    for entry in manual.entries:
        for number, answer in enumerate(entry.answers, start=1):
            yield entry, answer, at_answer(entry, number)


def some(names: Collection[str]) -> str:
    """These names, and of many the first few."""
    more = f" 等 {len(names)} 个" if len(names) > NAMED_AT_MOST else ""
    return "、".join(list(names)[:NAMED_AT_MOST]) + more


def texts_of(manual: Manual) -> Iterator[tuple[str, str]]:
    """Every text that a buyer may read, with where it stands."""
    for _, answer, where in answers_of(manual):
        yield from ((where, bubble) for bubble in answer.bubbles)
    yield from ((at_entry(entry), entry.title) for entry in manual.entries)
    yield from ((at_fact(fact), fact.value) for fact in manual.facts)
    yield from ((at_line(line), bubble) for line in manual.lines for bubble in line.bubbles)
    for product in manual.products:
        yield from ((at_product(product), text) for text in (product.title, *product.attributes.values()))
