"""The rows of a sheet by the names of its columns: each hands out its cells, and notes what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from knowledge.answers.conditions import CONDITIONS
from knowledge.manual.entry import BadEntry
from knowledge.reasons.faults import Fault, fault
from knowledge.workbook.columns import ALIASES, BUBBLES, ID, NAME, TITLE, Layout, cell_words
from knowledge.workbook.spreadsheets.sheets import RowProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from knowledge.workbook.spreadsheets.sheets import Sheet

T = TypeVar("T")
APART = re.compile(r"[、,，;；\n]")
_WORDS = re.compile(r"“((?>(?:[^”]++|””)*))”[^\S\n]*+(?=[、\n]|\Z)|[^、\n]++")
"""One of several texts in a cell; in quotes, where a closing quote is written twice, it is taken as it is."""
ROWS_NAMED = 3
"""So many rows are named one by one, more by the first and the last."""
_AT_FAULT: Mapping[str, str] = MappingProxyType(
    {
        **{code: cell.field for condition in CONDITIONS for cell in condition.cells for code in cell.faults},
        "no_id": ID,
        "no_title": TITLE,
        "no_name": NAME,
        "name_of_fact": NAME,
        "blank_alias": ALIASES,
        "no_bubble": BUBBLES[0],
    }
)
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?: 00:00(?::00)?)?")


def words_in(cell: str) -> tuple[str, ...]:
    """The texts of a cell, apart by 、 or a new line: “上衣、裤子” in quotes is one."""
    found = (each[0].strip() if each[1] is None else each[1].replace("””", "”") for each in _WORDS.finditer(cell))
    return tuple(word for word in found if word.strip())


def cell_of(words: Iterable[str]) -> str:
    """A cell that `words_in` reads as these texts again."""
    return "\n".join(f"“{word.replace('”', '””')}”" if "、" in word or word.startswith("“") else word for word in words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row with something in it: hands out cells by the keys of their columns, and notes what is wrong with them.

    `titles` has what the file calls a column where that is not its key.
    """

    sheet: str
    number: int
    cells: Mapping[str, str]
    problems: list[RowProblem] = field(repr=False)
    moments: Mapping[str, str] = field(default_factory=dict)
    """Days and times as ISO text, beside what their cells show."""
    has_fault: bool = False
    """Whether a cell of it cannot be taken."""
    titles: Mapping[str, str] = field(default_factory=dict)

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def words(self, column: str) -> tuple[str, ...]:
        return words_in(self.text(column))

    def parts(self, column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in APART.split(self.text(column)) if part.strip())

    def flag(self, column: str) -> bool:
        said = self.text(column).lower()
        if said not in (*cell_words().yes, *cell_words().no):
            self.note(column, fault("no_yes_or_no", text=self.text(column)))
        return said in cell_words().yes

    def moment(self, column: str) -> str:
        """A day and time as ISO text where the cell holds one, else its text."""
        return self.moments.get(column, self.text(column))

    def day(self, column: str) -> date | None:
        found = _DAY.fullmatch(self.moment(column))
        try:
            if found:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            found = None
        if self.text(column):
            self.note(column, fault("no_date", text=self.text(column)))
        return None

    def number_of_times(self, column: str) -> int:
        said = self.text(column) or "1"
        if re.fullmatch(r"[0-9]{1,4}", said):
            return int(said)
        self.note(column, fault("no_count", text=said))
        return 1

    def codes(self, column: str, words: Mapping[str, str]) -> frozenset[str]:
        said = {part: words.get(part, part) for part in self.parts(column)}
        for part, code in said.items():
            if code not in words.values():
                self.note(column, fault("unknown_word", text=part, known=tuple(words)))
        return frozenset(code for code in said.values() if code in words.values())

    def bubbles(self) -> tuple[str, ...]:
        return tuple(self.text(column) for column in BUBBLES if self.text(column))

    def make(self, build: Callable[[], T], *, instead: T | None = None) -> T | None:
        """Build a value from the row; when it refuses to exist, its problems are noted and `instead` is given."""
        try:
            return build()
        except BadEntry as bad:
            for problem in bad.problems:
                column = _column_at_fault(problem)
                if not column or not self._is_noted(column):
                    self.note(column, problem)
            return instead

    def _is_noted(self, column: str) -> bool:
        """Whether it is told already what is wrong with this cell."""
        here = (self.sheet, self.number, self.title(column))
        return any((each.sheet, each.row, each.column) == here for each in self.problems)

    def column_of(self, said: Iterable[str]) -> str:
        """The column in which one of these texts stands, an id last of all; nothing when none does."""
        cells = sorted(self.cells.items(), key=lambda each: each[0] == ID)
        return next((column for text in said for column, cell in cells if text and text in cell), "")

    def title(self, column: str) -> str:
        """What the file calls a column."""
        return self.titles.get(column, column)

    def note(self, column: str, problem: Fault) -> None:
        there = self.title(column)
        self.problems.append(RowProblem(sheet=self.sheet, row=self.number, column=there, problem=problem))


def _column_at_fault(problem: Fault) -> str:
    """The column that a value's fault is in; nothing where the fault is in what other rows say, or fail to say."""
    named = next((value.code for name, value in problem.values if name == "what" and isinstance(value, Fault)), "")
    return _AT_FAULT.get(named or problem.code, "")


def read_table(layout: Layout, sheet: Sheet, problems: list[RowProblem], *, strict: bool) -> tuple[Row, ...] | None:
    """The rows below the header, blank ones left out; None when a column that is needed is not there.

    `strict`: a column that nobody knows is a problem.
    """
    first = min(sheet.rows, default=1)
    columns = _columns(layout, sheet.rows.get(first, {}), problems, sheet=sheet.title, row=first, strict=strict)
    if columns is None:
        return None
    return tuple(
        row_of(sheet, number, columns, problems, titles=layout.titles)
        for number in sheet.rows
        if number > first and row_has(sheet, number, columns)
    )


def row_has(sheet: Sheet, number: int, columns: Mapping[int, str]) -> bool:
    """Whether anything stands in one of these columns of a row."""
    return any(column in sheet.rows[number] for column in columns)


def row_of(
    sheet: Sheet,
    number: int,
    columns: Mapping[int, str],
    problems: list[RowProblem],
    *,
    titles: Mapping[str, str] = MappingProxyType({}),
) -> Row:
    """A row by the names of its columns. A cell that cannot be taken is a problem and stays empty."""
    row = Row(
        sheet=sheet.title,
        number=number,
        cells={columns[at]: cell for at, cell in sheet.rows[number].items() if at in columns},
        problems=problems,
        moments={name: sheet.moments[number, at] for at, name in columns.items() if (number, at) in sheet.moments},
        has_fault=any((number, at) in sheet.faults for at in columns),
        titles=titles,
    )
    for at, name in columns.items():
        if (number, at) in sheet.faults:
            row.note(name, sheet.faults[number, at])
    return row


def _columns(
    layout: Layout, header: Mapping[int, str], problems: list[RowProblem], *, sheet: str, row: int, strict: bool
) -> dict[int, str] | None:
    """Place in the sheet → the key of its column."""

    def note(column: str, problem: Fault) -> None:
        problems.append(RowProblem(sheet=sheet, row=row, column=column, problem=problem))

    keys = {name: column.key for column in layout.columns for name in (column.title, *column.also)}
    places: dict[int, str] = {}
    for place, name in header.items():
        key = keys.get(name.lower())
        if key in places.values():
            note(name, fault("column_twice"))
        elif key is not None:
            places[place] = key
        elif strict and name and not name.startswith(cell_words().remark):
            note(name, fault("column_unknown"))
    missing = [column.title for column in layout.columns if column.needed and column.key not in places.values()]
    if missing:
        note("、".join(missing), fault("column_missing"))
    return None if missing else places


def by_name(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """The rows by their name; a second one of a name, and one without, are problems."""
    named: dict[str, Row] = {}
    for row in rows:
        name = row.text(column)
        if not name:
            row.note(column, fault("not_filled", what=row.title(column)))
        elif name in named:
            row.note(column, fault("named_before", name=name, row=named[name].number))
        else:
            named[name] = row
    return named


def by_owner(
    rows: Iterable[Row], column: str, owners: Mapping[str, str], lost: dict[str, list[Row]]
) -> dict[str, list[Row]]:
    """The rows of each owner; `owners` holds its id for each way of writing it. What nobody owns goes to `lost`."""
    owned: dict[str, list[Row]] = {owner: [] for owner in owners.values()}
    for row in rows:
        name = row.text(column)
        if name in owners:
            owned[owners[name]].append(row)
        elif name:
            lost.setdefault(name, []).append(row)
        else:
            row.note(column, fault("not_filled", what=row.title(column)))
    return owned


def note_lost(lost: Mapping[str, Sequence[Row]], column: str, *, owner_sheet: str) -> None:
    """One problem for each name that rows stand under and nobody has, however many rows these are."""
    for name, rows in lost.items():
        there = {sheet: [row.number for row in rows if row.sheet == sheet] for sheet in {row.sheet: 0 for row in rows}}
        told = tuple(_rows_of(sheet, numbers) for sheet, numbers in there.items())
        code = "lost_row" if len(rows) == 1 else "lost_rows"
        rows[0].note(column, fault(code, owner=owner_sheet, name=name, rows=told))


def _rows_of(sheet: str, numbers: Sequence[int]) -> Fault:
    if len(numbers) <= ROWS_NAMED:
        return fault("rows_of_sheet", sheet=sheet, rows=tuple(numbers))
    return fault("range_of_sheet", sheet=sheet, first=numbers[0], last=numbers[-1], count=len(numbers))
