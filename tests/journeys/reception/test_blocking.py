"""A buyer whom staff have blocked hears nothing from the bot: no answer, no invite, no word of patience."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.actions.block_buyer import block_buyer
from tests.shop import CHANNEL, accepted
from tests.small_manual import NONSENSE
from tests.windows import WITHIN_THREE_MINUTES

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

DISPATCH = "下单后48小时内发货。"


async def _block(shop: Shop, buyer: str = "小王", *, lift: bool = False) -> int:
    return await block_buyer(database=shop.bot.database, channel=CHANNEL, buyer=buyer, lift=lift, clock=shop.clock)


async def test_a_blocked_buyer_is_kept_but_not_answered(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货", buyer="小王")
    assert await _block(shop) == 1
    for words in ("发什么快递", "转人工", "我要投诉你们"):
        assert await shop.buyer_says(words, buyer="小王") == []
    assert await shop.outcomes() == ["answer", "stay_quiet", "stay_quiet", "stay_quiet"]
    assert await shop.rows("SELECT count(*) AS kept FROM inbox WHERE state = 'done'") == [(4,)]
    assert shop.desk_heard == []
    assert await shop.buyer_says("什么时候发货", buyer="小李") == [shop.welcome, DISPATCH]


async def test_what_was_queued_for_him_is_never_sent(shop: Shop) -> None:
    shop.platform.next_answers(503)
    accepted(await shop.delivers("怎么退货"))
    await shop.settles()
    assert await _block(shop) == 1
    assert set(await shop.states()) == {"cancelled"}
    assert await shop.time_passes(minutes=10) == []


async def test_he_leaves_the_queue_and_hears_no_holding_line(open_shop: OpenShop) -> None:
    shop = await open_shop(reply_windows=[WITHIN_THREE_MINUTES])
    await shop.buyer_says(NONSENSE, buyer="小王")
    await shop.buyer_says(NONSENSE, buyer="小李")
    await _block(shop)
    notices = len(shop.desk_heard)
    assert await shop.time_passes(minutes=2.5) == []
    assert shop.desk_heard[notices:] == [("conversation.handed_over", "小李")]
    assert (await shop.buyer_says(NONSENSE, buyer="小张"))[-1] == shop.say("hand-over-open", queue_position="2")


async def test_he_is_not_invited_to_rate(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await _block(shop)
    assert await shop.time_passes(minutes=30) == []
    assert await shop.rows("SELECT state, reason FROM invite") == [("skipped", "the buyer is blocked")]


async def test_a_new_conversation_is_no_way_round(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await _block(shop)
    accepted(await shop.platform.buyer_says("发什么快递", conversation="c-new", buyer="小王"))
    await shop.settles()
    assert shop.platform.heard("c-new") == []
    assert await _block(shop, lift=True) == 2


async def test_a_person_may_still_talk_to_him(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.staff_says("请不要发广告")
    await _block(shop)
    assert await shop.mode() == "human"
    assert await shop.buyer_says("好吧") == []
    assert await shop.time_passes(days=1) == []


async def test_who_is_let_in_again_is_answered_again(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await _block(shop)
    await shop.buyer_says("发什么快递")
    assert await _block(shop, lift=True) == 1
    assert await shop.buyer_says("发什么快递") == ["默认发中通。"]


async def test_blocking_twice_keeps_the_first_moment(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await _block(shop)
    (first,) = await shop.rows("SELECT blocked_at FROM conversation")
    shop.clock.advance(minutes=5)
    await _block(shop)
    assert await shop.rows("SELECT blocked_at FROM conversation") == [first]


@pytest.mark.parametrize("lift", [False, True])
async def test_nobody_of_that_name_is_known(shop: Shop, *, lift: bool) -> None:
    await shop.buyer_says("什么时候发货")
    assert await _block(shop, "小李", lift=lift) == 0
    assert await shop.buyer_says("发什么快递") == ["默认发中通。"]


@pytest.mark.parametrize("opener", ["staff", "system"])
async def test_a_conversation_that_somebody_else_opened_is_no_way_round(shop: Shop, opener: str) -> None:
    """Nobody knew whose it was, until the buyer writes in it."""
    await shop.buyer_says("什么时候发货", buyer="小王")
    await _block(shop)
    await _opens(shop, opener, conversation="c-other")
    await shop.time_passes(minutes=31)  # a person who has opened it has left it by then
    accepted(await shop.platform.buyer_says("发什么快递", conversation="c-other", buyer="小王"))
    await shop.settles()
    assert shop.platform.heard("c-other") == []
    found = await shop.rows("SELECT buyer FROM conversation WHERE external_id = 'c-other' AND blocked_at IS NOT NULL")
    assert found == [("小王",)]


@pytest.mark.parametrize("opener", ["staff", "system"])
async def test_who_wrote_in_a_conversation_that_somebody_else_opened_can_be_blocked(shop: Shop, opener: str) -> None:
    await _opens(shop, opener, conversation="c-other")
    await shop.time_passes(minutes=31)
    accepted(await shop.platform.buyer_says("发什么快递", conversation="c-other", buyer="小王", name="王先生"))
    await shop.settles()
    assert await _block(shop) == 1
    assert await shop.rows("SELECT buyer, buyer_name FROM conversation") == [("小王", "王先生")]


async def _opens(shop: Shop, opener: str, *, conversation: str) -> None:
    data = {
        "message_id": "m-opens",
        "conversation_id": conversation,
        "author": {"kind": opener, "id": "s-1"},
        "content": {"kind": "text", "text": "您好"},
    }
    assert (await shop.platform.deliver("message.created", data)).status == 202
    await shop.settles()
