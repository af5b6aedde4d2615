from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from bot.dialogue.reasons import in_words
from knowledge.answers.conditions import named_by
from knowledge.entities.regions import REGION_GROUPS, provinces
from knowledge.manual.entry import (
    ANY,
    ARRIVALS,
    CLOCK_STATES,
    DAY_STATES,
    ORDER_STATUSES,
    REACHES,
    Answer,
    Entry,
    Fact,
    Line,
    Manual,
    Product,
    When,
)
from knowledge.manual.files import starter_manual
from knowledge.workbook.exporting import LINE_POINTS, to_workbook
from knowledge.workbook.spreadsheets.sheets import BadSpreadsheet
from tests.workbooks import MANUAL, POSTAGE, imported

SHEETS = ("条目", "问法", "回答", "资料", "商品", "商品属性", "机器人用语")

# Both ways


def test_a_manual_comes_back_as_it_went_out() -> None:
    assert imported(to_workbook(MANUAL)) == MANUAL
    assert imported(to_workbook(Manual())) == Manual()


def test_the_starter_manual_comes_back_as_it_went_out() -> None:
    assert imported(to_workbook(starter_manual())) == starter_manual()


ANYTHING = st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")


def trimmed(characters: st.SearchStrategy[str] = ANYTHING) -> st.SearchStrategy[str]:
    return st.text(characters, min_size=1, max_size=20).map(str.strip).filter(bool)


LINE = trimmed(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))
WORD = LINE | st.sampled_from(("、", "“", "”", "“a”", "“a、”b", "“a、b”", "””、“", "a、 b", "a，b"))
CHANNEL = trimmed(st.characters(categories=["L", "N"], include_characters="-_"))
NAME = st.from_regex(r"[^\W\d]\w{0,8}", fullmatch=True)
BUBBLES = st.lists(
    trimmed() | st.sampled_from(("=1+1", "+", "-", "@x", "#N/A", "0012", "_x000D_", "a\r\nb")), min_size=1, max_size=3
).map(tuple)


def some(*values: str) -> st.SearchStrategy[frozenset[Any]]:
    return st.frozensets(st.sampled_from(values), max_size=3)


@st.composite
def whens(draw: st.DrawFn, products: list[str]) -> When:
    first, last = sorted(draw(st.lists(st.dates(), min_size=2, max_size=2)))
    return When(
        words=draw(st.frozensets(WORD, max_size=2)),
        first_day=draw(st.sampled_from((None, first))),
        last_day=draw(st.sampled_from((None, last))),
        order_status=draw(some(*ORDER_STATUSES)),
        products=draw(some(*products, ANY)),
        regions=draw(some(*provinces(), *REGION_GROUPS, "国外")),
        clock=draw(some(*CLOCK_STATES)),
        channels=draw(st.frozensets(CHANNEL, max_size=2)),
        day=draw(some(*DAY_STATES)),
        arrives=draw(some(*ARRIVALS)),
        reaches=draw(some(*REACHES)),
        knows=draw(st.frozensets(NAME, max_size=2)),
        mentions=draw(st.frozensets(WORD, max_size=2)),
        asked_at_least=draw(st.integers(1, 9)),
    )


@st.composite
def manuals(draw: st.DrawFn) -> Manual:
    products = draw(st.lists(WORD, max_size=2, unique=True))
    entries = draw(st.lists(trimmed(), max_size=2, unique=True))
    return Manual(
        entries=tuple(
            Entry(
                id=entry,
                group=draw(st.just("") | trimmed()),
                title=draw(trimmed()),
                questions=tuple(draw(st.lists(trimmed(), min_size=1, max_size=3))),
                answers=(
                    *(
                        Answer(bubbles=draw(BUBBLES), when=draw(whens(products)))
                        for _ in range(draw(st.integers(0, 2)))
                    ),
                    Answer(bubbles=draw(BUBBLES)),
                ),
                hands_over=draw(st.booleans()),
                needs_product=draw(st.booleans()),
            )
            for entry in entries
        ),
        facts=tuple(
            Fact(
                name=name,
                title=draw(trimmed()),
                value=draw(st.just("") | trimmed()),
                unit=draw(st.just("") | trimmed()),
            )
            for name in draw(st.lists(NAME, max_size=2, unique=True))
        ),
        products=tuple(
            Product(
                id=product,
                title=draw(trimmed()),
                aliases=tuple(draw(st.lists(WORD, max_size=2))),
                attributes=draw(st.dictionaries(NAME, st.just("") | trimmed(), max_size=2)),
            )
            for product in products
        ),
        lines=tuple(
            Line(id=line, title=draw(trimmed()), bubbles=draw(BUBBLES))
            for line in draw(st.lists(trimmed(), max_size=2, unique=True))
        ),
    )


@given(manuals())
@settings(max_examples=80)
def test_any_manual_at_all_comes_back_as_it_went_out(manual: Manual) -> None:
    assert imported(to_workbook(manual)) == manual


# What staff see


def test_the_workbook_has_a_guide_a_frozen_header_and_wide_columns() -> None:
    workbook = load_workbook(io.BytesIO(to_workbook(MANUAL)))
    assert tuple(workbook.sheetnames) == ("说明", *SHEETS)
    for title in SHEETS:
        assert workbook[title].freeze_panes == ("C2" if title in {"问法", "回答"} else "A2")
        assert workbook[title].column_dimensions["A"].width > 20
    assert workbook["问法"]["C1"].value == "问法"
    assert workbook["条目"].data_validations.count == 2


def test_rows_are_as_high_as_their_texts() -> None:
    long = dataclasses.replace(MANUAL.entries[0], answers=(Answer(bubbles=("好" * 100,)), *MANUAL.entries[0].answers))
    sheet = load_workbook(io.BytesIO(to_workbook(dataclasses.replace(MANUAL, entries=(long,)))))["回答"]
    assert sheet["Q2"].alignment.wrap_text
    assert sheet.row_dimensions[2].height == 5 * LINE_POINTS
    assert sheet.row_dimensions[3].height == LINE_POINTS


def test_units_and_attributes_are_named_in_chinese_with_what_answers_write() -> None:
    facts = (
        Fact(name="cutoff", title="截单", value="16:00", unit="HH:MM"),
        Fact(name="days", title="天", value="3", unit="天"),
    )
    tea = Product(id="tea", title="茶", attributes={"price": "9元", "年份": "2026"})
    manual = dataclasses.replace(MANUAL, facts=facts, products=(*MANUAL.products, tea))
    workbook = load_workbook(io.BytesIO(to_workbook(manual)))
    assert [cell.value for cell in workbook["资料"]["D"]] == ["单位", "几点（写成 16:00）", "天"]
    assert [[cell.value for cell in row] for row in workbook["商品属性"]["B3:D4"]] == [
        ["价格", "9元", "{price}"],
        ["年份", "2026", "{年份}"],
    ]
    assert imported(to_workbook(manual)) == manual


def test_conditions_are_written_in_words() -> None:
    sheet = load_workbook(io.BytesIO(to_workbook(MANUAL)))["回答"]
    assert [cell.value for cell in sheet[3]][2:16] == [
        "偏远地区包邮吗\n“新疆、西藏包邮吗”",
        "2026-11-01",
        "2026-11-11",
        "已付款、未付款",
        "sweater\n任意商品",
        "偏远\n“新疆、西藏”",
        "偏远地区、新疆",
        "截单前、营业中",
        "taobao、web",
        "休息日",
        "来得及、说不准",
        "不够团购、够包邮",
        "delivery_days、region",
        "2",
    ]


def test_the_workbook_and_the_why_use_the_same_words_for_conditions() -> None:
    everything = When(
        order_status=frozenset(ORDER_STATUSES),
        clock=frozenset(CLOCK_STATES),
        regions=frozenset(REGION_GROUPS),
        day=frozenset(DAY_STATES),
        arrives=frozenset(ARRIVALS),
        reaches=frozenset(REACHES),
    )
    manual = Manual(
        entries=(
            Entry(
                id="x",
                group="",
                title="x",
                questions=("x",),
                answers=(*POSTAGE.answers[:1], Answer(bubbles=("x",), when=everything)),
            ),
        )
    )
    sheet = load_workbook(io.BytesIO(to_workbook(manual)))["回答"]
    for cell in (sheet["F3"], sheet["I3"], sheet["J3"], sheet["L3"], sheet["M3"], sheet["N3"]):
        assert all(word in in_words(named_by(everything).said, "zh") for word in cell.value.split("、"))


@pytest.mark.parametrize(
    "text", ["=1+1", '=HYPERLINK("http://x")', "+86", "-5", "@sum", "+", "-", "#N/A", "0012", "1e5"]
)
def test_a_text_that_looks_like_a_formula_is_written_as_text(text: str) -> None:
    manual = Manual(facts=(Fact(name="x", title="x", value=text),))
    cell = load_workbook(io.BytesIO(to_workbook(manual)))["资料"]["C2"]
    assert (cell.data_type, cell.value, cell.number_format) == ("s", text, "@")
    assert cell.quotePrefix or text[0] not in "=+-@"
    assert imported(to_workbook(manual)) == manual


def test_what_no_file_can_hold_is_left_out() -> None:
    manual = Manual(facts=(Fact(name="x", title="x", value="a\ud800b\uffff"),))
    assert imported(to_workbook(manual)).facts[0].value == "ab"


def test_a_text_too_long_for_a_cell_is_refused_by_name() -> None:
    with pytest.raises(BadSpreadsheet, match="工作表“资料”第 2 行“内容”列：有 32768 个字"):
        to_workbook(Manual(facts=(Fact(name="x", title="x", value="长" * 32768),)))
