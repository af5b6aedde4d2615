"""What a platform does with our replies, and what we do then: later, again under the same key, or a person is told."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.fakes import Reaction
from tests.shop import accepted

if TYPE_CHECKING:
    from tests.shop import Shop

DISPATCH = "下单后48小时内发货。"


async def test_too_many_requests_wait_as_long_as_the_platform_says(shop: Shop) -> None:
    shop.platform.next_answers(Reaction(status=429, headers={"Retry-After": "30"}))
    await shop.buyer_says("什么时候发货")
    assert shop.buyer_heard == []
    assert await shop.time_passes(seconds=29) == []
    assert await shop.time_passes(seconds=1) == [shop.welcome, DISPATCH]
    assert await shop.states() == ["sent", "sent"]


async def test_an_error_of_the_receiver_is_repeated_under_the_same_id_and_bytes(shop: Shop) -> None:
    shop.platform.next_answers(500, "reset", "reset_after")
    await shop.buyer_says("你好")
    for _ in range(3):
        await shop.time_passes(minutes=1)
    assert shop.buyer_heard == [shop.welcome]
    tried = shop.platform.ledger
    assert [each.reaction for each in tried] == ["500", "reset", "reset_after", "200"]
    assert {each.webhook_id for each in tried} == {tried[0].webhook_id}
    assert {each.body for each in tried} == {tried[0].body}
    assert await shop.states() == ["sent"]  # the platform said 409: it had it already


async def test_a_reply_refused_for_good_is_told_to_the_desk_with_the_reason(shop: Shop) -> None:
    shop.platform.next_answers(Reaction(status=410, body="会话已关闭".encode()))
    await shop.buyer_says("你好")
    assert await shop.states() == ["failed", "sent"]
    assert shop.desk_heard == [("conversation.handed_over", "小王")]
    assert "会话已关闭" in str(shop.notices[0]["reason"])
    assert await shop.mode() == "waiting"


async def test_after_a_refusal_the_rest_still_goes_out_in_order(shop: Shop) -> None:
    shop.platform.next_answers(422)
    assert await shop.buyer_says("怎么退货") == [
        "签收7天内可以退货。",
        "在订单里点申请退货就行。",
        "退货地址会在审核后发给您。",
    ]


async def test_order_is_kept_while_the_first_bubble_is_late(shop: Shop) -> None:
    shop.platform.next_answers(503, 200, 429)
    await shop.buyer_says("怎么退货")
    await shop.buyer_says("发什么快递")
    for _ in range(4):
        await shop.time_passes(minutes=1)
    assert shop.buyer_heard == [
        shop.welcome,
        "签收7天内可以退货。",
        "在订单里点申请退货就行。",
        "退货地址会在审核后发给您。",
        "默认发中通。",
    ]


async def test_a_reply_that_nobody_takes_for_a_day_is_given_up_and_told(shop: Shop) -> None:
    shop.platform.from_now_on(503)
    await shop.buyer_says("你好")
    await shop.time_passes(hours=23, minutes=59, seconds=50)
    shop.platform.next_answers(503)
    shop.platform.from_now_on(200)
    await shop.time_passes(minutes=1)
    states = await shop.states()
    assert states[0] in {"expired", "sent"}


async def test_a_platform_that_never_answers_does_not_hold_up_another_channel(shop: Shop) -> None:
    slow = await shop.has_another_channel("slow")
    await shop.restarts()
    slow.from_now_on("timeout")
    many = [slow.buyer_says("什么时候发货", conversation=f"c-{n}", buyer=f"b-{n}") for n in range(40)]
    for answered in await asyncio.gather(*many):
        accepted(answered)
    await slow.until(lambda: len(slow.ledger) >= 32)
    accepted(await shop.delivers("什么时候发货"))
    assert await shop.platform.hears(2, within_seconds=8) == [shop.welcome, DISPATCH]
    slow.from_now_on(200)
    slow.let_go()
    await shop.time_passes(minutes=1)


async def test_one_buyers_late_reply_does_not_hold_up_another_buyers(shop: Shop) -> None:
    shop.platform.next_answers(Reaction(status=429, headers={"Retry-After": "600"}))
    await shop.buyer_says("什么时候发货", buyer="小王")
    assert await shop.buyer_says("什么时候发货", buyer="小李") == [shop.welcome, DISPATCH]


async def test_stopping_waits_for_what_is_on_the_wire_and_keeps_what_is_not(shop: Shop) -> None:
    shop.platform.next_answers("timeout")
    await shop.delivers("怎么退货")
    await shop.platform.until(lambda: len(shop.platform.ledger) == 1)
    shop.platform.let_go()
    await shop.restarts()
    await shop.time_passes(minutes=1)
    assert shop.buyer_heard == [
        shop.welcome,
        "签收7天内可以退货。",
        "在订单里点申请退货就行。",
        "退货地址会在审核后发给您。",
    ]


async def test_stopping_does_not_wait_for_a_platform_that_never_answers(shop: Shop) -> None:
    shop.platform.next_answers("timeout")
    await shop.delivers("你好")
    await shop.platform.until(lambda: len(shop.platform.ledger) == 1)
    async with asyncio.timeout(9):  # less than the ten seconds after which a send gives up by itself
        await shop.stops()
    await shop.opens()
    await shop.time_passes(minutes=1)
    assert shop.buyer_heard == [shop.welcome]
    assert await shop.states() == ["sent"]


async def test_metrics_count_what_became_of_the_sends(shop: Shop) -> None:
    shop.platform.next_answers(500)
    await shop.buyer_says("什么时候发货")
    await shop.runs_jobs()
    _, metrics = await shop.asks("/metrics")
    assert 'xiaoer_sends_total{channel="tea",outcome="queued"} 1.0' in metrics
    assert "xiaoer_replies_queued 2.0" in metrics
    await shop.time_passes(minutes=1)
    _, metrics = await shop.asks("/metrics")
    assert 'xiaoer_sends_total{channel="tea",outcome="sent"} 2.0' in metrics
    assert "xiaoer_first_answer_seconds_count 2.0" in metrics
