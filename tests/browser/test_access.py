from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import expect

if TYPE_CHECKING:
    from playwright.async_api import Page

    from tests.browser.conftest import Open
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

GRAVE = {"serious", "critical"}


async def _grave_faults(page: Page) -> list[str]:
    found = (await Axe().run(page)).response["violations"]
    return [f"{each['id']}: {each['nodes'][0]['html'][:160]}" for each in found if each["impact"] in GRAVE]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("width", [390, 1440])
async def test_the_try_out_page_keeps_nobody_out(
    open_page: Open, bot_that_asks_back: RealBot, theme: Literal["light", "dark"], lang: str, width: int
) -> None:
    address, size = f"{bot_that_asks_back.url}/try?lang={lang}", {"width": width, "height": 900}
    page = await open_page(address, color_scheme=theme, viewport=size, reduced_motion="reduce")
    await expect(page.locator(".chat-examples")).to_be_visible()
    assert await _grave_faults(page) == []

    for text, seen in (("怎么洗", ".choice:enabled"), ("新疆包邮吗", ".choice:disabled")):
        await page.locator("#chat-text").fill(text)
        await page.locator("#chat-text").press("Enter")
        await expect(page.locator(seen)).to_have_count(2)
        assert await _grave_faults(page) == []
    await expect(page.locator("[data-why] h3")).to_contain_text("运费多少")
    assert await _grave_faults(page) == []
    if width < 900:
        await page.locator("#tab-why").click()
    await page.locator(".why-figures summary").click()
    assert await _grave_faults(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_the_shops_window_keeps_nobody_out(open_page: Open, theme: Literal["light", "dark"]) -> None:
    page = await open_page("/chat/site", color_scheme=theme, reduced_motion="reduce")
    await page.route("**/messages", lambda route: route.fulfill(status=503))
    await page.locator("#chat-text").fill("包邮吗")
    await page.locator("#chat-text").press("Enter")
    await expect(page.locator(".fate")).to_contain_text("重发")

    assert await _grave_faults(page) == []


async def test_the_keys_dialog_keeps_nobody_out(open_page: Open) -> None:
    page = await open_page(reduced_motion="reduce")
    await page.locator("[data-keys-open]").click()
    await expect(page.get_by_role("dialog")).to_be_visible()

    assert await _grave_faults(page) == []


async def test_new_bubbles_are_read_out_and_old_ones_are_not(open_page: Open) -> None:
    page = await open_page("/chat/site")
    log = page.get_by_role("log", name="聊天记录")

    await expect(log).to_have_attribute("aria-busy", "false")
    await expect(page.locator("#chat-text")).to_have_accessible_name("输入消息")
