"""What a check of a manual finds: how bad it is, where staff find it, and what it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from knowledge.reasons.faults import fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.manual.entry import Answer, Entry, Fact, Line, Manual, Product
    from knowledge.reasons.faults import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: how bad, where (for staff to find it), and what."""

    level: Literal["error", "warning"]
    where: Fault
    problem: Fault
    lacks: str = ""
    """The fact for want of which it is wrong."""


def error(where: Fault, problem: Fault) -> Finding:
    return Finding(level="error", where=where, problem=problem)


def warning(where: Fault, problem: Fault) -> Finding:
    return Finding(level="warning", where=where, problem=problem)


def at_entry(entry: Entry) -> Fault:
    return fault("entry", id=entry.id)


def at_question(entry: Entry, question: str) -> Fault:
    return fault("question", id=entry.id, question=question)


def at_answer(entry: Entry, number: int) -> Fault:
    return fault("answer", id=entry.id, number=number)


def at_product(product: Product) -> Fault:
    return fault("product", id=product.id)


def at_fact(fact: Fact) -> Fault:
    return fault("fact", name=fact.name)


def at_line(line: Line) -> Fault:
    return fault("line", id=line.id)


def answers_of(manual: Manual) -> Iterator[tuple[Entry, Answer, Fault]]:
    """Every answer with its entry and where it stands."""
    for entry in manual.entries:
        for number, answer in enumerate(entry.answers, start=1):
            yield entry, answer, at_answer(entry, number)


def texts_of(manual: Manual) -> Iterator[tuple[Fault, str]]:
    """Every text that a buyer may read, with where it stands."""
    for _, answer, where in answers_of(manual):
        yield from ((where, bubble) for bubble in answer.bubbles)
    yield from ((at_entry(entry), entry.title) for entry in manual.entries)
    yield from ((at_fact(fact), fact.value) for fact in manual.facts)
    yield from ((at_line(line), bubble) for line in manual.lines for bubble in line.bubbles)
    for product in manual.products:
        yield from ((at_product(product), text) for text in (product.title, *product.attributes.values()))
