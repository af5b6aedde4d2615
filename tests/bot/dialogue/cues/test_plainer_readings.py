from __future__ import annotations

import pytest

from bot.dialogue.cues.plainer_readings import plainer
from knowledge.entities.extract import notice
from knowledge.entities.names import names_in
from knowledge.language.normalisation import fold
from knowledge.manual.entry import Product

PRODUCTS = (Product(id="cup", title="马克杯", aliases=("杯子",)),)


@pytest.mark.parametrize(
    ("words", "readings"),
    [
        ("周五能发吗", ("明天能发",)),
        ("我买80块包邮吗", ("包邮",)),
        ("买12个杯子多少钱", ("买杯子多少钱",)),
        ("订单号是234567890123456789到哪了", ("订单号到哪了",)),
        ("1.7m 65kg穿什么码", ("身高体重穿什么码",)),
        ("寄到喀什几天", ("寄到新疆几天", "寄到几天")),
        ("新疆几天到", ("几天到",)),
        ("YT0000000000001到哪了", ("到哪了",)),
        ("6个装的杯子能便宜吗", ("杯子能便宜",)),
    ],
)
def test_a_question_without_the_very_things_it_names(words: str, readings: tuple[str, ...]) -> None:
    said = fold(words)
    assert plainer(said, notice(words, products=PRODUCTS), names_in(said, products=PRODUCTS)) == readings


@pytest.mark.parametrize("words", ["包邮吗", "杯子多少钱", "昨天发了吗", "第3个杯子", "新疆"])
def test_a_question_that_names_nothing_of_the_kind_stays_as_it_is(words: str) -> None:
    said = fold(words)
    assert plainer(said, notice(words, products=PRODUCTS), names_in(said, products=PRODUCTS)) == ()
