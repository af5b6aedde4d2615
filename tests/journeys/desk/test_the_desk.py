"""People answer buyers at the shop's own desk: the bot is silent, nothing is lost, and everybody sees what happened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from bot.domain.desk.conversations import Done, NotPossible, SomebodyWasFaster
from bot.storage.accounts import audit
from bot.storage.desk.buyer_card import read_card
from tests.databases import on_sqlite
from tests.desk import colleague
from tests.shop import BUYER
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.desk import Colleague
    from tests.shop import Shop

ORDER = "6920051234567890"


@on_sqlite
async def test_a_person_answers_and_the_bot_is_silent(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    heard = len(shop.buyer_heard)
    done = await li.answers("您好，我是小李", "马上为您看")
    assert isinstance(done, Done)
    assert shop.buyer_heard[heard:] == ["您好，我是小李", "马上为您看"]
    assert await shop.mode() == "human"
    assert await shop.buyer_says("什么时候发货") == []
    assert (await li.says())[-3:] == ["小李: 您好，我是小李", "小李: 马上为您看", "小王: 什么时候发货"]


async def test_two_people_at_once_are_told_who_was_faster(shop: Shop) -> None:
    li, zhang = await colleague(shop, "小李"), await colleague(shop, "小张")
    await shop.buyer_says("人工")
    await li.looks()
    await zhang.looks()
    assert isinstance(await li.answers("您好"), Done)
    answered = await zhang.answers("在的")
    assert isinstance(answered, SomebodyWasFaster)
    assert (answered.by, answered.what) == ("小李", "answer")
    assert shop.buyer_heard.count("在的") == 0
    await zhang.looks()
    assert isinstance(await zhang.answers("在的"), Done)


@on_sqlite
async def test_what_the_buyer_and_the_bot_do_meanwhile_refuses_nobody(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await li.looks()
    await shop.buyer_says("什么时候发货")
    assert isinstance(await li.answers("今天就发"), Done)


async def test_the_same_click_twice_says_it_once(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    first = await li.answers("您好", key="k")
    assert await li.answers("您好", key="k") == first
    assert shop.buyer_heard.count("您好") == 1


async def test_an_answer_may_be_taken_back_while_it_has_not_left(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    (before,) = await li.queue()
    done = await li.answers("写错了", key="k", undo_seconds=5)
    assert isinstance(done, Done)
    assert (await li.says())[-1] == "小李: 写错了 [queued]"
    await shop.time_passes(seconds=2)
    assert "写错了" not in shop.buyer_heard
    assert isinstance(await li.takes_back("k"), Done)
    await shop.time_passes(seconds=60)
    assert "写错了" not in shop.buyer_heard
    view = await li.looks()
    assert view.drafts[view.header.conversation_id] == "写错了"
    assert view.header.waiting_since == before.waiting_since


@on_sqlite
async def test_what_has_left_cannot_be_taken_back(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await li.answers("您好", key="k", undo_seconds=5)
    await shop.time_passes(seconds=5)
    assert shop.buyer_heard[-1] == "您好"
    assert await li.takes_back("k") == NotPossible(reason="already_left")


async def test_taking_over_silences_the_bot_and_leaves_the_buyer_waiting(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    shop.platform.next_answers(429)
    await shop.buyer_says("什么时候发货")
    await li.takes_over()
    await shop.time_passes(minutes=2)
    assert shop.buyer_heard == []
    (item,) = await li.queue("mine")
    assert item.waiting_since is not None


async def test_the_queue_has_who_waits_longest_first(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    for buyer in ("甲", "乙", "丙"):
        await shop.buyer_says("人工", buyer)
        await shop.time_passes(seconds=30)
    await shop.buyer_says("什么时候发货", "丁")
    assert await li.buyers() == ["甲", "乙", "丙"]
    assert await li.buyers("bot") == ["丁"]
    await li.answers("您好", buyer="甲")
    assert await li.buyers() == ["乙", "丙", "甲"]
    assert await li.buyers("mine") == ["甲"]


@on_sqlite
async def test_a_person_at_the_platform_was_faster(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says(NONSENSE)
    await li.looks()
    await shop.staff_says("我在")
    answered = await li.answers("您好")
    assert isinstance(answered, SomebodyWasFaster)
    assert answered.what == "spoke_elsewhere"


@on_sqlite
async def test_nobody_is_faster_than_themselves(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    seen_in_another_tab = (await li.looks()).header.version
    assert isinstance(await li.takes_over(), Done)
    li.seen[BUYER] = seen_in_another_tab
    assert isinstance(await li.answers("您好"), Done)


@on_sqlite
async def test_owners_find_in_the_log_who_took_a_buyer_over(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await shop.buyer_says("人工", "小赵")
    await li.takes_over()
    await li.answers("您好")
    await li.answers("您好", buyer="小赵")
    logged = [each.entry for each in await shop.bot.database.read(audit.newest, most=5)]
    assert [(entry.action, entry.staff_name) for entry in logged] == [("conversation.taken_over", "小李")] * 2
    assert len({entry.about for entry in logged}) == 2


@on_sqlite
async def test_whoever_asks_a_person_whether_they_are_there_waits_for_an_answer(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await li.answers("您好")
    await shop.buyer_says("谢谢")
    assert [item.waiting_since for item in await li.queue()] == [None]
    await shop.buyer_says("在吗在吗")
    assert None not in [item.waiting_since for item in await li.queue()]


@on_sqlite
async def test_whoever_takes_a_buyer_over_and_says_nothing_is_late_like_anybody(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="cover", reply_windows=["douyin"])
    li = await colleague(shop, "小李")
    await shop.buyer_says(NONSENSE)
    await li.takes_over()
    assert await shop.mode() == "human"
    assert await shop.time_passes(seconds=60) == []
    assert await shop.time_passes(seconds=60) == [shop.say("holding-led")]


@on_sqlite
async def test_whoever_takes_an_answer_back_is_late_as_before_it(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="cover", reply_windows=["douyin"])
    li = await colleague(shop, "小李")
    await shop.buyer_says(NONSENSE)
    await li.answers("写错了", key="k", undo_seconds=5)
    await li.takes_back("k")
    assert await shop.time_passes(seconds=60) == []
    assert await shop.time_passes(seconds=60) == [shop.say("holding-led")]


async def test_whoever_may_only_look_reads_no_long_number_anywhere(shop: Shop) -> None:
    li, viewer = await colleague(shop, "小李"), await colleague(shop, "老周", role="viewer")
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=20)
    await shop.buyer_rates(2, comment=f"订单 {ORDER} 没到")
    await shop.buyer_says("人工")
    await li.takes_over()
    await shop.buyer_says(f"单号是 {ORDER}")
    assert await _numbers_shown(shop, li) == [ORDER, ORDER, ORDER]
    assert await _numbers_shown(shop, viewer) == ["••••7890"] * 3


async def _numbers_shown(shop: Shop, who: Colleague) -> list[str]:
    """What stands for the order's number in the queue, in the conversation and on the buyer's card."""
    (item,), bubbles = await who.queue(), (await who.looks()).page.bubbles
    card = await shop.bot.database.read(read_card, await who.number(), who.staff, channels=list(shop.bot.channels))
    assert card is not None
    said = [bubble.text for bubble in bubbles if bubble.text.startswith("单号")]
    return [
        word
        for words in (item.last_words, *said, *(each.comment for each in card.earlier))
        for word in re.findall(r"•*\d{4,}", words)
    ]
