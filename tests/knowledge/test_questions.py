from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from knowledge.entry import Product
from knowledge.questions import Named, notice

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


@given(
    st.text(
        alphabet=st.one_of(st.characters(), st.sampled_from("零一二两三十百千万0123456789.元块件个斤米cmkg身高体重¥"))
    )
)
def test_any_text_at_all_is_read_without_trouble(text: str) -> None:
    notice(text, products=PRODUCTS)
