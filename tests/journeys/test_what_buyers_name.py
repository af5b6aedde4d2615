"""A size by height and weight, a day, a sum, a number of pieces: what a buyer names chooses and fills the answer."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
import pytest

from bot.actions.replay_decision import replay_decision
from bot.storage.packing import explain
from knowledge.entry import Answer, Entry, Product, When
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

CHART = "M：身高158到164厘米、体重48到55公斤；L：164到170厘米、55到62公斤"
COAT = Product(id="coat-1", title="松针外套", aliases=("外套",), attributes={"尺码": CHART})
ANY_PRODUCT = frozenset({"*"})
SIZE = Entry(
    id="size",
    group="test",
    title="尺码",
    questions=("穿什么码", "外套穿什么码", "尺码怎么选"),
    answers=(
        Answer(bubbles=("您问的是哪一款呢？",)),
        Answer(
            bubbles=("{height_and_weight}，记下了，您问的是哪一款？",),
            when=When(knows=frozenset({"height_and_weight"})),
        ),
        Answer(bubbles=("尺码：{尺码}。",), when=When(products=ANY_PRODUCT)),
        Answer(
            bubbles=("{height_and_weight}，{product}穿{fitting_size}。",),
            when=When(products=ANY_PRODUCT, knows=frozenset({"fitting_size"})),
        ),
    ),
    needs_product=True,
)
DISPATCH = Entry(
    id="dispatch",
    group="test",
    title="什么时候发货",
    questions=("明天能发货吗", "什么时候发货", "国庆发货吗"),
    answers=(
        Answer(bubbles=("48小时内发货。",)),
        Answer(bubbles=("{named_day}照常发货。",), when=When(day=frozenset({"working"}))),
        Answer(bubbles=("{named_day}仓库休息。",), when=When(day=frozenset({"closed"}))),
    ),
)
POSTAGE = Entry(
    id="postage",
    group="test",
    title="包邮吗",
    questions=("包邮吗", "买50块包邮吗", "100元包邮吗"),
    answers=(
        Answer(bubbles=("满{free_postage_over}元包邮。",)),
        Answer(bubbles=("{amount_yuan}元够了。",), when=When(reaches=frozenset({"free_postage"}))),
        Answer(bubbles=("还差{to_free_postage}元。",), when=When(reaches=frozenset({"below_free_postage"}))),
    ),
)
BULK = Entry(
    id="bulk",
    group="test",
    title="批发",
    questions=("我要100件", "我要5件", "可以批发吗"),
    answers=(
        Answer(bubbles=("{bulk_from}件起批。",)),
        Answer(bubbles=("{quantity}件可以批发。",), when=When(reaches=frozenset({"bulk"}))),
        Answer(bubbles=("{quantity}件还不能批发。",), when=When(reaches=frozenset({"below_bulk"}))),
    ),
)
SHOWN = f"尺码：{CHART}。"
NIGHT_BEFORE_THE_HOLIDAY = datetime(2026, 9, 30, 2, tzinfo=UTC)


@pytest.fixture
async def coat_shop(open_shop: OpenShop) -> Shop:
    """A shop that sells a coat in sizes, welcomed and ready."""
    shop = await open_shop()
    entries = {entry.id: entry for entry in (*small_manual().entries, SIZE, DISPATCH, POSTAGE, BULK)}
    await shop.publishes(dataclasses.replace(small_manual(), entries=tuple(entries.values()), products=(COAT,)))
    return shop


async def test_height_and_weight_in_the_question_choose_the_size(coat_shop: Shop) -> None:
    heard = await coat_shop.buyer_says("我165/110斤外套穿什么码")
    assert heard == [coat_shop.welcome, "身高165厘米、体重55公斤，松针外套穿L。"]


async def test_height_and_weight_are_asked_for_once_and_the_next_message_is_the_answer(coat_shop: Shop) -> None:
    shop = coat_shop
    asks = shop.say("which-size", figures="身高和体重")
    assert await shop.buyer_says("外套穿什么码") == [shop.welcome, SHOWN, asks]
    assert await shop.buyer_says("165 110斤") == ["身高165厘米、体重55公斤，松针外套穿L。"]
    assert await shop.buyer_says("那160 100呢") == ["身高160厘米、体重50公斤，松针外套穿M。"]


async def test_what_is_still_missing_is_asked_for_without_the_answer_again(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("外套穿什么码")
    assert await shop.buyer_says("165") == [shop.say("which-size", figures="体重")]
    assert await shop.buyer_says("110") == ["身高165厘米、体重55公斤，松针外套穿L。"]


async def test_one_of_the_two_is_told_at_once(coat_shop: Shop) -> None:
    shop = coat_shop
    heard = await shop.buyer_says("外套身高165穿什么码")
    assert heard == [shop.welcome, SHOWN, shop.say("which-size", figures="体重")]
    assert await shop.buyer_says("100") == ["身高165厘米、体重50公斤，松针外套穿L或M。"]


async def test_figures_that_no_size_fits_go_to_a_person(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("外套穿什么码")
    assert await shop.buyer_says("190 200斤") == [shop.say("hand-over-open", queue_position="1")]


async def test_figures_that_the_answer_of_just_now_goes_by_are_no_new_question(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("外套穿什么码，我165 110斤")
    assert await shop.buyer_says("165cm 55kg") == []


async def test_figures_are_asked_for_once_only(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("外套穿什么码")
    assert await shop.buyer_says("外套尺码怎么选") == [shop.say("as-said")]


async def test_figures_before_the_product_are_kept(coat_shop: Shop) -> None:
    shop = coat_shop
    assert await shop.buyer_says("穿什么码") == [shop.welcome, "您问的是哪一款呢？"]
    assert await shop.buyer_says("165 110斤") == ["身高165厘米、体重55公斤，记下了，您问的是哪一款？"]
    assert await shop.buyer_says("外套") == ["身高165厘米、体重55公斤，松针外套穿L。"]


async def test_figures_survive_a_restart_and_go_with_the_episode(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("外套穿什么码，我165 110斤")
    await shop.restarts()
    assert await shop.buyer_says("尺码怎么选") == [shop.say("as-said")]
    await shop.closes()
    assert await shop.buyer_says("尺码怎么选") == ["您问的是哪一款呢？"]


async def test_figures_for_nothing_are_left_to_a_person(coat_shop: Shop) -> None:
    shop = coat_shop
    assert await shop.buyer_says("165") == [shop.welcome, shop.say("hand-over-open", queue_position="1")]


async def test_a_day_is_looked_up_in_the_calendar(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.it_is(NIGHT_BEFORE_THE_HOLIDAY)
    assert await shop.buyer_says("明天能发货吗") == [shop.welcome, "明天仓库休息。"]
    assert await shop.buyer_says("10月8号能发货吗") == ["10月8号照常发货。"]
    assert await shop.buyer_says("国庆发货吗") == ["国庆仓库休息。"]
    assert await shop.buyer_says("什么时候发货") == ["48小时内发货。"]


async def test_a_day_of_the_shops_own_counts_more(open_shop: OpenShop) -> None:
    shop = await open_shop(hours={"dates": [{"date": "2026-11-23", "open": [], "name": "盘点"}]})
    await shop.publishes(dataclasses.replace(small_manual(), entries=(DISPATCH,)))
    assert await shop.buyer_says("明天能发货吗") == [shop.welcome, "明天仓库休息。"]


async def test_a_sum_and_a_number_of_pieces_are_compared_with_the_facts(coat_shop: Shop) -> None:
    shop = coat_shop
    assert await shop.buyer_says("买50块包邮吗") == [shop.welcome, "还差9元。"]
    assert await shop.buyer_says("100元包邮吗") == ["100元够了。"]
    assert await shop.buyer_says("包邮吗") == ["满59元包邮。"]
    assert await shop.buyer_says("我要100件") == ["100件可以批发。"]
    assert await shop.buyer_says("我要5件") == ["5件还不能批发。"]


async def test_all_of_it_is_decided_the_same_again(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.it_is(NIGHT_BEFORE_THE_HOLIDAY)
    story = ("外套穿什么码", "165", "110", "那160 100呢", "国庆发货吗", "明天能发货吗", "买50块包邮吗", "我要100件")
    for words in story:
        await shop.buyer_says(words)
    numbers = [row.id for row in await shop.rows("SELECT id FROM decision ORDER BY id")]
    assert len(numbers) == len(story)
    for number in numbers:
        stored, again, knowledge = await replay_decision(number, database=shop.bot.database)
        assert orjson.loads(orjson.dumps(explain(again, knowledge.title))) == orjson.loads(stored)
