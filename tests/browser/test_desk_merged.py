"""One buyer writes in the shop's window and by a webhook; at the desk both are looked at together."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect
from sqlalchemy import select

from adapters.contract import Author, Inbound, Message, Text
from bot.actions.index_messages import index_messages
from bot.clock import SystemClock
from bot.storage import inbox
from bot.storage.inbox import Arrival
from bot.storage.tables.messages import conversation
from tests.browser.test_desk import COUNTS_NOTES, answers, buyer_says, comes_in, opens
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from playwright.async_api import Page
    from sqlalchemy.engine import Connection

    from bot.app import Running
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def writes_elsewhere(bot: RealBot, name: str, words: str) -> None:
    """Somebody has written on the channel "slow", and is found by their name."""

    async def write(running: Running) -> None:
        message = Message(author=Author(id=f"b-{name}", name=name), content=Text(words))
        inbound = Inbound(external_id=f"m-{name}", conversation_id=f"c-{name}", event=message)
        arrival = Arrival(channel="slow", inbound=inbound, received_at=SystemClock().now())
        await running.database.write(inbox.store, [arrival])

    async def index(running: Running) -> None:
        later = FakeClock(SystemClock().now() + timedelta(minutes=1))  # what is seconds old is left for the next round
        await index_messages(database=running.database, clock=later)

    await bot.inside(write)
    await bot.inside(index)


async def merges(li: Page, name: str) -> None:
    """Say that the buyer who is open is this one too."""
    await li.locator("main").press("y")
    dialog = li.locator("#desk-dialog")
    await dialog.get_by_role("searchbox").fill(name)
    await expect(dialog.get_by_role("radio", name=name)).to_be_checked()
    await li.keyboard.press("Enter")


async def test_two_conversations_of_one_buyer_are_answered_from_one_place(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    await writes_elsewhere(own_bot, "蓝先生", "我在网页上也问过")
    li = await sit_down(own_bot, "小李")
    buyer = await comes_in(open_page, own_bot, "什么时候发货")
    await opens(li, buyer)
    await merges(li, "蓝先生")

    await expect(li.locator(".row[data-author=buyer] .via").first).to_be_visible()
    await expect(li.locator(".row[data-author=buyer]", has_text="我在网页上也问过")).to_contain_text("slow")
    to = li.locator("[data-channels]")
    await expect(to.get_by_role("button", name="site")).to_have_attribute("aria-pressed", "true")
    await li.locator("[data-log]").press("v")
    await expect(to.get_by_role("button", name="slow")).to_have_attribute("aria-pressed", "true")
    await expect(li.locator("[data-state]").first).to_contain_text("slow")
    await li.keyboard.press("Alt+t")
    await expect(li.locator("[data-state]").first).to_contain_text("我接待")
    await to.get_by_role("button", name="site").click()
    await answers(li, "发到您的网页上")
    await expect(buyer.locator(".row[data-author=staff] .bubble")).to_have_text("发到您的网页上")
    await buyer_says(buyer, "收到")
    await expect(li.locator(".row[data-author=buyer]", has_text="收到")).to_contain_text("site")

    async def numbers(running: Running) -> list[int]:
        return list(await running.database.read(_numbers, "蓝先生"))

    (blue,) = await own_bot.inside(numbers)
    rows = li.locator(f".queue-row[data-id='{blue}'], .queue-row[data-id='{li.url.rpartition('/')[2]}']")
    await li.locator("[data-view=mine]").click()
    await expect(rows).to_have_attribute("aria-current", "true")
    await li.get_by_role("button", name="分开：slow 的买家是另一位").click()
    await expect(to).to_be_hidden()
    await expect(li.locator(".row[data-author=buyer]", has_text="我在网页上也问过")).to_have_count(0)
    await expect(rows).to_have_count(2)


async def test_a_merged_buyer_is_given_to_somebody_whole_and_whoever_gives_sees_it_before(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    await writes_elsewhere(own_bot, "青女士", "我在另一边也问了")
    li, zhou = await sit_down(own_bot, "小李"), await sit_down(own_bot, "小周", "agent")
    buyer = await comes_in(open_page, own_bot, "什么时候发货")
    await opens(li, buyer)
    await merges(li, "青女士")
    to = li.locator("[data-channels]")
    for channel in ("slow", "site"):
        await to.get_by_role("button", name=channel).click()
        await li.keyboard.press("Alt+t")
        await expect(li.locator("[data-state]").first).to_contain_text(f"{channel} · 我接待")
    await buyer_says(buyer, "青色的有货吗")
    await expect(li.locator("[data-state] .timer").first).to_be_visible()

    await li.goto(f"{own_bot.url}/console/supervisor")
    row = li.locator("tr", has_text="青女士")
    await expect(row).to_contain_text("site：一起转")
    await row.get_by_role("button", name="给 小周").click()
    await expect(li.get_by_role("status")).to_have_text("已改派，同一买家在其他渠道的会话一起转了。")

    await zhou.locator("[data-view=mine]").click()
    await zhou.locator(".queue-row", has_text="青女士").click()
    for channel in ("slow", "site"):
        await zhou.locator("[data-channels]").get_by_role("button", name=channel).click()
        await expect(zhou.locator("[data-state]").first).to_contain_text(f"{channel} · 我接待")
    await zhou.locator("main").press("Alt+g")
    dialog = zhou.locator("#desk-dialog")
    await expect(dialog).to_contain_text("同一人接待的会话会一起转")
    await dialog.get_by_text("小李").click()
    await dialog.locator("#transfer-reason").fill("还是您来")
    await zhou.keyboard.press("Enter")
    await expect(zhou.locator("[data-view=mine] [data-count]")).to_be_hidden()


async def test_what_is_left_of_an_answered_buyer_rings_no_more(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    """They waited on both channels, and were one row: the second conversation is no new buyer."""
    await writes_elsewhere(own_bot, "紫女士", "我在另一边也问了")
    li = await sit_down(own_bot, "小李")
    await li.add_init_script(COUNTS_NOTES)
    await li.reload()
    buyer = await comes_in(open_page, own_bot, "什么时候发货")
    await opens(li, buyer)
    await merges(li, "紫女士")
    to = li.locator("[data-channels]")
    for channel in ("slow", "site"):
        await to.get_by_role("button", name=channel).click()
        await li.keyboard.press("Alt+t")
        await expect(li.locator("[data-state]").first).to_contain_text(f"{channel} · 我接待")
    await li.locator("[data-view=mine]").click()
    await buyer_says(buyer, "紫色的有货吗")
    await expect(to.get_by_role("button", name="site").locator(".timer")).to_be_visible()
    await expect(to.get_by_role("button", name="slow").locator(".timer")).to_be_visible()
    row = li.locator(".queue-row[data-waits=true]")
    await expect(row).to_have_count(1)
    first = await row.get_attribute("data-id")
    rung = await li.evaluate("window.notes")

    await to.get_by_role("button", name="slow").click()
    await answers(li, "在的")
    await expect(to.get_by_role("button", name="slow").locator(".timer")).to_have_count(0)
    await expect(row).to_have_count(1)
    await expect(row).not_to_have_attribute("data-id", str(first))

    await to.get_by_role("button", name="site").click()
    await answers(li, "有的")
    await expect(row).to_have_count(0)
    assert await li.evaluate("window.notes") == rung
    await buyer_says(buyer, "那我要一件")
    await li.wait_for_function("rung => window.notes > rung", arg=rung)


def _numbers(connection: Connection, name: str) -> Sequence[int]:
    return connection.execute(select(conversation.c.id).where(conversation.c.buyer_name == name)).scalars().all()
