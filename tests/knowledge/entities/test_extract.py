from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.entities.extract import Named, notice
from knowledge.entities.names import names_in
from knowledge.language.normalisation import fold
from knowledge.manual.entry import Product

SWEATER = Product(id="wool-sweater", title="圆领羊毛衫", aliases=("羊毛衫", "毛衣", "wool sweater"))
THERMOS = Product(id="thermos", title="316不锈钢保温杯500ml", aliases=("保温杯", "杯子", "cup"))
EARPHONES = Product(id="earphones", title="无线耳机", aliases=("耳机", "蓝牙耳机"))
TEA = Product(id="tea", title="云南普洱茶饼")
PRODUCTS = (SWEATER, THERMOS, EARPHONES, TEA)


def named(text: str) -> Named:
    return notice(text, products=PRODUCTS)


def test_a_message_that_names_nothing_names_nothing() -> None:
    assert named("包邮吗") == Named()
    assert named("") == Named()


def test_one_message_can_name_several_things() -> None:
    assert named("亲，那件羊毛衫我买3件寄到新疆喀什发顺丰，周五前能到吗？满199元包邮不") == Named(
        region="新疆",
        city="喀什",
        product_id="wool-sweater",
        courier="顺丰",
        amount_yuan=Decimal(199),
        quantity=3,
        day="周五前",
    )


def test_traditional_characters_and_full_width_figures_are_read_too() -> None:
    found = named("寄到臺灣要１９９塊嗎 身高１６５ 體重１１０斤")
    assert (found.region, found.amount_yuan, found.height_cm, found.weight_kg) == ("台湾", Decimal(199), 165, 55.0)


def test_a_place_or_figure_inside_a_products_name_is_not_the_buyers() -> None:
    assert named("云南普洱茶饼包邮吗").region is None
    assert named("316不锈钢保温杯500ml两个").quantity == 2


PEACHES = Product(
    id="peach", title="阳山水蜜桃", aliases=("水蜜桃", "桃子"), attributes={"price": "8个中果39元，12个大果69元"}
)


@pytest.mark.parametrize(
    ("text", "quantity"), [("12个大果能便宜吗", None), ("我要12个", 12), ("12个小的", 12), ("桃子买12个有优惠吗", 12)]
)
def test_a_number_that_says_which_kind_it_is_is_no_number_bought(text: str, quantity: int | None) -> None:
    assert notice(text, products=(PEACHES,)).quantity == quantity


@pytest.mark.parametrize(
    "text",
    [
        "桃子是山东的吗",
        "水蜜桃真是无锡的吗",
        "有无锡的水蜜桃吗",
        "桃子是江苏无锡的吗",
        "是不是无锡的桃子",
        "江苏的桃甜吗",
    ],
)
def test_where_goods_are_from_is_not_where_the_buyer_lives(text: str) -> None:
    assert notice(text, products=(PEACHES,)).region is None
    assert names_in(fold(text), products=(PEACHES,)).place == ""


@pytest.mark.parametrize(
    "text",
    [
        "江苏的",
        "江苏的多少钱",
        "桃子江苏包邮吗",
        "江苏的桃子包邮吗",
        "我是江苏的，桃子甜吗",
        "江苏的桃子几天到",
        "是不是江苏的都不包邮",
    ],
)
def test_where_something_goes_is_where_the_buyer_lives(text: str) -> None:
    assert notice(text, products=(PEACHES,)).region == "江苏"


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("零一二两三十百千万0123456789.元块件个斤米cmkg身高体重¥"))
    )
)
def test_any_text_at_all_is_read_without_trouble(text: str) -> None:
    notice(text, products=PRODUCTS)
