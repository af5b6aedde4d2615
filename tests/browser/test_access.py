from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.domain.desk.phrases import Phrase
from bot.storage.answering import phrases
from tests.browser.faults import LOOKS, grave_faults
from tests.browser.routes import stand_between
from tests.browser.test_desk import buyer_says, comes_in, opens

if TYPE_CHECKING:
    from bot.app import Running
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("look", LOOKS)
async def test_the_try_out_page_keeps_nobody_out(open_page: Open, bot_that_asks_back: RealBot, look: str) -> None:
    theme, lang, width = look.split()
    address, size = f"{bot_that_asks_back.url}/try?lang={lang}", {"width": int(width), "height": 900}
    page = await open_page(address, color_scheme=theme, viewport=size, reduced_motion="reduce")
    await expect(page.locator(".chat-examples")).to_be_visible()
    assert await grave_faults(page) == []

    for text, seen in (("怎么洗", ".choice:enabled"), ("新疆包邮吗", ".choice:disabled")):
        await page.locator("#chat-text").fill(text)
        await page.locator("#chat-text").press("Enter")
        await expect(page.locator(seen)).to_have_count(2)
        assert await grave_faults(page) == []
    await expect(page.locator("[data-why] h3")).to_contain_text("运费多少")
    assert await grave_faults(page) == []
    if int(width) < 900:
        await page.locator("#tab-why").click()
    await page.locator(".why-figures summary").click()
    assert await grave_faults(page) == []


@pytest.mark.parametrize("look", LOOKS)
async def test_the_desk_keeps_nobody_out(open_page: Open, sit_down: SitDown, own_bot: RealBot, look: str) -> None:
    theme, lang, width = look.split()
    size = {"width": int(width), "height": 900}
    page = await sit_down(
        own_bot, path=f"/console/inbox?lang={lang}", color_scheme=theme, viewport=size, reduced_motion="reduce"
    )
    buyer = await open_page(f"{own_bot.url}/chat/site")
    await buyer.locator("#chat-text").fill("包邮吗 https://shop.example/a")
    await buyer.locator("#chat-text").press("Enter")
    await page.locator("[data-view=bot]").click()
    await expect(page.locator(".queue-row").first).to_be_visible()
    assert await grave_faults(page) == []

    await page.locator(".queue-row").first.click()
    await expect(page.locator(".talk-log .bubble").first).to_be_visible()
    assert await grave_faults(page) == []
    await page.locator("[data-side-switch]").click()
    assert await grave_faults(page) == []
    for key in ("Alt+g", "Alt+z", "Alt+x", "Alt+a", "Alt+e", "Alt+w", "Alt+y", "Alt+c"):
        await page.keyboard.press(key)
        await expect(page.locator("dialog[open]")).to_be_visible()
        assert await grave_faults(page) == [], key
        await page.keyboard.press("Escape")
    for path in ("/console/phrases", "/console/phrases/0", "/console/knowledge/drafts", "/console/_components"):
        await page.goto(f"{own_bot.url}{path}?lang={lang}")
        assert await grave_faults(page) == [], path


@pytest.mark.parametrize("look", ["light zh 1440", "dark en 390"])
async def test_what_the_desk_opens_keeps_nobody_out(
    open_page: Open, sit_down: SitDown, own_bot: RealBot, look: str
) -> None:
    theme, lang, width = look.split()

    async def stock(running: Running) -> None:
        gaps = Phrase(id=0, scope="shop", owner_id=0, title=f"开票{theme}", bubbles=("发票 {发票号} 已开",))
        await running.database.write(phrases.add, [gaps], at=SystemClock().now())

    await own_bot.inside(stock)
    size = {"width": int(width), "height": 900}
    path = f"/console/inbox?lang={lang}"
    page = await sit_down(own_bot, path=path, color_scheme=theme, viewport=size, reduced_motion="reduce")
    buyer = await comes_in(open_page, own_bot, "新疆包邮吗")
    await opens(page, buyer)
    opened = page.locator("dialog[open]")

    await page.keyboard.press("Alt+c")
    await expect(page.locator(".cards-list button").first).to_be_visible()
    for typed in ("20260101001", "没有这样的商品", ""):
        await opened.get_by_role("searchbox").fill(typed)
        assert await grave_faults(page) == [], typed
    await page.keyboard.press("Escape")

    await page.locator(".why-link").first.click()
    await expect(opened.locator(".why-body h3").first).to_be_visible()
    assert await grave_faults(page) == []
    await page.keyboard.press("Escape")

    await page.locator("[data-log]").press("?")
    await expect(opened.locator("dt").first).to_be_visible()
    assert await grave_faults(page) == []
    await page.keyboard.press("Escape")

    await page.keyboard.press("Alt+.")
    await expect(page.locator("#more-actions [data-verb]").first).to_be_visible()
    assert await grave_faults(page) == []
    await page.keyboard.press("Escape")

    await page.locator("#desk-text").press("/")
    await page.keyboard.type(f"开票{theme}")
    await expect(page.locator(".picker-list li")).to_have_count(1)
    assert await grave_faults(page) == []
    await page.keyboard.press("Enter")
    await expect(opened.get_by_label("发票号")).to_be_visible()
    assert await grave_faults(page) == []
    await page.keyboard.press("Escape")

    await page.keyboard.press("Alt+t")
    await expect(page.locator("[data-verb=take_over]")).to_have_count(0)
    await buyer_says(buyer, "人呢")
    await expect(page.locator("[data-state] .timer")).to_be_visible()
    await page.locator("[data-log]").press("Escape")
    await expect(opened).to_be_visible()
    assert await grave_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_shops_window_keeps_nobody_out(open_page: Open, theme: Literal["light", "dark"]) -> None:
    page = await open_page("/chat/site", color_scheme=theme, reduced_motion="reduce")
    await stand_between(page, "**/messages", lambda route: route.fulfill(status=503))
    await page.locator("#chat-text").fill("包邮吗")
    await page.locator("#chat-text").press("Enter")
    await expect(page.locator(".fate")).to_contain_text("重发")

    assert await grave_faults(page) == []


async def test_the_keys_dialog_keeps_nobody_out(open_page: Open) -> None:
    page = await open_page(reduced_motion="reduce")
    await page.locator("[data-keys-open]").click()
    await expect(page.get_by_role("dialog")).to_be_visible()

    assert await grave_faults(page) == []


async def test_new_bubbles_are_read_out_and_old_ones_are_not(open_page: Open) -> None:
    page = await open_page("/chat/site")
    log = page.get_by_role("log", name="聊天记录")

    await expect(log).to_have_attribute("aria-busy", "false")
    await expect(page.locator("#chat-text")).to_have_accessible_name("输入消息")


@pytest.mark.parametrize("look", ["light zh", "dark en"])
async def test_a_buyer_who_finds_nobody_leaves_how_to_be_reached(open_page: Open, web_bot: RealBot, look: str) -> None:
    theme, lang = look.split()
    phone = {"width": 390, "height": 700}
    address = f"{web_bot.url}/chat/site?lang={lang}&product=thermos-500"
    page = await open_page(address, color_scheme=theme, viewport=phone)
    left = page.locator("[data-contact]")
    await expect(page.locator("#chat-text")).to_be_focused()
    await expect(left).to_be_hidden()
    await page.locator("[data-show-product]").press("Enter")
    await expect(page.locator(".row[data-author=buyer] .bubble-card")).to_contain_text("500毫升保温杯")
    await expect(page.locator("[data-show-product]")).to_be_hidden()
    await expect(page.locator("#chat-text")).to_be_focused()
    await page.keyboard.type("转人工")
    await page.keyboard.press("Enter")
    await expect(left).to_be_visible()
    assert await grave_faults(page) == []

    await page.keyboard.press("Shift+Tab")  # the button that leaves it, then the field
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.type("wang@")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-contact-note]")).not_to_be_empty()
    await page.keyboard.type("mail.example")
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-contact-told]")).to_contain_text("wang@mail.example")
    await expect(page.locator("#chat-text")).to_be_focused()
    assert await grave_faults(page) == []
    await page.reload()
    await expect(page.locator("[data-contact-told]")).to_contain_text("wang@mail.example")
