"""Writes plain tables as an Excel workbook or a CSV file, in which nothing is ever computed."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Font, NamedStyle
from openpyxl.utils import get_column_letter

from knowledge.workbook.exporting import LOOKS_COMPUTED, TEXT_STYLE, WRAPPED, write_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH_CHARACTERS = 28
LONGEST_CELL_CHARACTERS = 32_000


def to_xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet of texts below their heads."""
    workbook = Workbook()
    workbook.add_named_style(NamedStyle(name=TEXT_STYLE, number_format="@", alignment=WRAPPED))
    sheet = workbook.active
    sheet.title, sheet.freeze_panes = title[:31], "A2"
    for column, head in enumerate(heads, start=1):
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width, dimension.number_format = WIDTH_CHARACTERS, "@"
        write_text(sheet, 1, column, head)
        sheet.cell(row=1, column=column).font = Font(bold=True)
    for number, cells in enumerate(rows, start=2):
        for column, cell in enumerate(cells, start=1):
            if cell:
                write_text(sheet, number, column, cell[:LONGEST_CELL_CHARACTERS])
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def to_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The same as CSV that Excel reads as UTF-8; what looks computed has an apostrophe before it."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerow([_inert(head) for head in heads])
    writer.writerows([_inert(cell) for cell in cells] for cells in rows)
    return file.getvalue().encode("utf-8-sig", errors="replace")


def _inert(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith((*LOOKS_COMPUTED, "\t", "\r")) else text
