"""What a check of a manual finds: how bad it is, where staff find it, and what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from knowledge.columns import VALUE
from knowledge.faults import fault
from knowledge.sheets import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from knowledge.entry import Answer, Entry, Fact, Line, Manual, Product
    from knowledge.faults import Fault, Value
    from knowledge.rows import Row

PLACES_AT_MOST = 3
_QUOTED = re.compile(r"“([^”]+)”")


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


def told(findings: Iterable[Finding], rows: Mapping[Fault, Row] | None = None) -> list[Fault]:
    """One for each fault, with every place where it shows; `rows`: where these places stand in a file."""
    by_fault: dict[tuple[str, str | Fault], list[Finding]] = {}
    for finding in findings:
        by_fault.setdefault((finding.level, finding.lacks or finding.problem), []).append(finding)
    return [_line(same, rows or {}) for same in by_fault.values()]


def _line(same: list[Finding], rows: Mapping[Fault, Row]) -> Fault:
    first = same[0]
    places = some_places(list(dict.fromkeys(_place(each, rows) for each in same)))
    fact = rows.get(fault("fact", name=first.lacks))
    if fact is not None:
        return fault("fact_row_empty", place=_at(fact, VALUE), users=places)
    return fault("found", places=places, problem=first.problem)


def some_places(places: Sequence[Fault]) -> Value:
    first = tuple(places[:PLACES_AT_MOST])
    return fault("some_places", places=first, count=len(places)) if len(places) > PLACES_AT_MOST else first


def _place(finding: Finding, rows: Mapping[Fault, Row]) -> Fault:
    """Where it stands in the file: the row, and the column that holds what the problem quotes or names."""
    row = rows.get(finding.where)
    if row is None:
        return finding.where
    named = (value for _, value in finding.problem.values if isinstance(value, str))
    return _at(row, row.column_of((*_QUOTED.findall(str(finding.problem)), *named)))


def _at(row: Row, column: str) -> Fault:
    return place(row.sheet, row.number, column) or fault("place_row", row=row.number)
