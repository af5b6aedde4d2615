"""A manual with something in every column, and its workbook as staff give it back."""

from __future__ import annotations

import io
from datetime import date
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook, load_workbook

from knowledge.manual.entry import ANY, Answer, Entry, Fact, Line, Manual, Product, When
from knowledge.manual.files import starter_manual
from knowledge.workbook.exporting import to_workbook
from knowledge.workbook.importing import read_workbook
from knowledge.workbook.spreadsheets.reading import sheets_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from knowledge.workbook.importing import Reading

POSTAGE = Entry(
    id="postage",
    group="postage",
    title="包邮吗",
    questions=("包邮吗", "要邮费吗"),
    answers=(
        Answer(bubbles=("满{free_over}元包邮", "新疆除外")),
        Answer(
            bubbles=("要补差价",),
            when=When(
                words=frozenset({"新疆、西藏包邮吗", "偏远地区包邮吗"}),
                first_day=date(2026, 11, 1),
                last_day=date(2026, 11, 11),
                order_status=frozenset({"paid", "unpaid"}),
                products=frozenset({"sweater", ANY}),
                regions=frozenset({"remote", "新疆"}),
                clock=frozenset({"open", "before_cutoff"}),
                channels=frozenset({"taobao", "web"}),
                day=frozenset({"closed"}),
                arrives=frozenset({"in_time", "perhaps"}),
                reaches=frozenset({"free_postage", "below_bulk"}),
                knows=frozenset({"region", "delivery_days"}),
                mentions=frozenset({"偏远", "新疆、西藏"}),
                asked_at_least=2,
            ),
        ),
    ),
    hands_over=True,
    needs_product=True,
)
MANUAL = Manual(
    entries=(POSTAGE,),
    facts=(
        Fact(name="free_over", title="满多少包邮", value="99", unit="元"),
        Fact(name="gift", title="赠品", value=""),
    ),
    products=(Product(id="sweater", title="毛衣", aliases=("羊毛衫", "针织衫"), attributes={"size": "S到L"}),),
    lines=(Line(id="welcome", title="欢迎语", bubbles=("您好", "请讲")),),
)


def edited(change: Callable[[Workbook], object], manual: Manual = MANUAL) -> bytes:
    """The exported workbook after somebody has changed it in Excel."""
    workbook = load_workbook(io.BytesIO(to_workbook(manual)))
    change(workbook)
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    file = io.BytesIO()
    workbook.save(file)
    return file.getvalue()


def with_cell(sheet: str, cell: str, value: Any) -> bytes:
    def put(workbook: Any) -> None:
        workbook[sheet][cell] = value

    return edited(put)


def imported(data: bytes) -> Manual:
    return reading_of(data).checked()


def reading_of(data: bytes) -> Reading:
    return read_workbook(sheets_of(data, name="手册.xlsx"), instead=starter_manual())
