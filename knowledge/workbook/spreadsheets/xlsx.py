"""An .xlsx file → its sheets, each cell as the text that its reader sees there.

The file is read here, part by part, because a number means nothing without its format: 0.95 or 95%. What it holds is
counted before anything is built of it, so that no file takes more than a second or a few dozen megabytes.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from bisect import bisect_right
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING
from xml.parsers import expat

from knowledge.reasons.faults import fault
from knowledge.workbook.spreadsheets import number_formats
from knowledge.workbook.spreadsheets.number_formats import BUILT_IN, GENERAL, MOST_DIGITS
from knowledge.workbook.spreadsheets.sheets import (
    MOST_CELLS,
    MOST_CHARACTERS,
    MOST_ROWS,
    BadSpreadsheet,
    Sheet,
    refused,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.reasons.faults import Fault

LARGEST_UNPACKED_BYTES = 48 * 1024 * 1024
MOST_ELEMENTS = 1_200_000
MOST_PARTS = 10_000
MOST_MERGED_ROWS = 200_000
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
_PICTURE = re.compile(r"\b(?:DISPIMG|IMAGE)\(", re.IGNORECASE)

PICTURE = fault("cell_picture")
NOT_COMPUTED = fault("cell_not_computed")
TOO_LONG = fault("cell_too_many_digits", digits=MOST_DIGITS)
STRANGE_FORMAT = fault("cell_strange_format")


_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    expat.ExpatError,
    NotImplementedError,  # zipfile's word for a newer format
    RuntimeError,  # and for a part with a password
    EOFError,
    OSError,
    KeyError,
    ValueError,
)


def read_xlsx(data: bytes, *, name: str) -> tuple[Sheet, ...]:
    """Every worksheet, in order. Raises `BadSpreadsheet` when it is none, is damaged, or holds more than a list can."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return tuple(_sheets(_Package(archive, name)))
    except BadSpreadsheet:
        raise
    except _BROKEN as bad:
        raise refused(fault("file_damaged", name=name)) from bad


def is_workbook(data: bytes) -> bool:
    """Whether the bytes are an archive that holds a workbook, sound or not."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _WORKBOOK in map(_path, archive.namelist())
    except _BROKEN:
        return False


# The parts of the file

_WORKBOOK = "xl/workbook.xml"


class _Package:
    """The parts of the file by their paths; hands out each one's elements, and stops at what is too much."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        self._archive = archive
        self._parts = {_path(each.filename): each for each in archive.infolist()}
        self._bytes_left = LARGEST_UNPACKED_BYTES
        self._elements_left = MOST_ELEMENTS
        self._characters_left = MOST_CHARACTERS
        self._cells_left = MOST_CELLS

    def __contains__(self, path: str) -> bool:
        return _path(path) in self._parts

    def has_any(self, folder: str) -> bool:
        return any(path.startswith(folder) for path in self._parts)

    def parse(self, path: str, part: _Part) -> None:
        """Hand every element of a part to its reader. A part that is not there has none."""
        member = self._parts.get(_path(path))
        if member is None:
            return
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_doctype

        def start(tag: str, attributes: dict[str, str]) -> None:
            self._elements_left -= 1
            if self._elements_left < 0:
                raise refused(fault("file_too_many_cells", name=self.name))
            part.start(tag.rpartition(":")[2], attributes)

        parser.StartElementHandler = start
        parser.EndElementHandler = lambda tag: part.end(tag.rpartition(":")[2])
        parser.CharacterDataHandler = part.text
        parser.Parse(self._unpacked(member), True)  # noqa: FBT003 - in one go: old parsers read a long token again for each piece

    def count(self, text: str) -> None:
        """Count one more cell with this text: cells share texts, so that a small file may hold many."""
        self._characters_left -= len(text)
        self._cells_left -= 1
        if self._cells_left < 0:
            raise refused(fault("file_too_many_cells", name=self.name))
        if self._characters_left < 0:
            raise refused(fault("file_too_many_characters", name=self.name, millions=MOST_CHARACTERS // 1_000_000))

    def _unpacked(self, member: zipfile.ZipInfo) -> bytes:
        """A part, whatever the archive says of its size: that may be a lie."""
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise zipfile.BadZipFile
        with self._archive.open(member) as packed:
            data = packed.read(self._bytes_left + 1)
        self._bytes_left -= len(data)
        if self._bytes_left < 0:
            raise refused(fault("file_unfolds_too_large", name=self.name))
        return data

    def _refuse_doctype(self, *_: object) -> None:
        raise refused(fault("file_damaged", name=self.name))


def _path(path: str) -> str:
    return path.replace("\\", "/").lstrip("/").lower()


class _Part:
    """Reads one part of the file: is told of each element's start, text and end."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def text(self, text: str) -> None: ...


# What the workbook says of its sheets


class _Outline(_Part):
    def __init__(self) -> None:
        self.sheets: list[tuple[str, str, bool]] = []
        """Title, relation and whether it is hidden."""
        self.since_1904 = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", "").strip(), relation, is_hidden))
        elif tag == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0") in {"1", "true"}


class _Relations(_Part):
    """Where the parts are that a part speaks of."""

    def __init__(self) -> None:
        self.worksheets: dict[str, str] = {}
        self.texts = "xl/sharedStrings.xml"
        self.styles = "xl/styles.xml"

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag != "Relationship":
            return
        target = attributes.get("Target", "")
        path = target if target.startswith("/") else f"xl/{target}"
        match attributes.get("Type", "").rpartition("/")[2]:
            case "worksheet":
                self.worksheets[attributes.get("Id", "")] = path
            case "sharedStrings":
                self.texts = path
            case "styles":
                self.styles = path


class _Styles(_Part):
    """The number format of each style that a cell may name."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self._named: dict[str, str] = {}
        self._is_inside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt":
            self._named[attributes.get("numFmtId", "")] = attributes.get("formatCode", GENERAL)
        elif tag == "cellXfs":
            self._is_inside = True
        elif tag == "xf" and self._is_inside:
            number = attributes.get("numFmtId", "0")
            built_in = BUILT_IN.get(int(number), GENERAL) if number.isdigit() else GENERAL
            self.codes.append(self._named.get(number, built_in))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._is_inside = False


class _Texts(_Part):
    """The texts that cells share. How a word is pronounced stands beside it and is left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._pieces: list[str] = []
        self._is_text = self._is_beside = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        del attributes
        if tag == "si":
            self._pieces = []
        elif tag == "rPh":
            self._is_beside = True
        elif tag == "t":
            self._is_text = not self._is_beside

    def end(self, tag: str) -> None:
        if tag == "si":
            self.texts.append(_unescaped("".join(self._pieces)))
        elif tag == "rPh":
            self._is_beside = False
        elif tag == "t":
            self._is_text = False

    def text(self, text: str) -> None:
        if self._is_text:
            self._pieces.append(text)


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _sheets(package: _Package) -> Iterator[Sheet]:
    if _WORKBOOK not in package:
        raise refused(fault("file_no_excel", name=package.name))
    outline, relations, styles, texts = _Outline(), _Relations(), _Styles(), _Texts()
    package.parse(_WORKBOOK, outline)
    package.parse("xl/_rels/workbook.xml.rels", relations)
    package.parse(relations.styles, styles)
    package.parse(relations.texts, texts)
    if not outline.sheets:
        raise refused(fault("file_damaged", name=package.name))
    has_pictures = package.has_any("xl/media/")
    rows_left = MOST_ROWS
    for title, relation, is_hidden in outline.sheets:
        if relation in relations.worksheets:
            grid = _Grid(package, texts.texts, styles.codes, since_1904=outline.since_1904, rows_left=rows_left)
            package.parse(relations.worksheets[relation], grid)
            rows_left -= len(grid.rows)
            yield grid.sheet(title, is_hidden=is_hidden, has_pictures=has_pictures)


# One sheet


class _Grid(_Part):
    """The cells of a sheet, in the order of the file."""

    def __init__(
        self, package: _Package, texts: list[str], codes: list[str], *, since_1904: bool, rows_left: int
    ) -> None:
        self._package, self._texts, self._codes = package, texts, codes
        self._since_1904, self._rows_left = since_1904, rows_left
        self.rows: dict[int, dict[int, str]] = {}
        self._faults: dict[tuple[int, int], Fault] = {}
        self._moments: dict[tuple[int, int], str] = {}
        self._merges: list[tuple[int, int, int]] = []
        self._hidden: list[int] = []
        self._has_drawing = self._is_beside = False
        self._row, self._column = 0, -1
        self._is_cell = self._has_value = self._has_formula = False
        self._kind = self._style = ""
        self._value: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
            if attributes.get("hidden") in {"1", "true"}:
                self._hidden.append(self._row)
        elif tag == "c":
            self._open(attributes)
        elif self._is_cell:
            self._start_inside(tag)
        elif tag == "mergeCell":
            self._merge(attributes.get("ref", ""))
        elif tag == "drawing":
            self._has_drawing = True

    def _open(self, attributes: dict[str, str]) -> None:
        self._is_cell, self._has_value, self._has_formula, self._is_beside = True, False, False, False
        self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._value, self._formula = [], []
        letters = attributes.get("r", "").rstrip("0123456789")
        self._column = _column_number(letters) - 1 if letters else self._column + 1

    def _start_inside(self, tag: str) -> None:
        if tag in {"v", "t"} and not self._is_beside:
            self._has_value, self._into = True, self._value
        elif tag == "f":
            self._has_formula, self._into = True, self._formula
        elif tag == "rPh":
            self._is_beside = True

    def end(self, tag: str) -> None:
        if tag == "c":
            self._is_cell = False
            if self._has_value or self._has_formula:
                self._close()
        elif self._is_cell:
            self._into = None
            self._is_beside = self._is_beside and tag != "rPh"

    def text(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def sheet(self, title: str, *, is_hidden: bool, has_pictures: bool) -> Sheet:
        merged = frozenset(self._fill_merged())
        return Sheet(
            title=title,
            rows=dict(sorted(self.rows.items())),
            faults=self._faults,
            moments=self._moments,
            merged=merged,
            is_hidden=is_hidden,
            hidden_rows=tuple(row for row in self._hidden if row in self.rows),
            has_pictures=has_pictures and self._has_drawing,
        )

    def _close(self) -> None:
        shown, wrong = self._shown()
        text = shown.strip()
        if wrong:
            self._faults[self._row, self._column] = wrong
        if text or wrong:
            self._put(self._row, self._column, text)

    def _put(self, row: int, column: int, text: str) -> None:
        self._package.count(text)
        cells = self.rows.setdefault(row, {})
        if len(self.rows) > self._rows_left:
            raise refused(fault("file_too_many_rows", name=self._package.name, most=MOST_ROWS))
        cells[column] = text

    def _shown(self) -> tuple[str, Fault | None]:
        """What the cell shows, and why it cannot be taken, if it cannot."""
        value, formula = "".join(self._value), "".join(self._formula)
        wrong = self._fault(value, formula)
        if wrong:
            return "", wrong
        code = self._codes[int(self._style or 0)] if int(self._style or 0) < len(self._codes) else GENERAL
        if self._kind == "n":
            return self._number_shown(value.strip(), code) if value.strip() else ("", None)
        return self._text_shown(value, code), None

    def _fault(self, value: str, formula: str) -> Fault | None:
        if _PICTURE.search(formula) or value.startswith("=DISPIMG("):
            return PICTURE
        if self._kind == "e":
            is_picture = value == "#VALUE!" and not self._has_formula
            return PICTURE if is_picture else fault("cell_error", value=value)
        return NOT_COMPUTED if self._has_formula and not value and self._kind != "str" else None

    def _text_shown(self, value: str, code: str) -> str:
        match self._kind:
            case "s":
                return number_formats.text_shown(self._texts[int(value)] if value.strip() else "", code)
            case "b":
                return "是" if value.strip() == "1" else "否"
            case "d":
                return value.replace("T", " ")
        return number_formats.text_shown(_unescaped(value), code)

    def _number_shown(self, value: str, code: str) -> tuple[str, Fault | None]:
        try:
            number = Decimal(f"{float(value):.{MOST_DIGITS}g}")
        except (ValueError, InvalidOperation):
            return value, None
        if not number.is_finite() or number.adjusted() >= MOST_DIGITS:
            return "", TOO_LONG
        if number_formats.is_date(code):
            moment = number_formats.instant(number, since_1904=self._since_1904)
            if moment is not None:
                self._moments[self._row, self._column] = f"{moment:%Y-%m-%d %H:%M:%S}"
        text = number_formats.shown(number, code, since_1904=self._since_1904)
        return ("", STRANGE_FORMAT) if text is None else (text, None)

    def _merge(self, ref: str) -> None:
        first, _, last = ref.partition(":")
        start, end = _CELL.fullmatch(first), _CELL.fullmatch(last)
        if start and end and int(end[2]) > int(start[2]):
            self._merges.append((int(start[2]), _column_number(start[1]) - 1, int(end[2])))

    def _fill_merged(self) -> Iterator[tuple[int, int]]:
        """A cell merged over several rows has its text in each; what these hold themselves nobody sees."""
        numbers, left = sorted(self.rows), MOST_MERGED_ROWS
        for top, column, bottom in self._merges:
            text = self.rows.get(top, {}).get(column, "")
            under = numbers[bisect_right(numbers, top) : bisect_right(numbers, bottom)]
            left -= len(under) + 1
            if left < 0:
                raise refused(fault("file_too_many_merged", name=self._package.name))
            for row in under:
                self._put(row, column, text)
                yield row, column
            wrong = self._faults.get((top, column))
            self._faults |= {(row, column): wrong for row in under if wrong}


@lru_cache(maxsize=1024)
def _column_number(letters: str) -> int:
    """A is 1, Z is 26, AA is 27."""
    number = 0
    for letter in letters[:3].upper():
        number = number * 26 + ord(letter) - 64
    return number
