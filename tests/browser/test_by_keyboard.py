"""A whole turn at the desk without a mouse: whoever does this all day keeps the hands on the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from bot.actions.accounts.invite_staff import invite_staff
from bot.clock import SystemClock
from bot.domain.desk.phrases import Phrase
from bot.storage.answering import phrases
from tests.browser.test_desk import buyer_says

if TYPE_CHECKING:
    from playwright.async_api import Page

    from bot.app import Running
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

PASSWORD = "今天天气很好我们去喝茶"
PHRASE = "您稍等，我这就去查"


async def _prepare(running: Running) -> str:
    """There are people from now on, a phrase for all of them, and a link for somebody new."""
    await running.jobs["desk"].work()
    shop = Phrase(id=0, scope="shop", owner_id=0, title="稍等", bubbles=(PHRASE,))
    await running.database.write(phrases.add, [shop], at=SystemClock().now())
    return await invite_staff(database=running.database, clock=SystemClock(), by=None, role="agent")


async def _asks(open_page: Open, bot: RealBot, text: str) -> Page:
    buyer = await open_page(f"{bot.url}/chat/site")
    await buyer_says(buyer, text)
    await expect(buyer.locator(".row[data-author=bot]").first).to_be_visible()
    return buyer


async def _signs_in(li: Page, name: str) -> None:
    """By a link; the cursor stands in the first field."""
    await expect(li.locator("#name")).to_be_focused()
    for number, text in enumerate((name, PASSWORD, PASSWORD)):
        if number:
            await li.keyboard.press("Tab")
        await li.keyboard.insert_text(text)
    await li.keyboard.press("Enter")
    await expect(li.locator("[data-view][aria-pressed=true]")).to_be_visible()


async def _answers_the_longest_waiting(li: Page, buyer: Page) -> None:
    """In words, by a phrase, and with a note beside it."""
    keys, log, heard = li.keyboard, li.locator(".talk-log"), buyer.locator(".row[data-author=staff] .bubble")
    await keys.press("3")  # all that wait for people, the longest first
    await expect(li.locator(".queue-row")).to_have_count(2)
    await keys.press("ArrowDown")
    await expect(log).to_contain_text("转人工")
    await expect(li.locator("#desk-text")).to_be_focused()
    await keys.press("Alt+t")
    await expect(log.locator(".line", has_text="小李 接待")).to_be_visible()
    await keys.type("您好，我是小李")
    await keys.press("Enter")
    await keys.press("/")
    await expect(li.locator(".picker-list li", has_text=PHRASE)).to_be_visible()
    await keys.press("1")
    await expect(heard).to_have_text(["您好，我是小李", PHRASE])
    await keys.press("Alt+n")
    await keys.type("这位很急")
    await keys.press("Enter")
    await expect(log.locator(".row", has_text="这位很急")).to_be_visible()


async def _passes_on(li: Page, zhou: Page) -> None:
    await li.keyboard.press("Alt+g")
    await expect(li.locator("#transfer-reason")).to_be_visible()
    await li.keyboard.press("Tab")
    await li.keyboard.type("要退货")
    await li.keyboard.press("Enter")
    await expect(li.locator(".talk-log .line", has_text="要退货")).to_be_visible()
    await zhou.keyboard.press("1")
    await expect(zhou.locator(".queue-row", has_text=PHRASE)).to_be_visible()


async def _has_what_the_bot_had(li: Page, buyer: Page) -> None:
    """Taken over from the bot, handed back to it, taken over again."""
    keys, log = li.keyboard, li.locator(".talk-log")
    await keys.press("Alt+4")
    await expect(li.locator(".queue-row")).to_have_count(1)
    await keys.press("Alt+ArrowDown")
    await expect(log).to_contain_text("新疆包邮吗")
    await keys.press("Alt+t")
    await expect(log.locator(".line", has_text="小李 接待")).to_be_visible()
    await keys.press("Alt+b")
    await expect(log.locator(".line", has_text="小李 交还机器人")).to_be_visible()
    said = await buyer.locator(".row[data-author=bot]").count()
    await buyer_says(buyer, "发什么快递")
    await expect(buyer.locator(".row[data-author=bot]")).not_to_have_count(said)
    await keys.press("Alt+t")
    await expect(log.locator(".line", has_text="小李 接待")).to_have_count(2)


async def _ends_it(li: Page, buyer: Page) -> None:
    """With an answer, an invite and Esc."""
    await li.keyboard.type("还有什么可以帮您")
    await li.keyboard.press("Enter")
    await expect(li.locator(".talk-log .row[data-author=staff]")).to_be_visible()
    await li.keyboard.press("Alt+i")
    await expect(buyer.get_by_role("group", name="请评价这次服务")).to_be_visible()
    await expect(buyer.locator(".row[data-author=staff] .bubble").first).to_have_text("还有什么可以帮您")
    await li.keyboard.press("Escape")
    await expect(li.locator("[data-none]")).to_be_visible()
    await li.keyboard.press("5")  # what is over
    await expect(li.locator(".queue-row")).to_have_count(1)


async def test_from_signing_in_to_closing_nobody_needs_a_mouse(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    zhou = await sit_down(own_bot, "小周", "agent")
    link = await own_bot.inside(_prepare)
    first, _, third = [await _asks(open_page, own_bot, words) for words in ("转人工", "人工", "新疆包邮吗")]
    li = await open_page(f"{own_bot.url}/console/invite/{link}")
    await _signs_in(li, "小李")
    await _answers_the_longest_waiting(li, first)
    await _passes_on(li, zhou)
    await _has_what_the_bot_had(li, third)
    await _ends_it(li, third)
