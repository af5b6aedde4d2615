"""A note calls a colleague, in two browsers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.async_api import expect

from tests.browser.test_desk import COUNTS_NOTES, comes_in, opens

if TYPE_CHECKING:
    from tests.browser.conftest import Open, SitDown
    from tests.real_bot import RealBot

pytestmark = pytest.mark.asyncio(loop_scope="session")

IN_THE_BACKGROUND = """
window.told = [];
Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
window.Notification = class extends EventTarget {
  static permission = "granted";
  constructor(title, { body }) { super(); window.told.push(`${title}: ${body}`); }
};
Object.defineProperty(navigator, "serviceWorker", { get: () => undefined });
"""
"""A browser that shows another tab, and what it would notify of."""


async def test_a_colleague_is_called_by_a_note_and_finds_it(
    open_page: Open, sit_down: SitDown, own_bot: RealBot
) -> None:
    li, ming = await sit_down(own_bot, "小李"), await sit_down(own_bot, "王 小明", "agent")
    await ming.add_init_script(COUNTS_NOTES + IN_THE_BACKGROUND)
    await ming.reload()
    await ming.locator("[data-view=bot]").click()  # and a sound may be made from now on
    await expect(ming.locator("[data-view=bot]")).to_have_attribute("aria-pressed", "true")
    buyer = await comes_in(open_page, own_bot, "能开发票吗")
    await opens(li, buyer)
    await li.keyboard.press("Alt+n")
    await li.keyboard.type("麻烦@小明")
    await expect(li.get_by_role("option", name="王 小明")).to_be_visible()
    await li.keyboard.press("Enter")
    await li.keyboard.type("看一下发票")
    await expect(li.locator("#desk-text")).to_have_value("麻烦@王 小明 看一下发票")
    await li.keyboard.press("Enter")

    await expect(ming.locator("[data-view=called] [data-count]")).to_have_text("1")
    await ming.wait_for_function("window.told.length > 0")
    assert await ming.evaluate("window.told") == ["小李 在备注里叫您: 麻烦@王 小明 看一下发票"]
    assert await ming.evaluate("window.notes") > 0
    await ming.locator("[data-view=called]").click()
    await expect(ming.locator(".queue-row")).to_have_count(1)
    await ming.locator(".queue-row").click()
    await expect(ming.locator(".row[data-calls] .bubble")).to_have_text("麻烦@王 小明 看一下发票")
    await expect(ming.locator("[data-view=called] [data-count]")).to_be_hidden()
