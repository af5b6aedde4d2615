"""Two conversations with the same buyer are looked at together; each is led, answered and closed by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text, update

from adapters.contract import Author, Inbound, Message, Text
from bot.actions.beside.merge_buyers import merge_buyers, split_buyers
from bot.domain.desk.conversations import Done, NotPossible
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
