"""Two conversations with the same buyer are looked at together; each is led, answered and closed by itself."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sqlalchemy import text, update

from adapters.contract import Author, Inbound, Message, Text
from bot.actions.beside.merge_buyers import merge_buyers, split_buyers
from bot.actions.desk.transfer import transfer
from bot.domain.desk.conversations import Click, Done, NotPossible, Seen, SomebodyWasFaster
from bot.storage import inbox
from bot.storage.accounts import audit
from bot.storage.desk import talk, tally
from bot.storage.desk.buyer_card import read_card
from bot.storage.desk.views import Asking
from bot.storage.inbox import Arrival
from bot.storage.tables.messages import conversation
from tests.databases import on_sqlite
from tests.desk import colleague

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.domain.desk.conversations import Answered, BuyerCard, ConversationView
    from tests.desk import Colleague
    from tests.shop import Shop

ELSEWHERE = "c-another"
"""The conversation of 小王 on another channel."""


async def _writes_elsewhere(shop: Shop, words: str) -> None:
    message = Message(author=Author(id="w-3", name="王先生"), content=Text(words))
    inbound = Inbound(external_id=f"m-{words}", conversation_id=ELSEWHERE, event=message)
    arrival = Arrival(channel="another", inbound=inbound, received_at=shop.clock.now())
    await shop.bot.database.write(_store, arrival)
    shop.clock.advance(seconds=1)


def _store(connection: Connection, arrival: Arrival) -> None:
    """The shop of these stories has no such channel: there is nobody to answer there."""
    inbox.store(connection, [arrival])
    connection.execute(text("UPDATE inbox SET state = 'done' WHERE channel = 'another'"))


async def _merges(li: Colleague, other: str = ELSEWHERE) -> Answered:
    return await merge_buyers(clicks=li.clicks, who=li.staff, click=await li.click(), other_id=await li.number(other))


async def _card(li: Colleague) -> BuyerCard:
    card = await li.shop.bot.database.read(read_card, await li.number(), li.staff, channels=["webhook", "another"])
    assert card is not None
    return card


def _said(view: ConversationView) -> list[tuple[str, str]]:
    return [(bubble.channel, bubble.text or bubble.kind) for bubble in view.page.bubbles]


async def test_what_one_buyer_wrote_on_two_channels_stands_together_in_order(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("什么时候发货")
    await _writes_elsewhere(shop, "在你们官网也问过")
    await shop.buyer_says("人工")
    before = await li.looks()
    assert isinstance(await _merges(li), Done)

    view = await li.looks()
    own = view.header.channel
    said = [each for each in _said(view) if each[1] in {"什么时候发货", "在你们官网也问过", "人工", "merged"}]
    assert said == [(own, "什么时候发货"), ("another", "在你们官网也问过"), (own, "人工"), (own, "merged")]
    (other,) = view.merged
    assert (other.channel, other.mode) == ("another", "bot")
    assert (view.header.mode, view.header.waiting_since) == (before.header.mode, before.header.waiting_since)
    assert set(view.drafts) == {view.header.conversation_id, other.conversation_id}
    card = await _card(li)
    assert [(each.channel, each.buyer) for each in card.merged] == [("another", "w-3")]

    heard = len(shop.buyer_heard)
    await li.answers("您好")
    assert shop.buyer_heard[heard:] == ["您好"]
    await _writes_elsewhere(shop, "人呢")
    news = await li.reads_on(view)
    assert ("another", "人呢") in [(bubble.channel, bubble.text) for bubble in news.bubbles]


async def test_it_is_taken_back_by_one_click_and_stands_in_the_log(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await _writes_elsewhere(shop, "在吗")
    await _merges(li)
    together = await li.looks()
    other = await li.number(ELSEWHERE)
    assert await _merges(li) == NotPossible(reason="merged_already")
    done = await split_buyers(clicks=li.clicks, who=li.staff, click=await li.click(), other_id=other)
    assert isinstance(done, Done)

    view = await li.looks()
    assert view.merged == ()
    assert {bubble.channel for bubble in view.page.bubbles} == {""}
    assert (await _card(li)).merged == ()
    assert await shop.rows("SELECT * FROM same_buyer") == []
    looking = talk.Looking(who=li.staff, now=shop.clock.now(), title_of=str)
    number = view.header.conversation_id
    assert await shop.bot.database.read(talk.read_news, number, together.cursor, looking) is None
    logged = [each.entry for each in await shop.bot.database.read(audit.newest, most=2)]
    assert [(each.action, each.detail) for each in logged] == [
        ("buyer.split", {"with": other}),
        ("buyer.merged", {"with": other}),
    ]


async def test_a_long_history_of_two_channels_is_read_page_by_page_without_a_gap(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    for number in range(70):
        await _writes_elsewhere(shop, f"第 {number} 句")
    await _merges(li)
    view = await li.looks()
    looking = talk.Looking(who=li.staff, now=shop.clock.now(), title_of=str)
    page = await shop.bot.database.read(talk.read_page, view.header.conversation_id, view.page.before, looking)
    assert page is not None
    said = [bubble.text for bubble in (*page.bubbles, *view.page.bubbles)]
    assert [each for each in said if each.startswith("第")] == [f"第 {number} 句" for number in range(70)]
    assert "人工" in said
    assert page.before == ""


@on_sqlite
async def test_nobody_joins_or_sees_what_is_not_theirs(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await _writes_elsewhere(shop, "在吗")
    own = (await li.looks()).header.channel
    near = await colleague(shop, "小周", channels=(own,))
    assert await _merges(near) == NotPossible(reason="no_such_conversation")
    assert isinstance(await _merges(li), Done)
    view = await near.looks()
    assert view.merged == ()
    assert "在吗" not in [bubble.text for bubble in view.page.bubbles]
    assert (await _card(near)).merged == ()
    await shop.buyer_says("人工", "小赵")
    third = await near.number("小赵")
    refused = await merge_buyers(clicks=near.clicks, who=near.staff, click=await near.click(), other_id=third)
    assert refused == NotPossible(reason="not_allowed")


async def test_one_buyer_is_one_row_of_the_queue_until_they_are_split(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await _writes_elsewhere(shop, "人工客服在吗")
    await li.takes_over(ELSEWHERE)
    other = await li.number(ELSEWHERE)
    await shop.bot.database.write(_waits, other, since=shop.clock.now())
    shop.clock.advance(seconds=1)
    await shop.buyer_says("人工")
    await shop.buyer_says("人工", buyer="b-2")
    await li.takes_over()
    await shop.buyer_says("在吗")
    both = {await li.number(), other}
    assert {item.conversation_id for item in await li.queue("mine")} == both
    assert await _counts(li) == {"mine": 2, "all": 3, "owed": 3}

    assert isinstance(await _merges(li), Done)
    (row,) = await li.queue("mine")
    assert row.conversation_id == other  # who has waited there longer
    assert row.merged == (await li.number(),)
    assert row.buyer_name == "王先生"
    assert [number for number, _ in row.behind] == [await li.number()]
    assert (await li.queue("closed"), (await li.queue("all"))[0].behind) == ([], row.behind)
    assert [item.conversation_id for item in await li.queue("all")] == [row.conversation_id, await li.number("b-2")]
    assert await _counts(li) == {"mine": 1, "all": 2, "owed": 2}
    one_channel = await colleague(shop, "小周", channels=("tea",))
    assert [item.merged for item in await one_channel.queue("all")] == [(), ()]

    await shop.bot.database.write(_waits, other, since=None)
    (row,) = await li.queue("mine")
    assert row.conversation_id == await li.number()
    await shop.bot.database.write(_nameless, row.conversation_id)
    (row,) = await li.queue("mine")
    assert row.buyer_name == "王先生"  # as they are called elsewhere

    assert isinstance(await split_buyers(clicks=li.clicks, who=li.staff, click=await li.click(), other_id=other), Done)
    assert {item.conversation_id for item in await li.queue("mine")} == both
    assert await _counts(li) == {"mine": 2, "all": 3, "owed": 2}


def _nameless(connection: Connection, number: int) -> None:
    connection.execute(update(conversation).where(conversation.c.id == number).values(buyer_name=""))


def _waits(connection: Connection, number: int, *, since: datetime | None) -> None:
    connection.execute(update(conversation).where(conversation.c.id == number).values(unanswered_since=since))


async def _counts(li: Colleague) -> dict[str, int]:
    asking = Asking(who=li.staff, groups=li.groups)
    counts = (await li.shop.bot.database.read(tally.read, now=li.shop.clock.now())).counts(asking)
    return {"mine": counts.by_view["mine"], "all": counts.by_view["all"], "owed": counts.unanswered_all}


async def test_a_buyer_who_is_given_away_moves_with_all_that_waits_or_the_same_person_has(shop: Shop) -> None:
    li, zhang = await colleague(shop, "小李"), await colleague(shop, "小张")
    head = await colleague(shop, "老板", "editor")
    await _on_two_channels(shop, li)
    await li.takes_over()
    await li.takes_over(ELSEWHERE)
    own, other = await li.number(), await li.number(ELSEWHERE)
    done = await _gives(head, zhang, key="once")

    assert isinstance(done, Done)
    assert done.along == (other,)
    assert await _gives(head, zhang, key="once") == done  # the same click again
    assert await _holders(shop, own, other) == ["小张", "小张"]
    assert await li.queue("mine") == []
    lines = [(bubble.channel, bubble.kind) for bubble in (await zhang.looks()).page.bubbles if bubble.who == "system"]
    channels = {channel for channel, kind in lines if kind == "transferred"}
    assert channels == {(await li.looks()).header.channel, "another"}
    logged = [each.entry for each in await shop.bot.database.read(audit.newest, most=2)]
    assert [(each.action, each.about) for each in logged] == [
        ("conversation.transferred", f"conversation {number}") for number in (other, own)
    ]


async def test_what_another_person_has_and_what_the_bot_leads_stays_where_it_is(shop: Shop) -> None:
    li, zhang, wang = [await colleague(shop, name) for name in ("小李", "小张", "小汪")]
    await _on_two_channels(shop, li)
    await li.takes_over()
    own, other = await li.number(), await li.number(ELSEWHERE)
    done = await _gives(li, zhang)
    assert isinstance(done, Done)
    assert done.along == ()
    assert [header.mode for header in (await li.looks()).merged] == ["bot"]

    await wang.takes_over(ELSEWHERE)
    assert isinstance(await _gives(zhang, li), Done)
    assert await _holders(shop, own, other) == ["小李", "小汪"]


async def test_nothing_goes_along_where_the_colleague_may_not_answer_or_which_is_no_more_theirs(shop: Shop) -> None:
    li, zhang = await colleague(shop, "小李"), await colleague(shop, "小张")
    await _on_two_channels(shop, li)
    await li.takes_over()
    await li.takes_over(ELSEWHERE)
    view = await li.looks()
    own, other = await li.number(), await li.number(ELSEWHERE)
    near = await colleague(shop, "小周", channels=(view.header.channel,))
    assert isinstance(await _gives(li, near), Done)
    assert await _holders(shop, own, other) == ["小周", "小李"]

    assert isinstance(await _gives(near, li), Done)
    seen = (Seen(conversation_id=other, version=view.merged[0].version),)
    split = await split_buyers(clicks=li.clicks, who=li.staff, click=await li.click(), other_id=other)
    assert isinstance(split, Done)
    assert isinstance(await _gives(li, zhang, seen=seen), Done)
    assert await _holders(shop, own, other) == ["小张", "小李"]


async def test_who_was_faster_in_one_of_them_is_told_and_none_of_them_moves(shop: Shop) -> None:
    li, zhang = await colleague(shop, "小李"), await colleague(shop, "小张")
    head = await colleague(shop, "老板", "editor")
    await _on_two_channels(shop, li)
    await li.takes_over()
    await li.takes_over(ELSEWHERE)
    own, other = await li.number(), await li.number(ELSEWHERE)
    view = await head.looks()
    seen = tuple(Seen(conversation_id=each.conversation_id, version=each.version) for each in view.merged)
    await _writes_elsewhere(shop, "人呢")  # what the buyer does refuses nobody
    assert isinstance(await _transfer(li, zhang, await li.click(ELSEWHERE)), Done)
    assert isinstance(await _transfer(zhang, li, await zhang.click(ELSEWHERE)), Done)

    refused = await _gives(head, zhang, seen=seen)
    assert refused == SomebodyWasFaster(by="小张", what="transfer", version=view.header.version)
    assert await _holders(shop, own, other) == ["小李", "小李"]


async def _on_two_channels(shop: Shop, li: Colleague) -> None:
    await _writes_elsewhere(shop, "在吗")
    await shop.buyer_says("人工")
    assert isinstance(await _merges(li), Done)


async def _gives(who: Colleague, to: Colleague, *, key: str = "", seen: tuple[Seen, ...] | None = None) -> Answered:
    """Give the buyer to this colleague, as they are seen now with all that is theirs."""
    view = await who.looks()
    beside = tuple(Seen(conversation_id=each.conversation_id, version=each.version) for each in view.merged)
    click = dataclasses.replace(await who.click(key=key), beside=beside if seen is None else seen)
    return await _transfer(who, to, click)


async def _transfer(who: Colleague, to: Colleague, click: Click) -> Answered:
    number = to.staff.id
    return await transfer(clicks=who.clicks, who=who.staff, click=click, groups={}, reason="换人", to_person=number)


async def _holders(shop: Shop, *numbers: int) -> list[str]:
    rows = await shop.rows("SELECT conversation_id, assignee_name FROM desk")
    names = {row.conversation_id: row.assignee_name for row in rows}
    return [names[number] for number in numbers]
