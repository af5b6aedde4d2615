"""A list of quick phrases as people keep it: a title and what it says, in this program's own columns or in others'.

Qianniu (千牛) exports two or three columns: a code, the phrase, and often a group. A list without heads is taken by its
columns: the first is the title where there are two, and the phrase itself where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.language.normalisation import same_letters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.workbook.spreadsheets.sheets import Sheet

TITLE, TEXT = "标题", "内容"
LONGEST_TITLE = 40
ROWS_LOOKED_AT = 5
MOST = 5_000
_TITLES = (
    "标题",
    "编码",
    "快捷短语编码",
    "短语编码",
    "快捷编码",
    "快捷码",
    "名称",
    "关键词",
    "title",
    "code",
    "shortcut",
)
_TEXTS = ("内容", "快捷短语", "短语", "短语内容", "快捷短语内容", "话术", "回复", "text", "content", "phrase")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPhrase:
    """One row of a list."""

    title: str
    bubbles: tuple[str, ...]


def phrases_in(sheets: Sequence[Sheet]) -> tuple[ListedPhrase, ...]:
    """All phrases of a file, each once, in order."""
    listed = (phrase for sheet in sheets if not sheet.is_hidden for phrase in _of_sheet(sheet))
    return tuple(dict.fromkeys(listed))[:MOST]


def cells_of(phrase: ListedPhrase, bubbles_at_most: int) -> tuple[str, ...]:
    """A phrase as a row of this program's own list."""
    return (phrase.title, *phrase.bubbles, *("" for _ in range(bubbles_at_most - len(phrase.bubbles))))


def heads_for(bubbles_at_most: int) -> tuple[str, ...]:
    """The heads of such a list."""
    return (TITLE, TEXT, *(f"{TEXT}{number}" for number in range(2, bubbles_at_most + 1)))


def _of_sheet(sheet: Sheet) -> Iterator[ListedPhrase]:
    rows = list(sheet.rows.items())
    number, title_at, texts_at = _heads(rows) or _without_heads(rows)
    for row, cells in rows:
        bubbles = tuple(cells[at].strip() for at in texts_at if cells.get(at, "").strip()) if row > number else ()
        if bubbles:
            title = cells.get(title_at, "").strip() if title_at is not None else ""
            yield ListedPhrase(title=(title or bubbles[0])[:LONGEST_TITLE], bubbles=bubbles)


def _heads(rows: Sequence[tuple[int, Mapping[int, str]]]) -> tuple[int, int | None, tuple[int, ...]] | None:
    """The row of the heads, the column of the title, and those of what is said."""
    for number, cells in rows[:ROWS_LOOKED_AT]:
        heads = {at: same_letters(head).strip() for at, head in cells.items()}
        texts = tuple(at for at, head in sorted(heads.items()) if head.rstrip("0123456789 ") in _TEXTS)
        if texts:
            return number, next((at for at, head in sorted(heads.items()) if head in _TITLES), None), texts
    return None


def _without_heads(rows: Sequence[tuple[int, Mapping[int, str]]]) -> tuple[int, int | None, tuple[int, ...]]:
    columns = sorted({at for _, cells in rows for at in cells})
    return (0, columns[0], tuple(columns[1:])) if len(columns) > 1 else (0, None, tuple(columns))
