"""A buyer asks, and gets the shop's answer: the welcome, answers in several bubbles, choices, cards, bursts."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tests.databases import on_sqlite
from tests.shop import accepted
from tests.small_manual import MORE_NONSENSE, NONSENSE

if TYPE_CHECKING:
    from tests.shop import Shop

DISPATCH = "下单后48小时内发货。"
COURIER = "默认发中通。"


async def test_a_question_is_answered_after_one_welcome(shop: Shop) -> None:
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]
    assert await shop.buyer_says("发什么快递") == [COURIER]
    assert [each.kind for each in shop.replies()] == ["welcome", "answer", "answer"]
    assert shop.replies()[1].data["entry"] == "dispatch"
    assert shop.replies()[1].data["in_reply_to"] == ["m-1001"]


async def test_a_buyer_is_welcomed_once_a_day_by_the_shops_own_midnight(shop: Shop) -> None:
    await shop.it_is(datetime(2026, 11, 22, 15, 59, tzinfo=UTC))  # 23:59 in Shanghai
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]
    assert await shop.buyer_says("发什么快递") == [COURIER]
    await shop.time_passes(minutes=1)
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]


async def test_a_restart_does_not_welcome_anybody_again(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.restarts()
    assert await shop.buyer_says("发什么快递") == [COURIER]


async def test_two_chats_that_one_buyer_opens_at_once_share_one_welcome(shop: Shop) -> None:
    first, second = await asyncio.gather(
        shop.platform.buyer_says("什么时候发货", conversation="c-1", buyer="b-1"),
        shop.platform.buyer_says("发什么快递", conversation="c-2", buyer="b-1"),
    )
    accepted(first)
    accepted(second)
    await shop.settles()
    assert sorted(shop.platform.heard()) == sorted([shop.welcome, DISPATCH, COURIER])


async def test_each_buyer_and_each_channel_has_a_welcome_of_its_own(shop: Shop) -> None:
    other = await shop.has_another_channel("coffee")
    await shop.restarts()
    assert await shop.buyer_says("什么时候发货", buyer="小王") == [shop.welcome, DISPATCH]
    assert await shop.buyer_says("什么时候发货", buyer="小李") == [shop.welcome, DISPATCH]
    accepted(await other.buyer_says("什么时候发货", buyer="小王"))
    assert await other.hears(2) == [shop.welcome, DISPATCH]


@on_sqlite
async def test_a_bare_greeting_gets_the_welcome_alone_and_later_ones_an_answer(shop: Shop) -> None:
    assert await shop.buyer_says("你好") == [shop.welcome]
    assert await shop.buyer_says("你好") == ["您好，请说。"]


async def test_a_long_answer_comes_in_bubbles_in_order(shop: Shop) -> None:
    assert await shop.buyer_says("怎么退货") == [
        shop.welcome,
        "签收7天内可以退货。",
        "在订单里点申请退货就行。",
        "退货地址会在审核后发给您。",
    ]
    parts = [(each.data["part"], each.data["parts"]) for each in shop.replies()]
    assert parts == [(1, 1), (1, 3), (2, 3), (3, 3)]


@on_sqlite
async def test_words_that_staff_bound_to_an_answer_win_over_everything_like_them(shop: Shop) -> None:
    assert await shop.buyer_says("天王盖地虎！") == [shop.welcome, "宝塔镇河妖。"]
    assert await shop.buyer_says("接头暗号是什么") == ["没有口令。"]


@on_sqlite
async def test_a_region_in_the_question_chooses_the_answer(shop: Shop) -> None:
    assert await shop.buyer_says("新疆包邮吗") == [shop.welcome, "新疆满199元包邮。"]
    assert await shop.buyer_says("邮费怎么算") == [shop.say("as-said")]  # the same answer is not said twice running
    assert (await shop.buyer_says("邮费怎么算", buyer="小李"))[1:] == ["江浙沪包邮。"]


@on_sqlite
async def test_close_entries_are_offered_by_number_and_the_number_picks(shop: Shop) -> None:
    offer = (await shop.buyer_says("怎么洗"))[1:]
    assert offer[1] == "回复1或2就行，都不是的话换个说法再问我一次。"
    titles = offer[0].splitlines()
    assert titles[0] == "您是想问："
    assert sorted(title[3:] for title in titles[1:]) == ["毛巾怎么洗", "茶杯怎么洗"]
    assert [title[:3] for title in titles[1:]] == ["1. ", "2. "]
    answers = {"毛巾怎么洗": "毛巾请冷水手洗。", "茶杯怎么洗": "茶杯可以用洗碗机。"}
    assert await shop.buyer_says("2") == [answers[titles[2][3:]]]
    assert await shop.outcomes() == ["clarify", "answer"]


async def test_a_picked_choice_is_used_up(shop: Shop) -> None:
    await shop.buyer_says("怎么洗")
    await shop.buyer_says("1")
    assert await shop.buyer_says("1") == [shop.say("hand-over-open", queue_position="1")]


@on_sqlite
async def test_a_number_beyond_the_choice_picks_nothing(shop: Shop) -> None:
    await shop.buyer_says("怎么洗")
    await shop.buyer_says("3")
    assert await shop.outcomes() == ["clarify", "clarify"]
    assert shop.buyer_heard[-1] == shop.say("choice-unclear", numbers="1或2")


@on_sqlite
async def test_a_question_after_the_choice_is_a_question(shop: Shop) -> None:
    await shop.buyer_says("怎么洗")
    assert await shop.buyer_says("发什么快递") == [COURIER]


@on_sqlite
async def test_asking_the_same_unclear_thing_again_names_a_plainer_way_out_and_then_a_person(shop: Shop) -> None:
    await shop.buyer_says("怎么洗")
    offer, way_out = await shop.buyer_says("怎么洗")
    assert sorted(title[3:] for title in offer.splitlines()[1:]) == ["毛巾怎么洗", "茶杯怎么洗"]
    assert way_out == shop.say("choice-unclear", numbers="1或2")
    assert await shop.buyer_says("怎么洗") == [shop.say("hand-over-open", queue_position="1")]


@on_sqlite
async def test_two_misses_bring_a_person_with_an_apology(shop: Shop) -> None:
    await shop.buyer_says("怎么洗")
    assert await shop.buyer_says(NONSENSE) == [
        shop.say("after-misses"),
        shop.say("hand-over-open", queue_position="1"),
    ]


@on_sqlite
async def test_the_product_one_looks_at_answers_what_needs_a_product(shop: Shop) -> None:
    came_from = {"page": "product", "product_id": "pillow-1"}
    assert await shop.buyer_says("有什么尺码", came_from=came_from) == [shop.welcome, "这款尺码：48×74厘米。"]


@on_sqlite
async def test_the_product_is_asked_for_and_its_name_gives_the_answer(shop: Shop) -> None:
    assert await shop.buyer_says("有什么尺码") == [shop.welcome, "您问的是哪一款呢？"]
    assert await shop.buyer_says("云朵枕") == ["这款尺码：48×74厘米。"]


@on_sqlite
async def test_another_question_instead_of_the_product_is_answered(shop: Shop) -> None:
    await shop.buyer_says("有什么尺码")
    assert await shop.buyer_says("毛巾怎么洗") == ["毛巾请冷水手洗。"]


@on_sqlite
async def test_a_fact_that_nobody_has_set_goes_to_a_person(shop: Shop) -> None:
    came_from = {"page": "product", "product_id": "lamp-1"}
    heard = await shop.buyer_says("有什么尺码", came_from=came_from)
    assert heard == [shop.welcome, shop.say("hand-over-open", queue_position="1")]
    assert "尺码" in str(shop.notices[0]["reason"])


@on_sqlite
async def test_a_product_card_is_a_question_about_that_product(shop: Shop) -> None:
    card = {"kind": "product", "product_id": "pillow-1", "title": "枕头"}
    assert await shop.buyer_says("", content=card) == [
        shop.welcome,
        *shop.say("product-card", product="云朵枕").split("|"),
    ]
    assert await shop.buyer_says("有什么尺码") == ["这款尺码：48×74厘米。"]


@on_sqlite
async def test_a_card_of_a_product_that_the_manual_does_not_have_is_named_by_its_own_title(shop: Shop) -> None:
    card = {"kind": "product", "product_id": "hat-9", "title": "草帽"}
    assert await shop.buyer_says("", content=card) == [
        shop.welcome,
        *shop.say("product-card", product="草帽").split("|"),
    ]


@on_sqlite
async def test_a_nameless_card_of_an_unknown_product_goes_to_a_person(shop: Shop) -> None:
    await shop.buyer_says("", content={"kind": "product", "product_id": "hat-9"})
    assert await shop.outcomes() == ["hand_over"]
    assert shop.desk_heard == [("conversation.handed_over", "小王")]


@on_sqlite
async def test_an_order_card_is_a_question_about_that_order(shop: Shop) -> None:
    card = {"kind": "order", "order_id": "o-1", "status": "shipped", "title": "枕头一个"}
    assert await shop.buyer_says("", content=card) == [shop.welcome, shop.say("order-card")]


async def test_pictures_and_what_nobody_can_read_go_to_a_person(shop: Shop) -> None:
    picture = {"kind": "image", "url": "https://shop.example/a.jpg"}
    open_line = shop.say("hand-over-open", queue_position="1")
    assert await shop.buyer_says("", content=picture) == [shop.welcome, shop.say("unsupported-content"), open_line]
    voice = {"kind": "voice", "seconds": 3}
    assert (await shop.buyer_says("", buyer="小李", content=voice))[1] == shop.say("unsupported-content")


async def test_a_picture_beside_a_question_is_answered_and_handed_over(shop: Shop) -> None:
    await asyncio.gather(
        shop.delivers("什么时候发货"), shop.delivers("", content={"kind": "image", "url": "https://shop.example/a.jpg"})
    )
    await shop.settles()
    assert DISPATCH in shop.buyer_heard
    assert shop.say("unsupported-content") in shop.buyer_heard
    assert await shop.mode() == "waiting"


async def test_a_hundred_messages_in_one_second_get_a_few_answers_and_slow_nobody(shop: Shop) -> None:
    questions = ["什么时候发货", "发什么快递", "怎么退货", NONSENSE, MORE_NONSENSE]
    burst = [shop.delivers(f"{questions[n % 5]}", buyer="急性子") for n in range(100)]
    *answered, other = await asyncio.gather(*burst, shop.delivers("发什么快递", buyer="小李"))
    assert {each.status for each in answered} == {202}
    assert other.status == 202
    await shop.settles()
    assert shop.heard("小李") == [shop.welcome, COURIER]
    assert await shop.rows("SELECT count(*) AS many FROM inbox WHERE state = 'done'") == [(101,)]
    heard = shop.heard("急性子")
    assert DISPATCH in heard
    assert len(heard) < 30


@on_sqlite
async def test_an_answer_to_several_questions_at_once_names_each_once(shop: Shop) -> None:
    await shop.stops()
    await shop.opens()
    await asyncio.gather(*[shop.delivers(each) for each in ("什么时候发货", "发什么快递", "几时能寄出去", "怎么退货")])
    await shop.settles()
    heard = shop.buyer_heard
    assert heard.count(shop.welcome) == 1
    assert {DISPATCH, COURIER} <= set(heard)
    assert any(each.splitlines()[0] == "签收7天内可以退货。" for each in heard)


async def test_a_notice_of_the_platform_is_stored_and_never_answered(shop: Shop) -> None:
    accepted(await shop.platform.system_says("买家已付款", conversation="c-小王"))
    await shop.settles()
    assert shop.buyer_heard == []
    assert await shop.rows("SELECT author, state FROM inbox") == [("system", "ignored")]
    assert await shop.rows("SELECT id FROM decision") == []


async def test_a_refund_is_stored_and_never_answered(shop: Shop) -> None:
    refund = {"refund_id": "r-1", "order_id": "o-1", "kind": "return", "state": "requested"}
    accepted(await shop.platform.deliver("refund.updated", refund))
    await shop.settles()
    assert await shop.rows("SELECT kind, state FROM inbox") == [("refund.updated", "ignored")]


async def test_two_bots_that_talk_to_each_other_stop(shop: Shop) -> None:
    for _ in range(12):
        await shop.buyer_says("你好")
    assert len(shop.buyer_heard) == 7  # the first turn, and six without a new word
    assert (await shop.outcomes())[-1] == "stay_quiet"
    assert await shop.buyer_says("什么时候发货") == [DISPATCH]  # a new word, and the bot is back


async def test_two_bots_that_take_turns_between_two_lines_stop_as_well(shop: Shop) -> None:
    for n in range(16):
        await shop.buyer_says(("什么时候发货", "发什么快递")[n % 2])
    assert len([each for each in shop.replies() if each.kind == "answer"]) <= 8


@on_sqlite
async def test_the_third_time_in_the_same_words_goes_to_a_person(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    assert await shop.buyer_says("什么时候发货") == [DISPATCH]
    assert await shop.buyer_says("什么时候发货") == [shop.say("hand-over-open", queue_position="1")]
