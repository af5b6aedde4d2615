"""A size by height and weight, a day, a sum, a number of pieces: what a buyer names chooses and fills the answer."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import orjson
import pytest

from bot.actions.knowledge.replay_decision import replay_decision
from bot.storage.packing import explain
from knowledge.manual.entry import Answer, Entry, Product, When
from tests.databases import on_sqlite
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from knowledge.manual.entry import Arrival
    from tests.conftest import OpenShop
    from tests.shop import Shop

pytestmark = on_sqlite

CHART = "M：身高158到164厘米、体重48到55公斤；L：164到170厘米、55到62公斤"
COAT = Product(id="coat-1", title="松针外套", aliases=("外套",), attributes={"尺码": CHART})
ARRIVES: dict[Arrival, str] = {"in_time": "来得及", "perhaps": "说不准", "late": "来不及"}
TROUSERS = Product(id="trousers-1", title="灯芯绒长裤", attributes={"尺码": "M：体重48到55公斤；L：55到62公斤"})
MUG = Product(id="mug-1", title="马克杯", attributes={"尺码": "高10厘米，容量300毫升"})
ANY_PRODUCT = frozenset({"*"})
DEADLINE = frozenset({"deadline"})
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
        Answer(
            bubbles=("{product}没有{outside_chart}的码。",),
            when=When(products=ANY_PRODUCT, knows=frozenset({"outside_chart"})),
        ),
    ),
    needs_product=True,
)
DISPATCH = Entry(
    id="dispatch",
    group="test",
    title="什么时候发货",
    questions=("明天能发货吗", "明天能发吗", "什么时候发货", "国庆发货吗"),
    answers=(
        Answer(bubbles=("48小时内发货。",)),
        Answer(bubbles=("{named_day}能发。",), when=When(day=frozenset({"working"}), knows=DEADLINE)),
        Answer(bubbles=("{named_day}来不及发。",), when=When(day=frozenset({"closed"}), knows=DEADLINE)),
        Answer(bubbles=("{named_day}照常发货。",), when=When(day=frozenset({"working"}))),
        Answer(bubbles=("{named_day}仓库休息。",), when=When(day=frozenset({"closed"}))),
    ),
)
DELIVERY = Entry(
    id="delivery",
    group="test",
    title="几天能到",
    questions=("多久能到", "明天能到吗", "到新疆要几天", "今天发货明天能到新疆吗"),
    answers=(
        Answer(bubbles=("近的1天，远的8天。",)),
        Answer(bubbles=("{region}{delivery_days}天。",), when=When(knows=frozenset({"delivery_days"}))),
        Answer(bubbles=("已经在路上。",), when=When(order_status=frozenset({"shipped"}))),
        *(
            Answer(
                bubbles=(f"{{region}}{{arrival_days}}到，{{named_day}}{said}。",),
                when=When(arrives=frozenset({state}), knows=frozenset({"arrival_days"})),
            )
            for state, said in ARRIVES.items()
        ),
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
    """A shop that sells coats and trousers in sizes, welcomed and ready."""
    shop = await open_shop()
    await _sells(shop, COAT, TROUSERS)
    return shop


async def _sells(shop: Shop, *products: Product) -> None:
    entries = {entry.id: entry for entry in (*small_manual().entries, SIZE, DISPATCH, DELIVERY, POSTAGE, BULK)}
    await shop.publishes(dataclasses.replace(small_manual(), entries=tuple(entries.values()), products=products))


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
    assert await shop.buyer_says("100") == ["身高165厘米、体重50公斤，松针外套穿L。"]


async def test_figures_that_no_size_fits_are_said_to_fit_none(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("外套穿什么码")
    assert await shop.buyer_says("190 200斤") == ["松针外套没有身高190厘米、体重100公斤的码。"]
    assert await shop.buyer_says("那我弟弟120 50斤呢") == ["松针外套没有身高120厘米、体重25公斤的码。"]


async def test_one_figure_outside_the_chart_is_enough_to_say_so(coat_shop: Shop) -> None:
    heard = await coat_shop.buyer_says("小孩身高118外套穿什么码")
    assert heard == [coat_shop.welcome, "松针外套没有身高118厘米的码。"]


async def test_figures_that_no_size_fits_go_to_a_person_where_the_manual_has_no_words_for_them(
    open_shop: OpenShop,
) -> None:
    shop = await open_shop()
    size = dataclasses.replace(SIZE, answers=SIZE.answers[:-1])
    entries = {entry.id: entry for entry in (*small_manual().entries, size)}
    await shop.publishes(dataclasses.replace(small_manual(), entries=tuple(entries.values()), products=(COAT,)))
    await shop.buyer_says("外套穿什么码")
    assert await shop.buyer_says("190 200斤") == [shop.say("hand-over-open", queue_position="1")]


async def test_a_size_is_asked_of_the_only_product_that_comes_in_sizes(coat_shop: Shop) -> None:
    shop = coat_shop
    await _sells(shop, COAT, MUG)
    asks = shop.say("which-size", figures="身高和体重")
    assert await shop.buyer_says("该穿什么码") == [shop.welcome, SHOWN, asks]
    assert await shop.buyer_says("158 96") == ["身高158厘米、体重48公斤，松针外套穿M。"]


async def test_how_large_a_thing_is_is_not_asked_of_the_only_product_in_sizes(coat_shop: Shop) -> None:
    shop = coat_shop
    size = dataclasses.replace(SIZE, questions=(*SIZE.questions, "尺寸有多大"))
    entries = {entry.id: entry for entry in (*small_manual().entries, size)}
    await shop.publishes(dataclasses.replace(small_manual(), entries=tuple(entries.values()), products=(COAT, MUG)))
    assert await shop.buyer_says("尺寸有多大") == [shop.welcome, "您问的是哪一款呢？"]


async def test_figures_told_before_a_size_is_asked_for_are_recalled(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("我158")
    heard = await shop.buyer_says("外套穿什么码")
    assert heard == [SHOWN, shop.say("which-size", figures="体重")]
    assert await shop.buyer_says("96斤") == ["身高158厘米、体重48公斤，松针外套穿M。"]


async def test_both_figures_after_a_card_are_a_question_about_its_size(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("", content={"kind": "product", "product_id": "coat-1", "title": "外套"})
    assert await shop.buyer_says("158 96") == ["身高158厘米、体重48公斤，松针外套穿M。"]


async def test_one_figure_after_a_card_is_kept_and_the_other_asked_for(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("", content={"kind": "product", "product_id": "coat-1", "title": "外套"})
    assert await shop.buyer_says("158") == [shop.say("which-size", figures="体重")]
    assert await shop.buyer_says("96斤") == ["身高158厘米、体重48公斤，松针外套穿M。"]


async def test_one_figure_after_an_answer_may_be_anything(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("外套什么时候发货")
    assert await shop.buyer_says("158") == [shop.say("hand-over-open", queue_position="1")]


async def test_a_numbered_list_is_answered_point_by_point(coat_shop: Shop) -> None:
    heard = await coat_shop.buyer_says("1.什么时候发货 2.可以批发吗")
    assert heard == [coat_shop.welcome, "48小时内发货。", "20件起批。"]


async def test_the_sum_that_is_spent_counts(coat_shop: Shop) -> None:
    heard = await coat_shop.buyer_says("满59包邮，我买55.5包邮吗")
    assert heard == [coat_shop.welcome, "还差3.5元。"]


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


async def test_whether_it_arrives_in_time_is_counted_from_the_shops_own_facts(coat_shop: Shop) -> None:
    shop = coat_shop  # ten on Sunday, 22 November: sent today, 2 to 4 days to Guangdong, 5 to 8 to Xinjiang
    assert await shop.buyer_says("周五前能到广东吗") == [shop.welcome, "广东11月24日到26日到，周五前来得及。"]
    assert await shop.buyer_says("明天能到广东吗") == ["广东11月24日到26日到，明天来不及。"]
    assert await shop.buyer_says("感恩节前能到新疆吗") == ["新疆11月27日到30日到，感恩节前来不及。"]
    assert await shop.buyer_says("双十二前能到新疆吗") == ["新疆11月27日到30日到，双十二前来得及。"]
    assert await shop.buyer_says("明天发货26号能到新疆吗") == ["新疆11月28日到12月2日到，26号来不及。"]
    assert await shop.buyer_says("周一买30号能到新疆吗") == ["新疆11月28日到12月2日到，30号说不准。"]
    assert await shop.buyer_says("昨天买的明天能到广东吗") == ["广东2到4天。"]


async def test_where_it_goes_is_asked_for_and_the_day_is_still_known(coat_shop: Shop) -> None:
    shop = coat_shop
    heard = await shop.buyer_says("明天能到吗")
    assert heard == [shop.welcome, "近的1天，远的8天。", shop.say("which-region")]
    assert await shop.buyer_says("新疆") == ["新疆11月27日到30日到，明天来不及。"]
    assert await shop.buyer_says("那广东呢") == ["广东11月24日到26日到，明天来不及。"]
    assert await shop.buyer_says("那周五呢") == ["广东11月24日到26日到，周五来得及。"]
    assert await shop.buyer_says("多久能到") == ["广东2到4天。"]


async def test_the_answer_may_come_in_a_sentence(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("周五前能到吗")
    assert await shop.buyer_says("寄到新疆的") == ["新疆11月27日到30日到，周五前来不及。"]


async def test_an_order_that_is_on_its_way_is_not_counted_from_now(coat_shop: Shop) -> None:
    shop = coat_shop
    order = {"kind": "order", "order_id": "o-1", "status": "shipped", "title": "外套一件"}
    await shop.buyer_says("", content=order)
    assert await shop.buyer_says("明天能到广东吗") == ["已经在路上。"]


async def test_whether_it_is_sent_before_a_day_is_looked_up_too(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.it_is(NIGHT_BEFORE_THE_HOLIDAY)
    assert await shop.buyer_says("国庆前能发吗") == [shop.welcome, "国庆前能发。"]
    await shop.time_passes(hours=9)  # past the cut-off
    assert await shop.buyer_says("节前能发吗") == ["节前来不及发。"]
    assert await shop.buyer_says("月底前能发吗") == ["月底前来不及发。"]
    assert await shop.buyer_says("年底前能发吗") == ["年底前能发。"]


async def test_a_sum_and_a_number_of_pieces_are_compared_with_the_facts(coat_shop: Shop) -> None:
    shop = coat_shop
    assert await shop.buyer_says("买50块包邮吗") == [shop.welcome, "还差9元。"]
    assert await shop.buyer_says("100元包邮吗") == ["100元够了。"]
    assert await shop.buyer_says("包邮吗") == ["满59元包邮。"]
    assert await shop.buyer_says("我要100件") == ["100件可以批发。"]
    assert await shop.buyer_says("我要5件") == ["5件还不能批发。"]


async def test_a_sum_and_a_day_count_for_what_still_belongs_to_the_question(coat_shop: Shop) -> None:
    shop = coat_shop
    assert await shop.buyer_says("买50块包邮吗") == [shop.welcome, "还差9元。"]
    assert await shop.buyer_says("那新疆呢") == ["还差149元。"]
    assert await shop.buyer_says("那100呢") == ["还差99元。"]
    assert await shop.buyer_says("200块呢") == ["200元够了。"]
    assert await shop.buyer_says("那广东买60的话") == ["60元够了。"]
    assert await shop.buyer_says("包邮吗") == ["满59元包邮。"]
    assert await shop.buyer_says("我要100件") == ["100件可以批发。"]
    assert await shop.buyer_says("那5件呢") == ["5件还不能批发。"]
    assert await shop.buyer_says("那30呢") == ["30件可以批发。"]


async def test_another_day_is_asked_about_in_few_words(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.it_is(NIGHT_BEFORE_THE_HOLIDAY)
    assert await shop.buyer_says("明天能发货吗") == [shop.welcome, "明天仓库休息。"]
    assert await shop.buyer_says("那10月8号呢") == ["10月8号照常发货。"]
    assert await shop.buyer_says("国庆前可以吗") == ["国庆前能发。"]


async def test_what_an_answer_does_not_go_by_is_no_follow_up(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.buyer_says("买50块包邮吗")
    await shop.buyer_says("那周六呢")
    await shop.buyer_says("明天能发货吗", buyer="小李")
    await shop.buyer_says("那9.9呢", buyer="小李")
    assert (await shop.outcomes("小王"))[-1] != "answer"
    assert (await shop.outcomes("小李"))[-1] != "answer"


async def test_tomorrow_is_another_day_by_tomorrow(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.it_is(datetime(2026, 11, 22, 15, 50, tzinfo=UTC))  # ten minutes before midnight there
    await shop.buyer_says("双十二前能到广东吗")
    await shop.buyer_says("明天能到广东吗")
    await shop.time_passes(minutes=20)
    assert await shop.buyer_says("那新疆呢") == [shop.welcome, "新疆5到8天。"]


async def test_all_of_it_is_decided_the_same_again(coat_shop: Shop) -> None:
    shop = coat_shop
    await shop.it_is(NIGHT_BEFORE_THE_HOLIDAY)
    story = (
        *("国庆前能到吗", "新疆", "那广东呢", "那节前呢", "明天下单节后能到广东吗", "那60块呢"),
        *(
            "外套穿什么码",
            "165",
            "110",
            "那160 100呢",
            "国庆发货吗",
            "明天能发货吗",
            "买50块包邮吗",
            "那新疆呢",
            "我要100件",
        ),
    )
    for words in story:
        await shop.buyer_says(words)
    numbers = [row.id for row in await shop.rows("SELECT id FROM decision ORDER BY id")]
    assert len(numbers) == len(story)
    for number in numbers:
        stored, again, knowledge = await replay_decision(number, database=shop.bot.database)
        assert orjson.loads(orjson.dumps(explain(again, knowledge.title))) == orjson.loads(stored)
