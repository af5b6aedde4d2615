"""Bytes of an Excel or CSV file → sheets of plain text cells. What is no spreadsheet, or a bomb, is refused unopened.

Everything a person can type into a cell becomes the text he sees there: 16:00 stays "16:00", 0 stays "0".
"""

from __future__ import annotations

import csv
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from python_calamine import CalamineError, SheetTypeEnum, load_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from python_calamine import CalamineSheet

    from knowledge.entry import Manual

LARGEST_FILE_BYTES = 10 * 1024 * 1024
LARGEST_UNPACKED_BYTES = 100 * 1024 * 1024
LARGEST_RATIO = 200
LARGEST_AREA = 4_000_000
"""Rows times columns of one sheet. A single cell at the far end makes a reader set a table of that size aside."""
_CHUNK_BYTES = 1024 * 1024
_LOCAL_HEADER = struct.Struct("<26xHH")

_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_CELL_AT = re.compile(rb"<(?:\w+:)?(?:row|c)\s[^<]*?\br\s*=\s*[\"']([A-Za-z]*)(\d+)[\"']")
_ERROR_CELL = re.compile(rb"<c\b(?=[^>]*\bt=\"e\")[^>]*\br=\"([A-Z]+\d+)\"")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowProblem:
    """One thing that is wrong: in which sheet, row (as Excel numbers it; 0: none) and column, in a sentence."""

    sheet: str
    row: int
    column: str
    problem: str

    def __str__(self) -> str:
        sheet = f"工作表“{self.sheet}”" if self.sheet else ""
        row = f"第 {self.row} 行" if self.row else ""
        column = f"“{self.column}”列" if self.column else ""
        return f"{sheet}{row}{column}：{self.problem}".lstrip("：")


class BadSpreadsheet(ValueError):
    """A file that cannot be taken as it is; `rows` holds every problem, and nothing was taken from it.

    `manual` is the file without its bad rows, where what else is wrong can be seen by that.
    """

    def __init__(self, rows: Sequence[RowProblem], *, manual: Manual | None = None) -> None:
        super().__init__("\n".join(map(str, rows)))
        self.rows = tuple(rows)
        self.manual = manual


Rows = list[list[str]]


def sheets_of_workbook(data: bytes, *, name: str) -> dict[str, Rows]:
    """Sheet title → its rows, from row 1 on, as text; a cell merged over several rows has its text in each.

    Raises `BadSpreadsheet` when the bytes are not a workbook, too large, or unpack to something too large.
    """
    _check_workbook(data, name)
    try:
        with load_workbook(io.BytesIO(data)) as workbook:
            titles = [sheet.name for sheet in workbook.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
            return {title.strip(): _rows(workbook.get_sheet_by_name(title)) for title in titles}
    except CalamineError as bad:
        raise _refused(f"“{name}”打不开，可能已损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入") from bad


def rows_of_csv(data: bytes, *, name: str) -> Rows:
    """The rows of a CSV file (UTF-8 with or without BOM, GBK, or Excel's UTF-16 text), row 1 first, as text."""
    _check_size(data, name)
    text = _decoded(data, name)
    delimiter = "\t" if "\t" in text.partition("\n")[0] else ","
    try:
        return [
            [cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as bad:
        raise _refused(f"“{name}”不是正确的 CSV 文件：{bad}") from bad


def _refused(problem: str) -> BadSpreadsheet:
    return BadSpreadsheet((RowProblem(sheet="", row=0, column="", problem=problem),))


# Cells


def _rows(sheet: CalamineSheet) -> Rows:
    rows = [[_text(cell) for cell in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, _) in sheet.merged_cell_ranges or ():
        for row in rows[top + 1 : bottom + 1]:
            row[left : left + 1] = rows[top][left : left + 1]
    return rows


def _text(cell: str | float | bool | date | datetime | time | timedelta) -> str:  # noqa: FBT001 - a cell may hold one
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        return format(Decimal(f"{cell:.15g}"), "f")
    if isinstance(cell, datetime):
        return _day(cell) if cell.time() == time() else f"{_day(cell)} {_clock(cell.time())}"
    if isinstance(cell, timedelta):
        minutes, seconds = divmod(round(cell.total_seconds()), 60)
        return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")
    return _clock(cell) if isinstance(cell, time) else _day(cell)


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _clock(clock: time) -> str:
    return f"{clock:%H:%M:%S}" if clock.second else f"{clock:%H:%M}"


def _decoded(data: bytes, name: str) -> str:
    for encoding in ("utf-16",) if data.startswith(_UTF_16) else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused(f"“{name}”的文字编码认不出来。请另存为 UTF-8 或 GBK 编码的 CSV")


# Files that are refused


def _check_size(data: bytes, name: str) -> None:
    if len(data) > LARGEST_FILE_BYTES:
        largest = LARGEST_FILE_BYTES // 1024 // 1024
        raise _refused(f"“{name}”有 {len(data) / 1024 / 1024:.1f} MB，超过了 {largest} MB。请删掉图片和用不着的内容")


def _check_workbook(data: bytes, name: str) -> None:
    _check_size(data, name)
    if data.startswith(_OLD_EXCEL):
        raise _refused(f"“{name}”是旧版 .xls，或者加了密码。请另存为没有密码的 .xlsx 再导入")
    members = _members(data)
    if "xl/workbook.xml" not in {member.filename for member in members}:
        raise _refused(f"“{name}”不是 Excel 文件。请导入 .xlsx 文件")
    try:
        parts = tuple(_unpacked(data, members, name))
    except (zlib.error, struct.error) as bad:
        raise _refused(f"“{name}”已损坏。请用 Excel 或 WPS 打开，另存为 .xlsx 后再导入") from bad
    _check_cells([part for part in parts if b"sheetData" in part], name)


def _members(data: bytes) -> list[zipfile.ZipInfo]:
    """What an archive says it holds; nothing when the bytes are no archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):  # the second is zipfile's word for a newer format
        return []


def _unpacked(data: bytes, members: Sequence[zipfile.ZipInfo], name: str) -> Iterator[bytes]:
    """Every member, inflated by ourselves: what the archive says about its sizes may be a lie."""
    left = min(LARGEST_UNPACKED_BYTES, max(len(data) * LARGEST_RATIO, _CHUNK_BYTES))
    for member in members:
        chunks = []
        for chunk in _chunks(data, member):
            left -= len(chunk)
            if left < 0:
                raise _refused(f"“{name}”展开后太大，不像正常的表格，没有打开。请新建一个表格，把内容粘贴过去再导入")
            chunks.append(chunk)
        yield b"".join(chunks)


def _chunks(data: bytes, member: zipfile.ZipInfo) -> Iterator[bytes]:
    header_end = member.header_offset + _LOCAL_HEADER.size
    name_bytes, extra_bytes = _LOCAL_HEADER.unpack(data[member.header_offset : header_end])
    start = header_end + name_bytes + extra_bytes
    packed = data[start : start + member.compress_size]
    if member.compress_type == zipfile.ZIP_STORED:
        yield packed
        return
    inflate, chunk = zlib.decompressobj(-zlib.MAX_WBITS), b"-"
    while chunk:
        chunk = inflate.decompress(packed, _CHUNK_BYTES)
        packed = inflate.unconsumed_tail
        yield chunk


def _check_cells(sheets: Sequence[bytes], name: str) -> None:
    """Refuse what would need too large a table, and cells that hold an error, which would read as empty."""
    for sheet in sheets:
        column, row = b"", 0
        for found in _CELL_AT.finditer(sheet):
            column, row = max(column, found[1].upper(), key=_column_number), max(row, int(found[2][:9]))
        if _column_number(column) * row > LARGEST_AREA:
            far = f"{column.decode()}{row}"
            raise _refused(f"“{name}”里有内容远在 {far}，超出了能导入的范围。请删掉表格右边和下边的空行空列")
    errors = [found[1].decode() for sheet in sheets for found in _ERROR_CELL.finditer(sheet)]
    if errors:
        raise _refused(f"“{name}”的单元格 {'、'.join(errors[:5])} 是公式错误（如 #N/A）。请改成文字再导入")


def _column_number(letters: bytes) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters[:5]:
        number = number * 26 + letter - 64
    return number
