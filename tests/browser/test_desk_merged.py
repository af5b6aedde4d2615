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
from tests.browser.test_desk import AFTER_UNDO_MS, answers, buyer_says, comes_in, opens
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection

    from bot.app import Running
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_two_conversations_of_one_buyer_are_answered_from_one_place(
    open_page: Open, sit_down: SitDown, desk_bot: RealBot
) -> None:
    async def writes_elsewhere(running: Running) -> None:
        message = Message(author=Author(id="b-1", name="蓝先生"), content=Text("我在网页上也问过"))
        inbound = Inbound(external_id="m-blue", conversation_id="c-blue", event=message)
        arrival = Arrival(channel="slow", inbound=inbound, received_at=SystemClock().now())
        await running.database.write(inbox.store, [arrival])

    async def index(running: Running) -> None:
        later = FakeClock(SystemClock().now() + timedelta(minutes=1))  # what is seconds old is left for the next round
        await index_messages(database=running.database, clock=later)

    await desk_bot.inside(writes_elsewhere)
    await desk_bot.inside(index)
    li = await sit_down(desk_bot, "小李")
    buyer = await comes_in(open_page, desk_bot, "什么时候发货")
    await opens(li, buyer)
    await li.locator("main").press("y")
    dialog = li.locator("#desk-dialog")
    await dialog.get_by_role("searchbox").fill("蓝先生")
    await expect(dialog.get_by_role("radio", name="蓝先生")).to_be_checked()
    await li.keyboard.press("Enter")

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
    await expect(buyer.locator(".row[data-author=staff] .bubble")).to_have_text("发到您的网页上", timeout=AFTER_UNDO_MS)
    await buyer_says(buyer, "收到")
    await expect(li.locator(".row[data-author=buyer]", has_text="收到")).to_contain_text("site")

    async def numbers(running: Running) -> list[int]:
        return list(await running.database.read(_numbers, "蓝先生"))

    (blue,) = await desk_bot.inside(numbers)
    rows = li.locator(f".queue-row[data-id='{blue}'], .queue-row[data-id='{li.url.rpartition('/')[2]}']")
    await li.locator("[data-view=mine]").click()
    await expect(rows).to_have_attribute("aria-current", "true")
    await li.get_by_role("button", name="分开：slow 的买家是另一位").click()
    await expect(to).to_be_hidden()
    await expect(li.locator(".row[data-author=buyer]", has_text="我在网页上也问过")).to_have_count(0)
    await expect(rows).to_have_count(2)


def _numbers(connection: Connection, name: str) -> Sequence[int]:
    return connection.execute(select(conversation.c.id).where(conversation.c.buyer_name == name)).scalars().all()
