"""An entry that makes no sense refuses to exist, and says everything that is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from adapters import contract
from knowledge.manual.entry import ORDER_STATUSES, Answer, BadEntry, Entry, Fact, Line, Product, When

if TYPE_CHECKING:
    from collections.abc import Callable

ANYWAY = Answer(bubbles=("满59元包邮。",))


def problems_of(make: Callable[[], object]) -> tuple[str, ...]:
    with pytest.raises(BadEntry) as refused:
        make()
    told = tuple(map(str, refused.value.problems))
    assert str(refused.value) == "; ".join(told)
    return told


def test_an_entry_with_a_question_and_a_default_answer_may_exist() -> None:
    for_one_product = Answer(bubbles=("满99元包邮。",), when=When(products=frozenset({"thermos-500"})))
    entry = Entry(
        id="free-postage", group="postage", title="包不包邮", questions=("包邮吗",), answers=(for_one_product, ANYWAY)
    )
    assert entry.answers[1].when == When()


def test_an_empty_entry_names_all_that_it_lacks() -> None:
    assert problems_of(lambda: Entry(id=" ", group="", title="", questions=(), answers=())) == (
        "没有编号",
        "没有标题",
        "没有问法：至少写一句买家会怎么问",
        "没有回答",
    )


def test_an_entry_needs_an_answer_for_when_no_condition_holds() -> None:
    paid = Answer(bubbles=("今天发。",), when=When(order_status=frozenset({"paid"})))
    problems = problems_of(
        lambda: Entry(id="dispatch-time", group="dispatch", title="发货", questions=("发货吗", " "), answers=(paid,))
    )
    assert problems == ("第 2 个问法是空的", "没有兜底回答：要有一条不带任何条件的回答")


def test_an_answer_has_one_to_three_bubbles_and_none_is_empty() -> None:
    assert problems_of(lambda: Answer(bubbles=())) == ("没有内容：至少写一条消息",)
    assert problems_of(lambda: Answer(bubbles=("一", "二", "三", "\n"))) == (
        "有 4 条消息，不能超过 3 条",
        "第 4 条消息是空的",
    )


def test_conditions_that_can_never_hold_are_refused_together() -> None:
    problems = problems_of(
        lambda: When(
            first_day=date(2026, 11, 11),
            last_day=date(2026, 11, 1),
            asked_at_least=0,
            order_status=frozenset({"payed", "paid"}),
            clock=frozenset({"night"}),  # type: ignore[arg-type]  # a mistake on purpose
            day=frozenset({"sunday"}),  # type: ignore[arg-type]  # another one
            arrives=frozenset({"soon"}),  # type: ignore[arg-type]  # another one
            reaches=frozenset({"much"}),  # type: ignore[arg-type]  # another one
            knows=frozenset({"1 size"}),
            mentions=frozenset({"颜色", " "}),
        )
    )
    assert problems == (
        "结束日期 2026-11-01 早于开始日期 2026-11-11",
        "“问到第几次”要从 1 开始",
        "“提到”的词不能是空的",
        "不认识的订单状态“payed”，可以用：unpaid、paid、shipped、signed、refunding、closed",
        "不认识的时间条件“night”，可以用：before_cutoff、after_cutoff、closed_day、open、closed",
        "不认识的日子条件“sunday”，可以用：working、closed",
        "不认识的到货条件“soon”，可以用：in_time、perhaps、late",
        "不认识的金额数量条件“much”，可以用：free_postage、below_free_postage、bulk、below_bulk",
        "要知道的内容“1 size”只能用文字、数字和下划线，不能以数字开头",
    )


def test_one_day_and_an_open_end_are_dates_that_can_hold() -> None:
    day = date(2026, 11, 11)
    assert When(first_day=day, last_day=day).last_day == day
    assert When(last_day=day).first_day is None


def test_order_states_are_those_that_the_adapters_report() -> None:
    assert set(ORDER_STATUSES) == set(contract.ORDER_STATUSES)


def test_a_facts_name_can_stand_between_braces() -> None:
    assert Fact(name="免邮门槛", title="满多少包邮", value="59").value == "59"
    assert problems_of(lambda: Fact(name="free postage", title="", value="59")) == (
        "资料名“free postage”只能用文字、数字和下划线，不能以数字开头",
        "没有标题",
    )


def test_a_list_fact_is_split_at_commas_of_any_kind() -> None:
    assert Fact(name="remote_regions", title="偏远地区", value="新疆、 西藏，内蒙古,,青海").items == (
        "新疆",
        "西藏",
        "内蒙古",
        "青海",
    )


def test_a_product_has_names_that_can_be_said_and_attributes_that_can_be_used() -> None:
    problems = problems_of(lambda: Product(id="", title="", aliases=("杯子", ""), attributes={"2nd": "x"}))
    assert problems == (
        "没有编号",
        "没有名称",
        "第 2 个叫法是空的",
        "属性名“2nd”只能用文字、数字和下划线，不能以数字开头",
    )


def test_a_line_is_checked_like_an_answer() -> None:
    assert problems_of(lambda: Line(id="", title="", bubbles=("",))) == ("没有编号", "没有标题", "第 1 条消息是空的")
