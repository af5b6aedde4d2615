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
    REGIONS_TOGETHER,
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
from knowledge.rows import APART, Row, by_name, by_owner, note_lost, read_table
from knowledge.sheets import RowProblem, rows_of_csv, sheets_of_workbook

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from knowledge.entry import Arrival, ClockState, DayState, Reach
    from knowledge.sheets import Rows

T = TypeVar("T")
_STAND_ALONE = ("条目", "问法", "回答")
"""Sheets whose bad rows may be left out, and what is wrong with the rest of the manual is wrong all the same."""
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
    checked = {row.sheet for title in _STAND_ALONE for row in tables[title]}
    stop_at(problems)
    entries, products = by_name(tables["条目"], ID), by_name(tables["商品"], ID)
    called = _called(products)
    lost_entries, lost_products = dict[str, list[Row]](), dict[str, list[Row]]()
    same = {entry: entry for entry in entries}
    questions, answers = (by_owner(tables[title], ID, same, lost_entries) for title in ("问法", "回答"))
    clear = [row for row in tables["商品属性"] if _is_clear(row, row.text(PRODUCT), called)]
    attributes = by_owner(clear, PRODUCT, {name: ids[0] for name, ids in called.items()}, lost_products)
    note_lost(lost_entries, ID, owner_sheet="条目")
    note_lost(lost_products, PRODUCT, owner_sheet="商品")
    manual = Manual(
        entries=_made(_entry(row, questions[id_], answers[id_], called) for id_, row in entries.items()),
        facts=_made(_fact(row) for row in by_name(tables["资料"], NAME).values()),
        products=_made(_product(row, attributes[id_]) for id_, row in products.items()),
        lines=_made(_line(row) for row in by_name(tables["机器人用语"], ID).values()),
    )
    stop_at(problems, manual=manual if all(each.sheet in checked for each in problems) else None)
    return manual


def _table_of(title: str, layout: Layout, sheets: Mapping[str, Rows], problems: list[RowProblem]) -> tuple[Row, ...]:
    found = next((name for name in (title, *layout.also) if name in sheets), None)
    if found is None:
        problems.append(RowProblem(sheet=title, row=0, column="", problem="没有这个工作表"))
        return ()
    return read_table(layout, sheets[found], problems, sheet=found, strict=True)


def _made(values: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(value for value in values if value is not None)


def _entry(row: Row, questions: list[Row], answers: list[Row], called: Mapping[str, Sequence[str]]) -> Entry | None:
    for asked in questions:
        if not asked.text(QUESTION):
            asked.note(QUESTION, "没有写问法")
    return row.make(
        lambda: Entry(
            id=row.text(ID),
            group=row.text(GROUP),
            title=row.text(TITLE),
            questions=tuple(asked.text(QUESTION) or f"—{row.text(ID)}" for asked in questions),
            answers=tuple(_answer(answer, called) or _UNREAD for answer in answers),
            hands_over=row.flag(HANDS_OVER),
            needs_product=row.flag(NEEDS_PRODUCT),
        )
    )


def _answer(row: Row, called: Mapping[str, Sequence[str]]) -> Answer | None:
    """The answer of a row; None when anything in it is a problem."""
    when = row.make(
        lambda: When(
            words=frozenset(row.words(WORDS)),
            first_day=row.day(FIRST_DAY),
            last_day=row.day(LAST_DAY),
            order_status=row.codes(STATUS, STATUS_WORDS),
            products=_products(row, called),
            regions=_regions(row),
            clock=cast("frozenset[ClockState]", row.codes(CLOCK, CLOCK_WORDS)),
            channels=frozenset(row.parts(CHANNEL)),
            day=cast("frozenset[DayState]", row.codes(DAY, DAY_WORDS)),
            arrives=cast("frozenset[Arrival]", row.codes(ARRIVES, ARRIVAL_WORDS)),
            reaches=cast("frozenset[Reach]", row.codes(REACHES, REACH_WORDS)),
            knows=frozenset(row.parts(KNOWS)),
            mentions=frozenset(row.words(MENTIONS)),
            asked_at_least=row.number_of_times(ASKED),
        )
    )
    made = row.make(lambda: Answer(bubbles=row.bubbles(), when=when or When()))
    return None if row.has_problems() else made


def _called(products: Mapping[str, Row]) -> dict[str, tuple[str, ...]]:
    """The ids of the products that each name may mean: an id means its own product, whatever else is called so."""
    ids: dict[str, tuple[str, ...]] = {}
    for id_, row in products.items():
        for name in {row.text(NAME), *row.words(ALIASES)}:
            ids[name] = (*ids.get(name, ()), id_)
    return {**ids, **{id_: (id_,) for id_ in products}}


def _is_clear(row: Row, said: str, called: Mapping[str, Sequence[str]]) -> bool:
    meant = called.get(said, ())
    if len(meant) > 1:
        row.note(PRODUCT, f"“{said}”是 {'、'.join(meant)} 都有的名字：写商品的编号")
    return len(meant) <= 1


def _products(row: Row, called: Mapping[str, Sequence[str]]) -> frozenset[str]:
    named = [
        part.strip()
        for line in map(str.strip, row.text(PRODUCT).split("\n"))
        for part in ((line,) if line in called else APART.split(line))
        if part.strip()
    ]
    return frozenset(product for said in named if (product := _product_meant(row, said, called)) is not None)


def _product_meant(row: Row, said: str, called: Mapping[str, Sequence[str]]) -> str | None:
    if said in {ANY_PRODUCT, ANY}:
        return ANY
    if not called.get(said):
        row.note(PRODUCT, f"没有编号、名称或别名是“{said}”的商品；每款商品都行就写“{ANY_PRODUCT}”")
        return None
    return called[said][0] if _is_clear(row, said, called) else None


def _regions(row: Row) -> frozenset[str]:
    said = (part for each in row.parts(REGION) for part in REGIONS_TOGETHER.get(each, (each,)))
    return frozenset(_region(row, part) for part in said)


def _region(row: Row, said: str) -> str:
    if said in region_names() or said in GROUP_WORDS.values():
        return said
    place = place_in(said)
    if place is not None and place.city is None and (place.start, place.end) == (0, len(said)):
        return place.region
    if said not in GROUP_WORDS:
        row.note(
            REGION, f"不认识“{said}”，可以写省份的简称（如 新疆），或{'、'.join((*GROUP_WORDS, *REGIONS_TOGETHER))}"
        )
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
            aliases=row.words(ALIASES),
            attributes={name: attribute.text(VALUE) for name, attribute in named.items()},
        )
    )


def _line(row: Row) -> Line | None:
    return row.make(lambda: Line(id=row.text(ID), title=row.text(TITLE), bubbles=row.bubbles()))
