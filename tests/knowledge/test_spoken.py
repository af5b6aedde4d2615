"""Words of a question that stand in answers."""

from __future__ import annotations

import dataclasses

import pytest

from knowledge.cutting import general_cutter
from knowledge.entry import Answer, Entry, Product, When
from knowledge.manual import starter_manual
from knowledge.spoken import Spoken


def _entry(entry_id: str, *answers: Answer) -> Entry:
    return Entry(id=entry_id, group="test", title=entry_id, questions=("怎么样",), answers=answers)


ENTRIES = (
    _entry("boarding", Answer(bubbles=("可以带上飞机，不能托运。", "满{nobody_knows}元可以寄存。"))),
    _entry(
        "postage",
        Answer(bubbles=("满49元包邮，优惠券不能用。",)),
        Answer(bubbles=("暂时不发。",), when=When(regions=frozenset({"overseas"}))),
    ),
    _entry(
        "chargers",
        Answer(bubbles=("看型号。",)),
        Answer(bubbles=("能充。",), when=When(mentions=frozenset({"Switch"}))),
    ),
    _entry(
        "ingredients",
        Answer(bubbles=("看商品页。",)),
        Answer(bubbles=("{made_of}",), when=When(products=frozenset({"*"}))),
    ),
)
PRODUCTS = (
    Product(id="soap", title="香皂", attributes={"made_of": "不含皂基和荧光剂"}),
    Product(id="mask", title="面膜", attributes={"made_of": "透明质酸"}),
)


@pytest.fixture(scope="module")
def spoken() -> Spoken:
    manual = dataclasses.replace(starter_manual(), entries=ENTRIES, products=PRODUCTS)
    return Spoken(manual, manual.entries, general_cutter())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("能托运吗", {"boarding": ("托运",)}),
        ("switch能充不", {"chargers": ("switch",)}),
        ("澳门能寄吗", {"postage": ("澳门",)}),
        ("能寄存吗", {}),  # nobody knows from what sum on
        ("杭州能寄吗", {}),
        ("满多少优惠", {}),  # as one asks in any shop
    ],
)
def test_an_answer_speaks_of_its_words_its_mentions_and_its_places(
    spoken: Spoken, words: str, found: dict[str, tuple[str, ...]]
) -> None:
    assert spoken.of(words, product_id=None) == found


def test_what_a_product_has_is_spoken_of_where_that_product_is_meant(spoken: Spoken) -> None:
    assert spoken.of("含荧光剂吗", product_id="soap") == {"ingredients": ("荧光",)}
    assert spoken.of("含荧光剂吗", product_id="mask") == spoken.of("含荧光剂吗", product_id=None) == {}
