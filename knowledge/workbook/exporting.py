"""The whole manual as an Excel workbook that staff edit.

What goes out comes in again (`importing.py`) as the same manual, blanks at the ends of texts aside.
"""

from __future__ import annotations

import io
import re
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING
from unicodedata import east_asian_width

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from knowledge.lint.whole_manual import RELIED_ON, loss_of, topic_of
from knowledge.manual.entry import BUBBLES_PER_ANSWER, Manual
from knowledge.reasons.faults import fault
from knowledge.workbook.columns import (
    ANSWERS,
    ATTRIBUTES,
    ENTRIES,
    FACTS,
    LINES,
    OF_ENTRY,
    PRODUCTS,
    QUESTIONS,
    Layout,
    attribute_titles,
    cell_words,
    layouts,
)
from knowledge.workbook.condition_cells import cells_of
from knowledge.workbook.rows import cell_of
from knowledge.workbook.spreadsheets.sheets import BadSpreadsheet, RowProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

_RELIED_ON = "{relied_on}"
"""Where the guide tells of the entries that the bot knows by their ids."""
WRAPPED = Alignment(wrap_text=True, vertical="top")
LINE_POINTS = 16
_MOST_LINES = 25
_LONGEST_CELL_CHARACTERS = 32_767
LOOKS_COMPUTED = ("=", "+", "-", "@")
TEXT_STYLE = "text"
_HEADER_FILL = PatternFill("solid", fgColor="E8EEF7")
_NOT_IN_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")
_TO_ESCAPE = re.compile(r"[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")


def to_workbook(manual: Manual) -> bytes:
    """The manual as an .xlsx file. Every cell is text, so that nothing in it is ever computed.

    Raises `BadSpreadsheet` for a text longer than an Excel cell can hold (32,767 characters).
    """
    problems: list[RowProblem] = []
    workbook = Workbook()
    workbook.add_named_style(NamedStyle(name=TEXT_STYLE, number_format="@", alignment=WRAPPED))
    _write_guide(workbook.active)
    for key, layout in layouts().items():
        _write_sheet(workbook.create_sheet(layout.title), layout, list(_CELLS[key](manual)), problems)
    if problems:
        raise BadSpreadsheet(problems)
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def _write_guide(sheet: Worksheet) -> None:
    sheet.title = cell_words().guide
    sheet.column_dimensions["A"].width = 110
    for number, sentence in enumerate(_guide(), start=1):
        cell = sheet.cell(row=number, column=1, value=sentence)
        cell.alignment = WRAPPED
        cell.font = Font(bold=number == 1)


def _guide() -> Iterator[str]:
    """What the first sheet says."""
    for line in files("knowledge").joinpath("data", "guide.txt").read_text("utf-8").splitlines():
        if line == _RELIED_ON:
            yield from (str(fault("guide_entry", id=id_, topic=topic_of(id_), loss=loss_of(id_))) for id_ in RELIED_ON)
        else:
            yield line


def _write_sheet(sheet: Worksheet, layout: Layout, rows: Sequence[Sequence[str]], problems: list[RowProblem]) -> None:
    is_of_entries = layout.columns[1].key == OF_ENTRY
    sheet.freeze_panes = "C2" if is_of_entries else "A2"
    for number, cells in enumerate(rows, start=2):
        sheet.row_dimensions[number].height = LINE_POINTS * _lines(cells, layout)
    for number, column in enumerate(layout.columns, start=1):
        dimension = sheet.column_dimensions[get_column_letter(number)]
        dimension.width, dimension.number_format = column.width_characters, "@"
        header = sheet.cell(row=1, column=number, value=column.title)
        header.font, header.fill, header.alignment = Font(bold=True), _HEADER_FILL, WRAPPED
        if column.yes_or_no:
            choice = DataValidation(
                type="list", formula1=f'"{cell_words().yes[0]},{cell_words().no[0]}"', allow_blank=True
            )
            choice.add(f"{get_column_letter(number)}2:{get_column_letter(number)}{len(rows) + 1000}")
            sheet.add_data_validation(choice)
        for row, cells in enumerate(rows, start=2):
            if len(cells[number - 1]) > _LONGEST_CELL_CHARACTERS:
                problem = fault("cell_too_long", count=len(cells[number - 1]), most=_LONGEST_CELL_CHARACTERS)
                problems.append(RowProblem(sheet=sheet.title, row=row, column=column.title, problem=problem))
            elif cells[number - 1]:
                write_text(sheet, row, number, cells[number - 1])


def _lines(cells: Sequence[str], layout: Layout) -> int:
    """The lines that the fullest cell of a row takes; a Chinese letter is as wide as two others."""
    needed = (
        sum(-(-_width(line) // (column.width_characters - 1)) or 1 for line in cell.split("\n"))
        for cell, column in zip(cells, layout.columns, strict=True)
    )
    return min(max(needed, default=1), _MOST_LINES)


def _width(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def write_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A text that stays one: "=1+1" is no formula, "0012" no number, in the file and after editing it in Excel."""
    cell = sheet.cell(row=row, column=column, value=_TO_ESCAPE.sub(_escaped, _NOT_IN_XML.sub("", text)))
    cell.data_type, cell.style = "s", TEXT_STYLE
    if text.startswith(LOOKS_COMPUTED):
        cell.quotePrefix = True


def _escaped(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _entry_cells(manual: Manual) -> Iterator[tuple[str, ...]]:
    for entry in manual.entries:
        yield entry.id, entry.group, entry.title, _yes(entry.hands_over), _yes(entry.needs_product)


def _question_cells(manual: Manual) -> Iterator[tuple[str, ...]]:
    return ((entry.id, entry.title, question) for entry in manual.entries for question in entry.questions)


def _answer_cells(manual: Manual) -> Iterator[tuple[str, ...]]:
    for entry in manual.entries:
        for answer in entry.answers:
            yield entry.id, entry.title, *cells_of(answer.when), *_bubble_cells(answer.bubbles)


def _bubble_cells(bubbles: tuple[str, ...]) -> tuple[str, ...]:
    return (*bubbles, *("" for _ in range(BUBBLES_PER_ANSWER - len(bubbles))))


def _yes(flag: bool) -> str:  # noqa: FBT001 - it writes one
    return cell_words().yes[0] if flag else ""


_CELLS: Mapping[str, Callable[[Manual], Iterable[tuple[str, ...]]]] = MappingProxyType(
    {
        ENTRIES: _entry_cells,
        QUESTIONS: _question_cells,
        ANSWERS: _answer_cells,
        FACTS: lambda manual: (
            (fact.name, fact.title, fact.value, cell_words().units.get(fact.unit, fact.unit)) for fact in manual.facts
        ),
        PRODUCTS: lambda manual: ((one.id, one.title, cell_of(one.aliases)) for one in manual.products),
        ATTRIBUTES: lambda manual: (
            (product.id, attribute_titles().get(name, name), value, f"{{{name}}}")
            for product in manual.products
            for name, value in product.attributes.items()
        ),
        LINES: lambda manual: ((line.id, line.title, *_bubble_cells(line.bubbles)) for line in manual.lines),
    }
)
