"""What a check of a manual finds: how bad it is, where staff find it, and what it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from knowledge.sheets import place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from knowledge.entry import Answer, Entry, Fact, Line, Manual, Product
    from knowledge.rows import Row

PLACES_AT_MOST = 3
_QUOTED = re.compile(r"“([^”]+)”")
NAMED_AT_MOST = 8
"""So many names stand in one finding before it says how many there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong: how bad, where (for staff to find it), and what, in a sentence."""

    level: Literal["error", "warning"]
    where: str
    problem: str
    lacks: str = ""
    """The fact for want of which it is wrong."""


def error(where: str, problem: str) -> Finding:
    return Finding(level="error", where=where, problem=problem)


def warning(where: str, problem: str) -> Finding:
    return Finding(level="warning", where=where, problem=problem)


def at_entry(entry: Entry) -> str:
    return f"条目 {entry.id}"


def at_question(entry: Entry, question: str) -> str:
    return f"条目 {entry.id} 问法“{question}”"


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


def told(findings: Iterable[Finding], rows: Mapping[str, Row] | None = None) -> list[str]:
    """A line for each fault, with every place where it shows; `rows`: where these places stand in a file."""
    by_fault: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        by_fault.setdefault((finding.level, finding.lacks or finding.problem), []).append(finding)
    return [_line(same, rows or {}) for same in by_fault.values()]


def _line(same: list[Finding], rows: Mapping[str, Row]) -> str:
    first = same[0]
    places = list(dict.fromkeys(_place(each, rows) for each in same))
    fact = rows.get(f"资料 {first.lacks}")
    if fact is not None:
        return f"{place(fact.sheet, fact.number, '内容')}：没有填，用到它的有：{some_places(places)}"
    return f"{some_places(places)}: {first.problem}"


def some_places(places: list[str]) -> str:
    more = f" 等 {len(places)} 处" if len(places) > PLACES_AT_MOST else ""
    return "、".join(places[:PLACES_AT_MOST]) + more


def _place(finding: Finding, rows: Mapping[str, Row]) -> str:
    """Where it stands in the file: the row, and the column that holds what the problem quotes."""
    row = rows.get(finding.where)
    if row is None:
        return finding.where
    return place(row.sheet, row.number, row.column_of(_QUOTED.findall(finding.problem)))
