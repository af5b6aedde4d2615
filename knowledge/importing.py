"""The workbook that staff edited, or CSV files like it, as a manual again; example questions from a CSV file.

A file is taken whole or not at all: `BadSpreadsheet` names every bad row at once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar, cast

from knowledge.columns import (
    ALIASES,
    ANY_PRODUCT,
    ARRIVAL_WORDS,
    ARRIVES,
    ASKED,
    ATTRIBUTE,
    CHANNEL,
    CLOCK,
    CLOCK_WORDS,
    DAY,
    DAY_WORDS,
    FIRST_DAY,
    GROUP,
    GROUP_WORDS,
    HANDS_OVER,
    ID,
    KNOWS,
    LAST_DAY,
    LAYOUTS,
    MENTIONS,
    NAME,
    NEEDS_PRODUCT,
    PRODUCT,
    QUESTION,
    QUESTIONS_CSV,
    REACH_WORDS,
    REACHES,
    REGION,
    STATUS,
    STATUS_WORDS,
    TITLE,
    UNIT,
    VALUE,
    WORDS,
    Layout,
    stop_at,
)
from knowledge.entry import ANY, Answer, Entry, Fact, Line, Manual, Product, When
from knowledge.regions import place_in, region_names
from knowledge.rows import APART, Row, by_name, by_owner, read_table
from knowledge.sheets import RowProblem, rows_of_csv, sheets_of_workbook

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from knowledge.entry import Arrival, ClockState, DayState, Reach
    from knowledge.sheets import Rows

T = TypeVar("T")
_UNREAD = Answer(bubbles=("—",))
"""Stands in for an answer whose problems are noted already, so that its entry is still checked for the rest."""


def from_workbook(data: bytes, *, name: str) -> Manual:
    """Read a workbook that `to_workbook` wrote and staff edited. `name` is the file's name, for messages.

    Raises `BadSpreadsheet` with every problem of every row; then nothing of it counts.
    """
    return _manual(sheets_of_workbook(data, name=name))


def questions_from_csv(
    data: bytes, *, name: str, known: Collection[str] | None = None, blank_entry: bool = False
) -> tuple[tuple[str, str], ...]:
    """The (entry id, example question) pairs of a CSV file with the columns `entry,question`, in its order.

    `known`: the entries that may be named; any when None. `blank_entry`: a line may leave its entry empty, which means
    that nobody should answer it. Raises `BadSpreadsheet` with every bad row.
    """
    problems: list[RowProblem] = []
    rows = read_table(QUESTIONS_CSV, rows_of_csv(data, name=name), problems, sheet=name, strict=False)
    for row in rows:
        if not row.text(ID) and not blank_entry:
            row.note(ID, "没有写是哪一条的问法")
        if row.text(ID) and known is not None and row.text(ID) not in known:
            row.note(ID, f"没有编号是“{row.text(ID)}”的条目")
        if not row.text(QUESTION):
            row.note(QUESTION, "没有写问法")
    stop_at(problems)
    return tuple((row.text(ID), row.text(QUESTION)) for row in rows)


def with_questions(manual: Manual, pairs: Iterable[tuple[str, str]], *, instead: bool = False) -> Manual:
    """The manual with more example questions; `instead`: in place of the old ones of every entry that is named."""
    asked: dict[str, dict[str, None]] = {}
    for entry_id, question in pairs:
        asked.setdefault(entry_id, {})[question] = None
    return replace(
        manual,
        entries=tuple(
            replace(entry, questions=tuple(dict.fromkeys((*(() if instead else entry.questions), *asked[entry.id]))))
            if entry.id in asked
            else entry
            for entry in manual.entries
        ),
    )


def _manual(sheets: Mapping[str, Rows]) -> Manual:
    problems: list[RowProblem] = []
    tables = {title: _table_of(title, layout, sheets, problems) for title, layout in LAYOUTS.items()}
    stop_at(problems)
    entries, products = by_name(tables["条目"], ID), by_name(tables["商品"], ID)
    questions, answers = (by_owner(tables[title], ID, entries) for title in ("问法", "回答"))
    attributes = by_owner(tables["商品属性"], PRODUCT, products)
    manual = Manual(
        entries=_made(_entry(row, questions[id_], answers[id_], products) for id_, row in entries.items()),
        facts=_made(_fact(row) for row in by_name(tables["资料"], NAME).values()),
        products=_made(_product(row, attributes[id_]) for id_, row in products.items()),
        lines=_made(_line(row) for row in by_name(tables["机器人用语"], ID).values()),
    )
    stop_at(problems)
    return manual


def _table_of(title: str, layout: Layout, sheets: Mapping[str, Rows], problems: list[RowProblem]) -> tuple[Row, ...]:
    found = next((name for name in (title, *layout.also) if name in sheets), None)
    if found is None:
        problems.append(RowProblem(sheet=title, row=0, column="", problem="没有这个工作表"))
        return ()
    return read_table(layout, sheets[found], problems, sheet=found, strict=True)


def _made(values: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(value for value in values if value is not None)


def _entry(row: Row, questions: list[Row], answers: list[Row], products: Collection[str]) -> Entry | None:
    for asked in questions:
        if not asked.text(QUESTION):
            asked.note(QUESTION, "没有写问法")
    return row.make(
        lambda: Entry(
            id=row.text(ID),
            group=row.text(GROUP),
            title=row.text(TITLE),
            questions=tuple(asked.text(QUESTION) or "—" for asked in questions),
            answers=tuple(_answer(answer, products) or _UNREAD for answer in answers),
            hands_over=row.flag(HANDS_OVER),
            needs_product=row.flag(NEEDS_PRODUCT),
        )
    )


def _answer(row: Row, products: Collection[str]) -> Answer | None:
    when = row.make(
        lambda: When(
            words=frozenset(row.lines(WORDS)),
            first_day=row.day(FIRST_DAY),
            last_day=row.day(LAST_DAY),
            order_status=row.codes(STATUS, STATUS_WORDS),
            products=_products(row, products),
            regions=_regions(row),
            clock=cast("frozenset[ClockState]", row.codes(CLOCK, CLOCK_WORDS)),
            channels=frozenset(row.parts(CHANNEL)),
            day=cast("frozenset[DayState]", row.codes(DAY, DAY_WORDS)),
            arrives=cast("frozenset[Arrival]", row.codes(ARRIVES, ARRIVAL_WORDS)),
            reaches=cast("frozenset[Reach]", row.codes(REACHES, REACH_WORDS)),
            knows=frozenset(row.parts(KNOWS)),
            mentions=frozenset(row.lines(MENTIONS)),
            asked_at_least=row.number_of_times(ASKED),
        )
    )
    return row.make(lambda: Answer(bubbles=row.bubbles(), when=when or When()))


def _products(row: Row, known: Collection[str]) -> frozenset[str]:
    named = [
        part.strip()
        for line in row.lines(PRODUCT)
        for part in ((line,) if line in known else APART.split(line))
        if part.strip()
    ]
    for product in named:
        if product not in known and product not in {ANY_PRODUCT, ANY}:
            row.note(PRODUCT, f"没有编号是“{product}”的商品；每款商品都行就写“{ANY_PRODUCT}”")
    return frozenset(ANY if product == ANY_PRODUCT else product for product in named)


def _regions(row: Row) -> frozenset[str]:
    return frozenset(_region(row, part) for part in row.parts(REGION))


def _region(row: Row, said: str) -> str:
    if said in region_names() or said in GROUP_WORDS.values():
        return said
    place = place_in(said)
    if place is not None and place.city is None and (place.start, place.end) == (0, len(said)):
        return place.region
    if said not in GROUP_WORDS:
        row.note(REGION, f"不认识“{said}”，可以写省份的简称（如 新疆），或{'、'.join(GROUP_WORDS)}")
    return GROUP_WORDS.get(said, said)


def _fact(row: Row) -> Fact | None:
    return row.make(
        lambda: Fact(name=row.text(NAME), title=row.text(TITLE), value=row.text(VALUE), unit=row.text(UNIT))
    )


def _product(row: Row, attributes: list[Row]) -> Product | None:
    named = by_name(attributes, ATTRIBUTE)
    return row.make(
        lambda: Product(
            id=row.text(ID),
            title=row.text(NAME),
            aliases=row.lines(ALIASES),
            attributes={name: attribute.text(VALUE) for name, attribute in named.items()},
        )
    )


def _line(row: Row) -> Line | None:
    return row.make(lambda: Line(id=row.text(ID), title=row.text(TITLE), bubbles=row.bubbles()))
