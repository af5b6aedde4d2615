"""The rows of a sheet by the names of its columns: each hands out its cells, and notes what is wrong with them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from knowledge.columns import BUBBLES, Layout
from knowledge.entry import BadEntry
from knowledge.sheets import RowProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from knowledge.sheets import Sheet

T = TypeVar("T")
_YES = frozenset({"是", "y", "yes", "true", "1", "√", "✓"})
_NO = frozenset({"", "否", "n", "no", "false", "0", "×"})
APART = re.compile(r"[、,，;；\n]")
_WORDS = re.compile(r"“((?:[^”]++|””)*+)”[^\S\n]*+(?=[、\n]|\Z)|[^、\n]++")
"""One of several texts in a cell; in quotes, where a closing quote is written twice, it is taken as it is."""
ROWS_NAMED = 3
"""So many rows are named one by one, more by the first and the last."""
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
    """One row with something in it: hands out its cells and notes what is wrong with them."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    problems: list[RowProblem] = field(repr=False)
    moments: Mapping[str, str] = field(default_factory=dict)
    """Days and times as ISO text, beside what their cells show."""
    has_fault: bool = False
    """Whether a cell of it cannot be taken."""

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def words(self, column: str) -> tuple[str, ...]:
        return words_in(self.text(column))

    def parts(self, column: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in APART.split(self.text(column)) if part.strip())

    def flag(self, column: str) -> bool:
        said = self.text(column).lower()
        if said not in _YES | _NO:
            self.note(column, f"“{self.text(column)}”看不懂：写“是”，或者空着")
        return said in _YES

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
            self.note(column, f"“{self.text(column)}”不是日期：要写成 2026-11-11 这样")
        return None

    def number_of_times(self, column: str) -> int:
        said = self.text(column) or "1"
        if re.fullmatch(r"[0-9]{1,4}", said):
            return int(said)
        self.note(column, f"“{said}”不是次数：要写成 2 这样的数字")
        return 1

    def codes(self, column: str, words: Mapping[str, str]) -> frozenset[str]:
        said = {part: words.get(part, part) for part in self.parts(column)}
        for part, code in said.items():
            if code not in words.values():
                self.note(column, f"不认识“{part}”，可以写：{'、'.join(words)}")
        return frozenset(code for code in said.values() if code in words.values())

    def bubbles(self) -> tuple[str, ...]:
        return tuple(self.text(column) for column in BUBBLES if self.text(column))

    def make(self, build: Callable[[], T], *, instead: T | None = None) -> T | None:
        """Build a value from the row; when it refuses to exist, its problems are noted and `instead` is given."""
        try:
            return build()
        except BadEntry as bad:
            for problem in bad.problems:
                self.note("", problem)
            return instead

    def column_of(self, said: Iterable[str]) -> str:
        """The column in which one of these texts stands; nothing when none does."""
        return next((column for text in said for column, cell in self.cells.items() if text and text in cell), "")

    def note(self, column: str, problem: str) -> None:
        self.problems.append(RowProblem(sheet=self.sheet, row=self.number, column=column, problem=problem))


def read_table(layout: Layout, sheet: Sheet, problems: list[RowProblem], *, strict: bool) -> tuple[Row, ...] | None:
    """The rows below the header, blank ones left out; None when a column that is needed is not there.

    `strict`: a column that nobody knows is a problem.
    """
    first = min(sheet.rows, default=1)
    columns = _columns(layout, sheet.rows.get(first, {}), problems, sheet=sheet.title, row=first, strict=strict)
    if columns is None:
        return None
    return tuple(
        row_of(sheet, number, columns, problems)
        for number in sheet.rows
        if number > first and row_has(sheet, number, columns)
    )


def row_has(sheet: Sheet, number: int, columns: Mapping[int, str]) -> bool:
    """Whether anything stands in one of these columns of a row."""
    return any(column in sheet.rows[number] for column in columns)


def row_of(sheet: Sheet, number: int, columns: Mapping[int, str], problems: list[RowProblem]) -> Row:
    """A row by the names of its columns. A cell that cannot be taken is a problem and stays empty."""
    row = Row(
        sheet=sheet.title,
        number=number,
        cells={columns[at]: cell for at, cell in sheet.rows[number].items() if at in columns},
        problems=problems,
        moments={name: sheet.moments[number, at] for at, name in columns.items() if (number, at) in sheet.moments},
        has_fault=any((number, at) in sheet.faults for at in columns),
    )
    for at, name in columns.items():
        if (number, at) in sheet.faults:
            row.note(name, sheet.faults[number, at])
    return row


def _columns(
    layout: Layout, header: Mapping[int, str], problems: list[RowProblem], *, sheet: str, row: int, strict: bool
) -> dict[int, str] | None:
    """Place in the sheet → column title."""

    def note(column: str, problem: str) -> None:
        problems.append(RowProblem(sheet=sheet, row=row, column=column, problem=problem))

    titles = {name: column.title for column in layout.columns for name in (column.title, *column.also)}
    places: dict[int, str] = {}
    for place, name in header.items():
        title = titles.get(name.lower())
        if title in places.values():
            note(name, "这一列出现了两次")
        elif title is not None:
            places[place] = title
        elif strict and name and not name.startswith("备注"):
            note(name, "不认识这个列名；自己记的内容请放在“备注”列")
    missing = [column.title for column in layout.columns if column.needed and column.title not in places.values()]
    if missing:
        note("、".join(missing), "没有这一列：第一行要写列名")
    return None if missing else places


def by_name(rows: Iterable[Row], column: str) -> dict[str, Row]:
    """The rows by their name; a second one of a name, and one without, are problems."""
    named: dict[str, Row] = {}
    for row in rows:
        name = row.text(column)
        if not name:
            row.note(column, f"没有写{column}")
        elif name in named:
            row.note(column, f"“{name}”在第 {named[name].number} 行已经有了")
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
            row.note(column, f"没有写{column}")
    return owned


def note_lost(lost: Mapping[str, Sequence[Row]], column: str, *, owner_sheet: str) -> None:
    """One problem for each name that rows stand under and nobody has, however many rows these are."""
    for name, rows in lost.items():
        there = {sheet: [row.number for row in rows if row.sheet == sheet] for sheet in {row.sheet: 0 for row in rows}}
        told = "、".join(f"“{sheet}”{_rows_in_words(numbers)}" for sheet, numbers in there.items())
        problem = f"工作表“{owner_sheet}”里没有“{name}”，而{told}写的是它：要么在“{owner_sheet}”里补上，要么"
        rows[0].note(column, f"{problem}{'改掉或删掉这一行' if len(rows) == 1 else '把这些行删掉'}")


def _rows_in_words(numbers: Sequence[int]) -> str:
    if len(numbers) <= ROWS_NAMED:
        return f"第 {'、'.join(map(str, numbers))} 行"
    return f"第 {numbers[0]} 到 {numbers[-1]} 行里的 {len(numbers)} 行"
