"""What a manual looks like as a workbook: which sheets, which columns each has, and the words in them (`columns.toml`).

In code, sheets and columns go by their English keys; the columns of conditions by the names of the fields of `When`,
in the order in which staff are told of them.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from knowledge.answers.conditions import CONDITIONS
from knowledge.manual.entry import BUBBLES_PER_ANSWER
from knowledge.reasons import conditions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from knowledge.workbook.spreadsheets.sheets import RowProblem

ENTRIES, QUESTIONS, ANSWERS, FACTS, LINES = "entries", "questions", "answers", "facts", "lines"
PRODUCTS, ATTRIBUTES = "products", "attributes"

ID, TITLE, GROUP, QUESTION = "id", "title", "group", "question"
HANDS_OVER, NEEDS_PRODUCT = "hands_over", "needs_product"
NAME, VALUE, UNIT, ALIASES, OF_ENTRY = "name", "value", "unit", "aliases", "entry_title"
PRODUCT, ATTRIBUTE, WRITTEN_AS = "product", "attribute", "written_as"
BUBBLES = tuple(f"bubble_{number}" for number in range(1, BUBBLES_PER_ANSWER + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    key: str
    title: str
    width_characters: int = 14
    needed: bool = True
    also: tuple[str, ...] = ()
    """Other names that a header may have."""
    yes_or_no: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    title: str
    columns: tuple[Column, ...]
    also: tuple[str, ...] = ()

    @property
    def titles(self) -> Mapping[str, str]:
        """The columns' titles by their keys."""
        return {column.key: column.title for column in self.columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that cells may hold. The first of `yes` and of `no` is the one that is written."""

    guide: str
    remark: str
    any_product: str
    yes: tuple[str, ...]
    no: tuple[str, ...]
    units: Mapping[str, str]
    """The unit of a fact → what the workbook calls it."""
    regions_together: Mapping[str, tuple[str, ...]]


@cache
def layouts() -> Mapping[str, Layout]:
    """Every sheet of a manual by its key, in order."""
    return {key: _layout(sheet) for key, sheet in _book()["sheets"].items()}


@cache
def questions_file() -> Layout:
    """The columns of a file that only adds questions."""
    sheet = layouts()[QUESTIONS]
    return Layout(title=sheet.title, columns=tuple(column for column in sheet.columns if column.needed))


@cache
def cell_words() -> Words:
    book = _book()
    return Words(
        guide=book["guide"],
        remark=book["remark"],
        any_product=book["any_product"],
        yes=tuple(book["yes"]),
        no=tuple(book["no"]),
        units=book["units"],
        regions_together={name: tuple(provinces) for name, provinces in book["regions_together"].items()},
    )


@cache
def _book() -> Mapping[str, Any]:
    return tomllib.loads(files("knowledge.workbook").joinpath("columns.toml").read_text("utf-8"))


def _layout(sheet: Mapping[str, Any]) -> Layout:
    columns = (each for column in sheet["columns"] for each in _columns(column))
    return Layout(title=sheet["title"], columns=tuple(columns), also=tuple(sheet.get("also", ())))


def _columns(told: Mapping[str, Any]) -> Iterator[Column]:
    """One column, or those of all conditions."""
    if "conditions" not in told:
        yield _column(**told)
        return
    for cell in [cell for condition in CONDITIONS for cell in condition.cells]:
        column = conditions.columns()[cell.field]
        yield Column(key=cell.field, **{name: column[name] for name in ("title", "width_characters") if name in column})


def _column(*, key: str, also: Sequence[str] = (), **rest: Any) -> Column:  # noqa: ANN401 - as the file says
    return Column(key=key, title=_book()["titles"][key], also=tuple(also), **rest)


@cache
def attribute_titles() -> Mapping[str, str]:
    """The name of an attribute in answers → what the workbook calls it."""
    return tomllib.loads(files("knowledge").joinpath("data", "attributes.toml").read_text("utf-8"))


def in_order(problems: Sequence[RowProblem]) -> tuple[RowProblem, ...]:
    """As they stand in the workbook."""
    place = {sheet.title: number for number, sheet in enumerate(layouts().values())}
    return tuple(sorted(problems, key=lambda one: (place.get(one.sheet, -1), one.row)))
