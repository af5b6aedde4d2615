"""How much the bot says on a channel: nothing at all, drafts, a word when people are late, or the first one."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from bot.actions.reception.report_agreement import report_agreement
from bot.actions.reception.set_desk import set_desk
from bot.domain.accounts.staff import Staff
from bot.domain.channels.modes import ChannelMode
from bot.domain.desk.settings import DeskSettings
from tests.databases import on_sqlite
from tests.fakes import Reaction
from tests.shop import CHANNEL
from tests.small_manual import MORE_NONSENSE, NONSENSE

if TYPE_CHECKING:
    from bot.config import BotMode
    from tests.conftest import OpenShop
    from tests.shop import Shop

SHANGHAI = ZoneInfo("Asia/Shanghai")
OWNER = Staff(id=1, name="老板", role="owner")
DISPATCH = "下单后48小时内发货。"
EVERYTHING = (
    *("什么时候发货", "在吗", NONSENSE, "转人工", "我要投诉你们"),
    *("加微信xq12345代发货源一手", "发什么快递", "谢谢", "5"),
)


async def _sets(shop: Shop, mode: BotMode) -> None:
    """An owner sets the mode of the channel in the console."""
    desk = DeskSettings(modes=(ChannelMode(channel=CHANNEL, mode=mode),))
    newest = (await shop.rows("SELECT coalesce(max(id), 0) AS id FROM desk_settings"))[0].id
    assert await set_desk(database=shop.bot.database, wanted=desk, seen=newest, by=OWNER, clock=shop.clock)


async def _drafts(shop: Shop) -> list[tuple[str, str, list[str]]]:
    rows = await shop.rows("SELECT voice, outcome, texts FROM bot_draft ORDER BY id")
    return [(row.voice, row.outcome, json.loads(row.texts)) for row in rows]


@on_sqlite
@pytest.mark.parametrize("mode", ["off", "shadow", "assist"])
async def test_where_the_bot_is_silent_no_buyer_hears_it_whatever_happens(open_shop: OpenShop, mode: str) -> None:
    shop = await open_shop(mode=mode, reply_windows=["taobao", "pace"])
    for words in EVERYTHING:
        assert await shop.buyer_says(words) == []
    assert await shop.mode() == "waiting"
    assert await shop.time_passes(minutes=10) == []
    await shop.staff_says("今天发")
    assert await shop.buyer_says("发什么快递") == []
    assert await shop.time_passes(minutes=10) == []
    await shop.closes()
    for _ in range(3):
        await shop.time_passes(hours=9)
    assert shop.platform.replies("c-小王") == []
    assert bool(await _drafts(shop)) is (mode != "off")


@on_sqlite
async def test_in_the_shadow_it_thinks_as_if_it_came_first(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="shadow")
    await shop.buyer_says("什么时候发货")
    await shop.staff_says("今天发")
    await shop.buyer_says("发什么快递")
    await shop.buyer_says(NONSENSE)
    drafts = await _drafts(shop)
    assert drafts[:2] == [("shadow", "answer", [DISPATCH]), ("shadow", "answer", ["默认发中通。"])]
    assert drafts[2][2] == []
    assert await shop.mode() == "human"


async def test_the_agreement_of_an_entry_is_told_when_people_have_answered(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="shadow")
    for number, answer in enumerate(("48小时内发货", "亲，下单后48小时内发货", "72小时内发货")):
        await shop.buyer_says("什么时候发货", f"b{number}")
        await shop.time_passes(seconds=30)
        await shop.staff_says(answer, f"b{number}")
    await shop.buyer_says("什么时候发货", "b9")
    (found,) = await report_agreement(database=shop.bot.database, clock=shop.clock)
    assert (found.entry, found.agreed, found.compared, found.advice) == ("dispatch", 2, 3, "wait")


@on_sqlite
async def test_what_it_has_not_said_it_does_not_remember_having_said(open_shop: OpenShop) -> None:
    shop = await open_shop()
    await _sets(shop, "assist")
    await shop.bot.jobs["desk"].work()
    assert await shop.buyer_says("什么时候发货") == []
    await _sets(shop, "first")
    await shop.closes()
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]


async def test_where_people_come_first_the_bot_says_its_sure_answer_once_when_they_are_late(
    open_shop: OpenShop,
) -> None:
    shop = await open_shop(mode="cover", reply_windows=["douyin"])
    assert await shop.buyer_says("什么时候发货") == []
    assert await shop.mode() == "waiting"
    assert await shop.time_passes(seconds=118) == []
    assert await shop.time_passes(seconds=1) == [DISPATCH]
    assert await shop.time_passes(minutes=30) == []
    told = await shop.rows("SELECT detail FROM desk_event WHERE kind = 'cover'")
    assert [json.loads(row.detail)["counts"] for row in told] == [{"three-minute-reply": False}]
    assert await shop.mode() == "waiting"


@on_sqlite
async def test_without_a_sure_answer_it_says_that_somebody_will_come(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="cover", reply_windows=["douyin"])
    assert await shop.buyer_says("什么时候发货") == []
    assert await shop.buyer_says(NONSENSE) == []
    assert await shop.time_passes(seconds=119) == [shop.say("holding")]


@on_sqlite
async def test_a_person_in_time_keeps_it_silent(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="cover", reply_windows=["douyin"])
    await shop.buyer_says("什么时候发货")
    await shop.time_passes(seconds=100)
    await shop.staff_says("今天发")
    assert await shop.time_passes(minutes=10) == []


@on_sqlite
async def test_a_person_who_leads_and_is_late_again_is_covered_for_once(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="cover", reply_windows=["douyin"])
    await shop.buyer_says("什么时候发货")
    await shop.staff_says("今天发")
    await shop.time_passes(minutes=1)
    assert await shop.buyer_says(NONSENSE) == []
    assert await shop.time_passes(seconds=119) == [shop.say("holding-led")]
    assert await shop.mode() == "waiting"
    await shop.staff_says("我看看")
    assert await shop.mode() == "human"
    assert await shop.time_passes(minutes=10) == []


@on_sqlite
async def test_while_the_shop_is_closed_the_bot_answers_what_it_knows(open_shop: OpenShop) -> None:
    shop = await open_shop(mode="cover", reply_windows=["douyin"])
    await shop.it_is(datetime(2026, 11, 22, 22, 0, tzinfo=SHANGHAI))
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]
    assert (await shop.buyer_says(NONSENSE))[-1] == shop.say("away", opens_at="明天09:00")
    assert await shop.buyer_says(MORE_NONSENSE) != [shop.say("away", opens_at="明天09:00")]
    assert await shop.time_passes(minutes=10) == []


async def test_a_mode_that_is_set_holds_for_the_very_next_message(open_shop: OpenShop) -> None:
    shop = await open_shop()
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]
    await _sets(shop, "off")
    assert await shop.buyer_says("发什么快递") == []
    await _sets(shop, "first")
    assert await shop.buyer_says("发什么快递") == ["默认发中通。"]


async def test_what_was_queued_is_not_sent_once_the_bot_is_silenced(open_shop: OpenShop) -> None:
    shop = await open_shop()
    shop.platform.next_answers(Reaction(status=429, headers={"Retry-After": "60"}))
    await shop.buyer_says("什么时候发货")
    await _sets(shop, "assist")
    await shop.time_passes(minutes=5)
    assert shop.buyer_heard == []
    assert set(await shop.states()) == {"cancelled"}


async def test_who_saw_an_older_setting_overwrites_nothing(open_shop: OpenShop) -> None:
    shop = await open_shop()
    database, clock = shop.bot.database, shop.clock
    await _sets(shop, "off")
    late = DeskSettings(modes=(ChannelMode(channel=CHANNEL, mode="first"),))
    assert not await set_desk(database=database, wanted=late, seen=0, by=OWNER, clock=clock)
    assert await shop.buyer_says("什么时候发货") == []
