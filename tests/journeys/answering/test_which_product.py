"""A buyer asks about a product before naming one: they are asked which, and the name is enough for the answer."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import orjson
import pytest

from bot.actions.knowledge.replay_decision import replay_decision
from bot.storage.packing import explain
from knowledge.manual.entry import Answer, Entry, Product, When
from tests.databases import on_sqlite
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from knowledge.manual.entry import Manual
    from tests.conftest import OpenShop
    from tests.shop import Shop

pytestmark = on_sqlite

APPLE = Product(id="apple-1", title="红富士苹果", aliases=("苹果",), attributes={"price": "29.9", "weight": "5斤"})
ORANGE = Product(id="orange-1", title="赣南脐橙", aliases=("脐橙",), attributes={"price": "35"})
CARD = {"kind": "product", "product_id": "orange-1", "title": "脐橙"}


def _entry(entry_id: str, asked: str, *answers: Answer, needs_product: bool = True) -> Entry:
    questions = tuple(asked.split("|"))
    return Entry(
        id=entry_id, group="test", title=entry_id, questions=questions, answers=answers, needs_product=needs_product
    )


ENTRIES = (
    _entry("price", "多少钱|怎么卖", Answer(bubbles=("{product}：{price}元。",))),
    _entry("weight", "多重|有几斤", Answer(bubbles=("一箱{weight}。",))),
    _entry("parcel", "连运费要花多少时间和金钱", Answer(bubbles=("{price}元，到{region}{delivery_days}天。",))),
    _entry(
        "taste",
        "好吃吗|味道怎么样",
        Answer(bubbles=("都甜，您看的是哪款？",)),
        Answer(bubbles=("{product}卖{price}元，甜。",), when=When(products=frozenset({"*"}))),
    ),
    _entry("dispatch", "什么时候发货|几时能寄出去", Answer(bubbles=("48小时内发货。",)), needs_product=False),
)


def fruit(*products: Product) -> Manual:
    return dataclasses.replace(small_manual(), entries=ENTRIES, products=products)


@pytest.fixture
async def fruit_shop(open_shop: OpenShop) -> Shop:
    shop = await open_shop()
    await shop.publishes(fruit(APPLE, ORANGE))
    return shop


ASKS = "您问的是哪一款呢？店里有红富士苹果、赣南脐橙，告诉我名字就能帮您查。"


async def test_which_product_is_asked_for_where_the_answer_is_another_for_each(fruit_shop: Shop) -> None:
    shop = fruit_shop
    assert await shop.buyer_says("怎么卖") == [shop.welcome, ASKS]
    assert await shop.mode() == "bot"
    assert await shop.buyer_says("苹果") == ["红富士苹果：29.9元。"]
    assert await shop.buyer_says("有几斤") == ["一箱5斤。"]


async def test_a_card_tells_which_product_as_well(fruit_shop: Shop) -> None:
    shop = fruit_shop
    await shop.buyer_says("多少钱")
    assert await shop.buyer_says("", content=CARD) == ["赣南脐橙：35元。"]


async def test_a_product_that_is_asked_for_in_vain_brings_a_person(fruit_shop: Shop) -> None:
    shop = fruit_shop
    await shop.buyer_says("多少钱")
    assert await shop.buyer_says("怎么卖") == [shop.say("hand-over-open", queue_position="1")]


async def test_another_question_in_between_is_answered_by_itself(fruit_shop: Shop) -> None:
    shop = fruit_shop
    await shop.buyer_says("多少钱")
    assert await shop.buyer_says("什么时候发货") == ["48小时内发货。"]
    assert await shop.buyer_says("怎么卖") == [ASKS]


async def test_what_the_product_named_does_not_tell_is_for_a_person(fruit_shop: Shop) -> None:
    shop = fruit_shop
    await shop.buyer_says("有几斤")
    assert await shop.buyer_says("脐橙") == [shop.say("hand-over-open", queue_position="1")]


async def test_a_product_that_is_known_is_not_asked_for(fruit_shop: Shop) -> None:
    shop = fruit_shop
    assert await shop.buyer_says("脐橙多少钱") == [shop.welcome, "赣南脐橙：35元。"]


async def test_an_answer_of_its_own_for_no_product_is_said_instead(fruit_shop: Shop) -> None:
    shop = fruit_shop
    assert await shop.buyer_says("好吃吗") == [shop.welcome, "都甜，您看的是哪款？"]
    assert await shop.buyer_says("苹果") == ["红富士苹果卖29.9元，甜。"]


async def test_the_product_is_asked_for_first_and_then_the_place(fruit_shop: Shop) -> None:
    shop = fruit_shop
    assert await shop.buyer_says("连运费要花多少时间和金钱") == [shop.welcome, ASKS]
    assert await shop.buyer_says("苹果") == [shop.say("which-region")]
    assert await shop.buyer_says("新疆") == ["29.9元，到新疆5到8天。"]


async def test_in_a_shop_with_one_product_that_one_is_meant(open_shop: OpenShop) -> None:
    shop = await open_shop()
    await shop.publishes(fruit(ORANGE))
    assert await shop.buyer_says("多少钱") == [shop.welcome, "赣南脐橙：35元。"]
    assert await shop.buyer_says("好吃吗") == ["赣南脐橙卖35元，甜。"]


async def test_every_such_decision_is_made_again_the_same(fruit_shop: Shop) -> None:
    shop = fruit_shop
    for words in ("怎么卖", "苹果", "连运费要花多少时间和金钱", "新疆"):
        await shop.buyer_says(words)
    await shop.buyer_says("多少钱", buyer="小李")
    await shop.buyer_says("", buyer="小李", content=CARD)
    for row in await shop.rows("SELECT id FROM decision ORDER BY id"):
        stored, again, knowledge = await replay_decision(row.id, database=shop.bot.database)
        assert orjson.loads(orjson.dumps(explain(again, knowledge.title))) == orjson.loads(stored)
