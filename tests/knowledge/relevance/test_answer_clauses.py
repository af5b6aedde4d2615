"""What answers say, cut into clauses."""

from __future__ import annotations

import dataclasses

import pytest

from knowledge.manual.entry import Answer, Entry, Fact, Manual, Product, When
from knowledge.relevance.answer_clauses import MOST, clauses_of

MANUAL = Manual(
    facts=(Fact(name="free_from", title="包邮", value="49"), Fact(name="nobody_set", title="未填", value="")),
    products=(
        Product(id="soap", title="香皂", attributes={"made_of": "不含皂基和荧光剂"}),
        Product(id="mask", title="面膜", attributes={"made_of": "透明质酸"}),
    ),
)


def clauses(*bubbles: str, when: When | None = None) -> tuple[str, ...]:
    always = Answer(bubbles=("看商品页",))
    answers = (always, Answer(bubbles=bubbles, when=when)) if when else (Answer(bubbles=bubbles),)
    entry = Entry(id="e", group="g", title="t", questions=("q",), answers=answers)
    return clauses_of(MANUAL, entry)


@pytest.mark.parametrize(
    ("bubble", "found"),
    [
        ("可以带上飞机，不能托运。放心！", ("可以带上飞机", "不能托运")),
        ("先烧开半小时\n倒掉再清水烧两次", ("先烧开半小时", "倒掉再清水烧两次")),
        ("满{free_from}元包邮；新疆除外", ("满49元包邮", "新疆除外")),
        ("满{nobody_set}元包邮；新疆除外", ("新疆除外",)),
        ("成分：{made_of}", ("成分：不含皂基和荧光剂", "成分：透明质酸")),
        ("😀😀", ()),
    ],
)
def test_an_answer_is_cut_where_it_pauses(bubble: str, found: tuple[str, ...]) -> None:
    assert clauses(bubble) == found


def test_every_answer_counts_and_nothing_twice() -> None:
    assert clauses("能充电的", "能充电的", when=When(mentions=frozenset({"switch"}))) == ("看商品页", "能充电的")


def test_no_more_than_the_first_of_a_long_answer() -> None:
    long = "，".join(f"第{number}步这样做" for number in range(MOST * 2))
    assert len(clauses(long)) == MOST


def test_a_manual_without_products_fills_from_facts_alone() -> None:
    entry = Entry(id="e", group="g", title="t", questions=("q",), answers=(Answer(bubbles=("成分：{made_of}",)),))
    assert clauses_of(dataclasses.replace(MANUAL, products=()), entry) == ()
