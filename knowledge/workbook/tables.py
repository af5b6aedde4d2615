"""Plain tables for people to take away.

The library of workbooks is loaded for whoever takes the first one: no start waits for it.
"""

from __future__ import annotations

from pkgutil import resolve_name
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


def to_xlsx(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet of texts below their heads."""
    write: Callable[..., bytes] = resolve_name("knowledge.workbook.table_files:to_xlsx")
    return write(title, heads, rows)


def to_csv(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """The same as CSV that Excel reads as UTF-8; what looks computed has an apostrophe before it."""
    write: Callable[..., bytes] = resolve_name("knowledge.workbook.table_files:to_csv")
    return write(heads, rows)
