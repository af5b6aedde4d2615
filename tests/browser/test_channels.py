"""An owner adds a chat window by keyboard alone, and a buyer chats through it at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.faults import grave_faults

if TYPE_CHECKING:
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

SETTINGS = "/console/settings"
"""Each story has an owner of its own, who has just signed in: nobody asks them for their password again."""


async def test_a_window_is_added_by_keyboard_and_a_buyer_chats_through_it(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    owner = await sit_down(own_bot, "店主", path=f"{SETTINGS}/channels")
    await owner.get_by_role("link", name="加一个聊天窗口").focus()
    await owner.keyboard.press("Enter")
    await expect(owner.locator("#name")).to_be_focused()
    await owner.keyboard.insert_text("by-key")
    await owner.keyboard.press("Tab")
    await owner.keyboard.insert_text("shop.example")
    await owner.keyboard.press("Tab")
    await owner.keyboard.press("Enter")
    await expect(owner.locator("[data-copy-text]")).to_have_text(
        f'<script src="{own_bot.url}/chat/by-key/embed.js" defer></script>'
    )

    buyer = await open_page(f"{own_bot.url}/chat/by-key")
    await buyer.locator("#chat-text").fill("新疆包邮吗")
    await buyer.locator("#chat-text").press("Enter")
    await expect(buyer.locator("[data-author=bot] .bubble", has_text="包邮").first).to_be_visible()

    async with owner.context.expect_page() as opening:
        await owner.get_by_role("link", name="打开窗口试一试").focus()
        await owner.keyboard.press("Enter")
    await expect((await opening.value).locator("#chat-text")).to_be_visible()


@pytest.mark.parametrize("look", ["light zh 1440", "dark en 390"])
async def test_the_pages_of_channels_keep_nobody_out(sit_down: SitDown, own_bot: RealBot, look: str) -> None:
    theme, lang, width = look.split()
    size = {"width": int(width), "height": 900}
    address = f"{SETTINGS}/new-window?lang={lang}"
    page = await sit_down(
        own_bot, f"店主 {theme}", path=address, color_scheme=theme, viewport=size, reduced_motion="reduce"
    )
    assert await grave_faults(page) == []

    await page.goto(f"{own_bot.url}{SETTINGS}/new-webhook")
    await page.locator("#name").fill(f"tea-{theme}")
    for reply_url in ("shop.example", "https://shop.example/replies"):
        await page.locator("#reply_url").fill(reply_url)
        await page.locator("form .button-main").click()
        assert await grave_faults(page) == [], "of what is wrong, then of the secret"
    await expect(page.locator("[data-copy-text]").first).to_contain_text("whsec_")

    for path in (f"channels/tea-{theme}", "channels/site", "channels"):
        await page.goto(f"{own_bot.url}{SETTINGS}/{path}")
        assert await grave_faults(page) == [], path
