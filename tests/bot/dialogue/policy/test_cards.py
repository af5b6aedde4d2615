"""What buyers show rather than say, with the starter manual and the rules alone."""

from __future__ import annotations

import pytest

from adapters.contract import Image, ProductCard
from tests.talk import Talk, entries, rule_of

PICTURE = Image(url="https://shop.example/a.jpg")


def test_a_card_beside_a_beginning_is_seen(talk: Talk) -> None:
    assert rule_of(talk.turn("我想问下", ProductCard(product_id="thermos-500"))) == "card or picture"
    assert "500毫升保温杯" in talk.says("有货吗")[0]


def test_a_card_and_a_bare_name_set_the_product(talk: Talk) -> None:
    talk.turn(ProductCard(product_id="thermos-500"))
    assert "500毫升保温杯" in talk.says("有货吗")[0]
    bare = talk.turn("毛衣")
    assert rule_of(bare) == "same about another"  # the stock of the sweater
    talk = Talk(talk.knowledge)
    assert rule_of(talk.turn("毛衣")) == "only a product"
    assert "羊毛圆领毛衣" in talk.says("有货吗")[0]


def test_a_product_in_a_question_that_a_person_will_answer_is_left_to_him(talk: Talk) -> None:
    talk.turn("转人工")
    assert rule_of(talk.turn("那毛衣呢")) == "already waiting"
    assert rule_of(talk.turn("毛衣")) == "only a product"


@pytest.mark.parametrize(
    "words",
    [
        "我想买件毛衣",
        "想看看杯子",
        "打算入手一个耳机",
        "那我也想要个保温杯",
        "想给我爸买个保温杯",
        "要给同事挑个杯子",
    ],
)
def test_who_wants_a_product_is_asked_what_about_it(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) == "only a product"


@pytest.mark.parametrize("words", ["毛衣我想退", "想买毛衣有礼盒吗", "想要毛衣便宜点", "想给毛衣退货", "耳机想换一个"])
def test_who_wants_something_done_about_a_product_is_answered(talk: Talk, words: str) -> None:
    assert rule_of(talk.turn(words)) != "only a product"


def test_a_picture_beside_an_opening_goes_to_a_person(talk: Talk) -> None:
    assert rule_of(talk.turn("你好", PICTURE)) == "card or picture"


def test_a_question_about_a_products_link_is_answered(talk: Talk) -> None:
    assert entries(talk.turn("https://item.taobao.com/item.htm?id=12315 包邮吗")) == ["free-postage"]


def test_a_bare_link_is_as_good_as_a_card(talk: Talk) -> None:
    (product, *_) = talk.knowledge.manual.products
    link = f"https://detail.tmall.com/item.htm?id={product.id}"
    assert product.title in talk.says(link)[0]
    assert talk.conversation.memory.product_id == product.id
    assert "这款" in talk.says("https://m.tb.cn/h.6xYzAbC")[0]
    assert "桑蚕丝围巾" in talk.says("【淘宝】https://m.tb.cn/h.6xYzAbC CZ3457 「桑蚕丝围巾」点击链接直接打开")[0]
    assert talk.conversation.mode == "bot"
