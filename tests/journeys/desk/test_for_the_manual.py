"""What people find for the manual as they answer: the editor takes it into the manual, and the bot answers by it."""

from __future__ import annotations

import sqlite3
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bot.actions.beside.correct_decision import correct_decision
from bot.actions.beside.propose_answer import propose_answer
from bot.domain.desk.conversations import Done, NotPossible
from bot.storage import erasing
from bot.storage.knowledge import for_the_manual
from bot.web.shared.signed_in import COOKIE
from knowledge.improve.evaluate import Line, read_lines
from tests.console import Visitor
from tests.databases import on_sqlite
from tests.desk import colleague
from tests.people import joins
from tests.shop import BUYER
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Bubble
    from tests.desk import Colleague
    from tests.shop import Shop

DRAFTS = "/console/knowledge/drafts"
pytestmark = on_sqlite


@pytest.fixture
async def editor(shop: Shop) -> AsyncIterator[Visitor]:
    person = await joins(shop.bot.database, "editor", clock=shop.clock, name="王编辑")
    async with Visitor(shop.bot.url) as visitor:
        visitor.has_cookie(COOKIE, person.token)
        yield visitor


async def _proposes(li: Colleague, question: str, answer: str) -> Answered:
    manual = li.shop.bot.in_use.base.manual
    return await propose_answer(
        clicks=li.clicks, who=li.staff, click=await li.click(), manual=manual, question=question, answer=answer
    )


async def _corrects(li: Colleague, bubble: Bubble, entry: str, buyer: str = BUYER) -> Answered:
    return await correct_decision(
        clicks=li.clicks,
        who=li.staff,
        click=await li.click(buyer),
        manual=li.shop.bot.in_use.base.manual,
        decision_id=bubble.decision_id or 0,
        entry=entry,
    )


async def test_an_answer_becomes_a_new_entry_that_the_bot_answers_by(shop: Shop, editor: Visitor) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says(NONSENSE)
    await li.answers("可以到店自提。")
    assert isinstance(await _proposes(li, "能到店自提吗", "可以到店自提。"), Done)
    page = await editor.goes_to(DRAFTS)
    assert "能到店自提吗" in page.text
    assert "小李" in page.text

    form = await editor.goes_to(f"{DRAFTS}/a1")
    taken = await editor.sends(
        f"{DRAFTS}/a1/take",
        form,
        questions="能到店自提吗\n可以自提吗",
        entry="",
        title="到店自提",
        group="test",
        answer="可以到店自提。\n\n来之前说一声就行。",
    )

    assert taken.address == f"{DRAFTS}?done=taken"
    assert "没有待定的草稿" in taken.text
    await shop.bot.jobs["manual"].work()
    assert (await shop.buyer_says("可以自提吗", "小赵"))[-2:] == ["可以到店自提。", "来之前说一声就行。"]


async def test_what_should_have_been_becomes_another_wording_and_a_line_to_evaluate_by(
    shop: Shop, editor: Visitor
) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("什么时候发货")
    said = (await li.looks()).page.bubbles[-1]
    assert isinstance(await _corrects(li, said, "courier"), Done)
    assert (await li.looks()).page.bubbles[-1].should_have_been == "<courier>"

    page = await editor.goes_to(DRAFTS)
    assert "机器人当成了“什么时候发货”" in page.text
    form = await editor.goes_to(f"{DRAFTS}/c{said.decision_id}")
    assert '<option value="courier" selected>' in form.text
    taken = await editor.sends(f"{DRAFTS}/c{said.decision_id}/take", form, questions="怎么寄过来", entry="courier")
    assert taken.address == f"{DRAFTS}?done=taken"

    await shop.bot.jobs["manual"].work()
    courier = next(each for each in shop.bot.in_use.base.manual.entries if each.id == "courier")
    assert courier.questions[-1] == "怎么寄过来"
    file = await editor.sends(f"{DRAFTS}/corrections", page)
    assert read_lines(file.text.encode()) == (Line(entry="courier", question="什么时候发货"),)


async def test_a_draft_that_is_dropped_is_gone_and_settled_once(shop: Shop, editor: Visitor) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await _proposes(li, "有发票吗", "有的。")
    form = await editor.goes_to(f"{DRAFTS}/a1")
    assert (await editor.sends(f"{DRAFTS}/a1/drop", form)).address == f"{DRAFTS}?done=dropped"
    assert (await editor.goes_to(f"{DRAFTS}/a1")).status == 404
    assert await shop.bot.database.read(for_the_manual.count_open, li.staff) == 0


async def test_what_nobody_could_publish_stays_a_draft_and_says_why(shop: Shop, editor: Visitor) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await _proposes(li, "有发票吗", "发票抬头填{没有这个}。")
    form = await editor.goes_to(f"{DRAFTS}/a1")
    refused = await editor.sends(
        f"{DRAFTS}/a1/take", form, questions="有发票吗", title="", group="test", answer="有的。"
    )
    assert refused.status == 422
    refused = await editor.sends(
        f"{DRAFTS}/a1/take", form, questions="有发票吗", title="发票", group="test", answer="抬头填{没有这个}。"
    )
    assert refused.status == 422
    assert "没有这个" in refused.text
    assert await shop.bot.database.read(for_the_manual.count_open, li.staff) == 1


async def test_nobody_finds_drafts_of_channels_that_are_not_theirs(shop: Shop) -> None:
    li, wang = await colleague(shop, "小李"), await colleague(shop, "老王", "editor", channels=("another",))
    await shop.buyer_says("人工")
    await _proposes(li, "有发票吗", "有的。")
    assert await shop.bot.database.read(for_the_manual.read_open, wang.staff, most=9) == []
    assert await shop.bot.database.read(for_the_manual.count_open, wang.staff) == 0


async def test_only_decisions_of_this_conversation_and_entries_of_the_manual_count(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("什么时候发货")
    await shop.buyer_says("人工", "小赵")
    said = (await li.looks()).page.bubbles[-1]
    assert await _corrects(li, said, "nothing-of-ours") == NotPossible(reason="no_such_entry")
    elsewhere = await li.click("小赵")
    refused = await correct_decision(
        clicks=li.clicks,
        who=li.staff,
        click=elsewhere,
        manual=shop.bot.in_use.base.manual,
        decision_id=said.decision_id or 0,
        entry="courier",
    )
    assert refused == NotPossible(reason="no_such_decision")


async def test_a_draft_is_kept_no_longer_than_what_was_said(shop: Shop) -> None:
    li = await colleague(shop, "小李")
    await shop.buyer_says("人工")
    await _proposes(li, "有发票吗", "有的。")
    before = shop.clock.now()
    await shop.bot.database.write(erasing.erase_page, what="proposal", before=before - timedelta(minutes=1))
    assert await shop.bot.database.read(for_the_manual.count_open, li.staff) == 1
    await shop.bot.database.write(erasing.erase_page, what="proposal", before=before + timedelta(minutes=1))
    assert await shop.bot.database.read(for_the_manual.count_open, li.staff) == 0


async def test_many_corrections_are_read_with_no_more_queries_than_one(shop: Shop) -> None:
    li = await colleague(shop, "小李")

    async def asks_and_reads(buyer: str) -> tuple[list[str], int]:
        await shop.buyer_says("什么时候发货", buyer)
        await _corrects(li, (await li.looks(buyer)).page.bubbles[-1], "courier", buyer)
        return await shop.bot.database.read(_read_and_counted, li.staff)

    once = await asks_and_reads("甲")
    await asks_and_reads("乙")
    assert await asks_and_reads("丙") == (["什么时候发货"] * 3, once[1])


def _read_and_counted(connection: Connection, who: Staff) -> tuple[list[str], int]:
    """The questions that wait for the editor, and how many statements it took to read them."""
    driver, said = connection.connection.driver_connection, list[str]()
    assert isinstance(driver, sqlite3.Connection)
    driver.set_trace_callback(said.append)
    drafts = for_the_manual.read_open(connection, who, most=9)
    driver.set_trace_callback(None)
    return [each.question for each in drafts], len(said)
