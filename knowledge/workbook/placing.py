"""Findings of a check as faults of a file: each once, with the rows and columns where it shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.reasons.faults import fault
from knowledge.workbook.columns import VALUE
from knowledge.workbook.spreadsheets.sheets import place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from knowledge.lint.finding import Finding
    from knowledge.reasons.faults import Fault
    from knowledge.reasons.reason import Value
    from knowledge.workbook.rows import Row

PLACES_AT_MOST = 3
_QUOTED = re.compile(r"“([^”]+)”")


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
    return place(row.sheet, row.number, row.title(column)) or fault("place_row", row=row.number)
