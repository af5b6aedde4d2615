from __future__ import annotations

import pytest

from knowledge.entities.names import Names, names_in, product_in
from knowledge.language.normalisation import fold
from knowledge.manual.entry import Product

SWEATER = Product(id="wool-sweater", title="圆领羊毛衫", aliases=("羊毛衫", "毛衣", "wool sweater"))
THERMOS = Product(id="thermos", title="316不锈钢保温杯500ml", aliases=("保温杯", "杯子", "cup"))
EARPHONES = Product(id="earphones", title="无线耳机", aliases=("耳机", "蓝牙耳机"))
PRODUCTS = (SWEATER, THERMOS, EARPHONES)


@pytest.mark.parametrize(
    ("text", "product_id"),
    [
        ("毛衣会起球吗", "wool-sweater"),
        ("圆领羊毛衫有货吗", "wool-sweater"),
        ("is the Wool Sweater in stock", "wool-sweater"),
        ("wool sweaters?", "wool-sweater"),
        ("这个杯子保温多久", "thermos"),
        ("two cups please", "thermos"),
        ("蓝牙耳机和毛衣一起发吗", "earphones"),
        ("cupboard", None),
        ("裤子有吗", None),
    ],
)
def test_a_product_is_named_by_title_or_alias_and_the_longest_name_wins(text: str, product_id: str | None) -> None:
    assert product_in(fold(text), PRODUCTS) == product_id


def test_a_name_that_two_products_share_names_neither() -> None:
    other = Product(id="glass", title="玻璃杯", aliases=("杯子",))
    assert product_in("杯子多少钱", (THERMOS, other)) is None
    assert product_in("玻璃杯多少钱", (THERMOS, other)) == "glass"


def test_an_alias_of_nothing_but_punctuation_names_nothing() -> None:
    assert product_in("有货吗", (Product(id="x", title="毛巾", aliases=("!!",)),)) is None


def test_the_names_in_a_question_and_the_question_without_them() -> None:
    names = names_in("发顺丰到新疆的保温杯多少钱", products=(THERMOS,))
    assert names == ("保温杯", "新疆", "顺丰")
    assert names.without("发顺丰到新疆的保温杯多少钱") == "发 到 的 多少钱"
    assert names_in("多少钱", products=(THERMOS,)) == ("", "", "")


def test_names_take_the_place_of_others_of_their_kind() -> None:
    asked = names_in("新疆包邮", products=())
    assert Names(place="西藏").instead_of(asked, "新疆包邮") == "西藏包邮"
    assert Names(courier="顺丰").instead_of(asked, "新疆包邮") == "顺丰新疆包邮"


def test_a_question_as_one_asks_it_who_has_the_product_before_him() -> None:
    assert names_in("这款保温杯漏水", products=(THERMOS,)).without_product("这款保温杯漏水") == "漏水"
    assert Names().without_product("漏水") == "漏水"
