"""A CSV file → one sheet. Letters of another encoding are recognised and refused, never read as other letters.

UTF-8 with and without BOM, GBK and GB18030, and Excel's "Unicode text" (UTF-16) are read; commas, semicolons and tabs.
"""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from itertools import islice

from knowledge.language.lines import lines_of
from knowledge.reasons.faults import fault
from knowledge.workbook.spreadsheets.sheets import MOST_CELLS, MOST_CHARACTERS, MOST_ROWS, Sheet, refused

_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_DELIMITERS = (",", "\t", ";")
_LINES_LOOKED_AT = 30
_LIKELY = 0.4
"""So large a share of the letters of Chinese text is common; of text in a wrong encoding it is a tenth to a quarter."""
_MOSTLY = 0.9
_LOST = re.compile("�|锟斤拷|烫烫烫|\x00")
_UTF_8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_SAVE_AGAIN = fault("csv_save_again")


def read_csv(data: bytes, *, name: str) -> tuple[Sheet, ...]:
    """The file as one sheet named like the file. Raises `BadSpreadsheet` when its letters or lines cannot be read."""
    text = decoded(data, name=name)
    if len(text) > MOST_CHARACTERS:
        raise refused(fault("file_too_many_characters", name=name, millions=MOST_CHARACTERS // 1_000_000))
    rows: dict[int, dict[int, str]] = {}
    cells_left = 5 * MOST_CELLS  # blank ones too
    try:
        reader = csv.reader(io.StringIO(_without_hint(text), newline=""), delimiter=_delimiter(text))
        for number, cells in enumerate(reader, start=1):
            shown = {column: cell.strip() for column, cell in enumerate(cells) if cell.strip()}
            if shown:
                rows[number] = shown
            cells_left -= len(cells)
            if len(rows) > MOST_ROWS or cells_left < 0:
                raise refused(fault("csv_too_many_rows", name=name, most=MOST_ROWS))
    except csv.Error as bad:
        raise refused(fault("csv_quotes", name=name, row=reader.line_num)) from bad
    return (Sheet(title=name, rows=rows),)


def decoded(data: bytes, *, name: str) -> str:
    """The text of a file. Raises `BadSpreadsheet` when its letters are in none of the encodings that are read."""
    encoding = next((encoding for bom, encoding in _BOMS.items() if data.startswith(bom)), None)
    text = _in(data, encoding) if encoding else _likeliest(data, name)
    if text is None:
        raise refused(fault("csv_encoding", name=name, save_again=_SAVE_AGAIN))
    lost = _LOST.search(text)
    if lost:
        line = text.count("\n", 0, lost.start()) + 1
        raise refused(fault("csv_garbled", name=name, row=line, save_again=_SAVE_AGAIN))
    return text


def _likeliest(data: bytes, name: str) -> str | None:
    utf_8, gbk = _in(data, "utf-8"), _in(data, "gb18030")
    if utf_8 is not None and (gbk is None or _commonness(utf_8) >= min(_LIKELY, _commonness(gbk))):
        return utf_8
    broken = utf_8 is None and _is_mostly_utf_8(data)
    if broken:
        raise refused(fault("csv_half_utf_8", name=name, save_again=_SAVE_AGAIN))
    return gbk if gbk is not None and _commonness(gbk) >= _LIKELY else None


def _in(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _is_mostly_utf_8(data: bytes) -> bool:
    beyond = sum(byte > 127 for byte in data)  # noqa: PLR2004 - the end of ASCII
    return sum(map(len, _UTF_8_LETTER.findall(data))) >= _MOSTLY * beyond


def _commonness(text: str) -> float:
    """The share of common ones among the letters beyond ASCII; 1 where there are none."""
    letters = [letter for letter in text if letter > "\x7f" and letter.isalpha()]
    return sum(letter in _common_letters() for letter in letters) / len(letters) if letters else 1.0


@cache
def _common_letters() -> frozenset[str]:
    return frozenset("".join(lines_of("common_letters.txt")))


def _without_hint(text: str) -> str:
    """Excel's first line `sep=;` says which delimiter it is; the line stays as a blank one."""
    return re.sub(r"\A\ufeff?\"?sep=.\"?(?=\r?\n)", "", text)


def _delimiter(text: str) -> str:
    """What parts the most of the first lines into equally many cells."""
    return max(_DELIMITERS, key=lambda delimiter: _parted_alike(text, delimiter))


def _parted_alike(text: str, delimiter: str) -> int:
    reader = csv.reader(io.StringIO(_without_hint(text)[:100_000], newline=""), delimiter=delimiter)
    try:
        widths = [len(cells) for cells in islice(reader, _LINES_LOOKED_AT) if len(cells) > 1]
    except csv.Error:
        return 0
    return max(map(widths.count, widths), default=0)
