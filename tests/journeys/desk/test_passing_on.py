"""What people do with a conversation but answer it: pass it on, hand it back, invite, close; and whose turn is it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from bot.actions.beside.suggest_answers import suggest_answers
from bot.actions.beside.tag_buyer import tag_buyer
from bot.actions.beside.write_note import write_note
from bot.actions.desk.close_conversation import close_conversation
from bot.actions.desk.hand_back import hand_back
from bot.actions.desk.invite_buyer import invite_buyer
from bot.actions.desk.snooze import snooze
from bot.actions.desk.transfer import transfer
from bot.domain.calendar import ShopCalendar
from bot.domain.desk.conversations import Done, NotPossible
from bot.domain.desk.now import DeskNow
from bot.storage.answering import beside
from bot.storage.desk import buyer_card
from bot.storage.people import receptions
from tests.databases import on_sqlite
from tests.desk import Colleague, colleague

if TYPE_CHECKING:
    from bot.actions.beside.suggest_answers import Suggestion
    from tests.shop import Shop

ZONE = ZoneInfo("Asia/Shanghai")


async def clicked(who: Colleague, action: Any, **more: Any) -> Any:
    """Let this person do it to the usual buyer's conversation as it is now."""
    await who.looks()
    return await action(clicks=who.clicks, who=who.staff, click=await who.click(), **more)


async def test_an_unanswered_turn_stays_with_whoever_passes_it_on(shop: Shop) -> None:
    li, zhang = await colleague(shop, "小李"), await colleague(shop, "小张")
    await shop.buyer_says("人工")
    await li.takes_over()
    to_zhang: dict[str, Any] = {"groups": {7: "售后"}, "to_person": zhang.staff.id}
    assert await clicked(li, transfer, **to_zhang, reason=" ") == NotPossible(reason="reason_missing")
    assert await clicked(zhang, transfer, **to_zhang, reason="我来") == NotPossible(reason="not_allowed")
    assert isinstance(await clicked(li, transfer, **to_zhang, reason="售后问题"), Done)
    assert await zhang.buyers("mine") == ["小王"]
    await zhang.looks()
    await zhang.answers("您好")
    assert isinstance(await clicked(zhang, transfer, groups={7: "售后"}, to_group=7, reason="换人"), Done)
    kept = await shop.bot.database.read(receptions.read_of, await li.number())
    assert [(each.staff_name, each.answers, each.owed_at_end is not None, each.ended_how) for each in kept] == [
        ("小李", 0, True, "transferred"),
        ("小张", 1, False, "transferred"),
    ]
    wang = await colleague(shop, "小汪")
    wang.groups = (7,)
    assert await wang.buyers("group") == ["小王"]
    assert any("transferred 小李 from=小李,to=小张,reason=售后问题,owed=yes" in line for line in await wang.says())


@on_sqlite
async def test_a_mark_counts_while_the_person_who_asked_for_it_still_leads(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await li.answers("办好了")
    invite = {"knowledge": shop.bot.in_use.base, "channels": li.channels, "zone": ZONE}
    assert isinstance(await clicked(li, invite_buyer, **invite), Done)
    await shop.time_passes(seconds=1)
    await li.answers("对了，您要几件")
    assert await shop.buyer_says("2") == []  # an answer to the person, who owes them the next one
    assert await shop.rows("SELECT score FROM rating") == []
    assert (await li.queue())[0].waiting_since is not None


@on_sqlite
async def test_the_mark_right_after_the_invite_wants_no_answer(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await li.answers("办好了")
    invite = {"knowledge": shop.bot.in_use.base, "channels": li.channels, "zone": ZONE}
    await clicked(li, invite_buyer, **invite)
    await shop.time_passes(seconds=1)
    assert await shop.buyer_says("4 小李很耐心") == []
    assert [tuple(row) for row in await shop.rows("SELECT score, comment FROM rating")] == [(4, "小李很耐心")]
    assert await shop.mode() == "human"
    assert (await li.queue())[0].waiting_since is None


async def test_an_invite_by_hand_is_the_only_one(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    invite = {"knowledge": shop.bot.in_use.base, "channels": shop.bot.channels, "zone": ZONE}
    await shop.buyer_says("人工")
    assert await clicked(li, invite_buyer, **invite) == NotPossible(reason="unanswered")
    await li.answers("办好了")
    assert isinstance(await clicked(li, invite_buyer, **invite), Done)
    await shop.time_passes(seconds=1)
    assert shop.buyer_heard[-1] == shop.say("invite").split("|")[-1]
    assert await clicked(li, invite_buyer, **invite) == NotPossible(reason="already_invited")
    assert isinstance(await clicked(li, close_conversation, confirmed=False, invite_delay=timedelta()), Done)
    heard = len(shop.buyer_heard)
    await shop.time_passes(hours=2)
    assert len(shop.buyer_heard) == heard
    assert await shop.rows("SELECT state FROM invite") == [("sent",)]
    await shop.buyer_says("5")
    assert await shop.rows("SELECT score FROM rating") == [(5,)]


async def test_closing_asks_and_snoozing_waits_for_the_buyer(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    close = {"invite_delay": None}
    assert await clicked(li, close_conversation, confirmed=False, **close) == NotPossible(reason="unanswered")
    await li.answers("稍后回复您")
    assert isinstance(await clicked(li, snooze, until=shop.clock.now() + timedelta(hours=1)), Done)
    assert (await li.buyers(), await li.buyers("snoozed")) == ([], ["小王"])
    await shop.buyer_says("还在吗，订单怎么还没到")
    assert (await li.buyers(), await li.buyers("snoozed")) == (["小王"], [])
    desk = DeskNow(channels=shop.bot.channels, answering=(None,))
    assert isinstance(await clicked(li, hand_back, desk=desk), Done)
    assert await shop.mode() == "waiting"
    assert isinstance(await clicked(li, close_conversation, confirmed=True, **close), Done)
    assert await shop.mode() == "closed"


async def test_what_stands_beside_a_conversation(shop: Shop) -> None:
    li, zhang = await colleague(shop, "小李"), await colleague(shop, "小张")
    await shop.buyer_says("什么时候发货")
    assert isinstance(await clicked(li, write_note, text="老顾客 @小张"), Done)
    assert isinstance(await clicked(li, tag_buyer, add=["VIP"]), Done)
    (called,) = await shop.bot.database.read(beside.mentions_of, zhang.staff, most=5)
    assert (called.by, called.text) == ("小李", "老顾客 @小张")
    number = await li.number()
    card = await shop.bot.database.read(buyer_card.read_card, number, li.staff, channels=list(shop.bot.channels))
    assert card is not None
    assert (card.name, card.tags) == ("小王", ("VIP",))
    suggested = await _suggested(shop, li, number)
    assert (suggested[0].entry, suggested[0].texts) == ("dispatch", ("下单后48小时内发货。",))


@on_sqlite
async def test_nobody_is_offered_to_fetch_themselves(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("在吗，人工")
    assert {"human", "greeting"}.isdisjoint(each.entry for each in await _suggested(shop, li, await li.number()))


async def _suggested(shop: Shop, who: Colleague, number: int) -> tuple[Suggestion, ...]:
    return await suggest_answers(
        database=shop.bot.database,
        knowledge=shop.bot.in_use.base,
        calendar=ShopCalendar(hours=shop.config.hours, zone=ZONE),
        clock=shop.clock,
        who=who.staff,
        conversation_id=number,
    )
