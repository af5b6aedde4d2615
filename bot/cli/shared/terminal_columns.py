"""Lines up columns in a terminal, where a Chinese character is as wide as two Latin ones."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

GAP = "  "


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """One line for each row, every column as wide as its widest cell. All rows have the same number of cells."""
    widths = [max(map(_width, cells)) for cells in zip(*rows, strict=True)]
    return [
        GAP.join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
