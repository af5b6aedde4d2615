"""What is in a spreadsheet, as text, and what is wrong with it: the values that reading a file gives."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from knowledge.reasons.faults import fault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from knowledge.reasons.faults import Fault
    from knowledge.reasons.sentences import Language


LARGEST_FILE_BYTES = 10 * 1024 * 1024
MOST_ROWS = 50_000
MOST_CELLS = 200_000
MOST_CHARACTERS = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing that is wrong: in which sheet, row (as Excel numbers it; 0: none) and column, and what."""

    sheet: str
    row: int
    column: str
    problem: Fault

    def said(self, language: Language) -> str:
        """The whole sentence in that language."""
        where = place(self.sheet, self.row, self.column)
        return (self.problem if where is None else fault("at", place=where, problem=self.problem)).said(language)

    def __str__(self) -> str:
        return self.said("zh")


def place(sheet: str, row: int = 0, column: str = "") -> Fault | None:
    """Where something stands, for people; None where that is nowhere."""
    told = {name: value for name, value in (("sheet", sheet), ("row", row), ("column", column)) if value}
    code = "_".join(("place", *told))
    return fault(code, **told) if told else None


class BadSpreadsheet(ValueError):
    """A file that cannot be taken as it is; `rows` holds every problem, and nothing was taken from it."""

    def __init__(self, rows: Sequence[RowProblem]) -> None:
        super().__init__("\n".join(map(str, rows)))
        self.rows = tuple(rows)


def refused(problem: Fault) -> BadSpreadsheet:
    """A whole file that is refused, with what to do."""
    return BadSpreadsheet((RowProblem(sheet="", row=0, column="", problem=problem),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet. Rows are numbered as Excel numbers them, blank ones are left out; columns are counted from 0.

    `faults` says of a cell why it cannot be taken. `moments` has days and times as ISO text beside what is shown.
    `merged`: cells that have their text from a cell above, which they are merged with.
    """

    title: str
    rows: Mapping[int, Mapping[int, str]]
    faults: Mapping[tuple[int, int], Fault] = field(default_factory=dict)
    moments: Mapping[tuple[int, int], str] = field(default_factory=dict)
    merged: frozenset[tuple[int, int]] = frozenset()
    is_hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    has_pictures: bool = False
