"""What a buyer controls reaches the desk as letters: 500 pieces of script, in every field that a platform passes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.clock import SystemClock
from tests.browser.conftest import write_config
from tests.fakes import FakePlatform
from tests.real_bot import RealBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Page

    from tests.browser.conftest import SitDown

pytestmark = pytest.mark.asyncio(loop_scope="session")

PAYLOADS = (Path(__file__).parent / "script_payloads.txt").read_text("utf-8").splitlines()
A_CONVERSATION = 25
DECIDED_WITHIN_MS = 30_000
"""All that was said, on a busy machine."""
CHANNEL = """
[[channels]]
name = "store"
platform = "webhook"
messages_per_minute = 6000
secret = "{secret}"
reply_url = "{reply_url}"
allow_private_reply_url = true
"""


@pytest_asyncio.fixture(loop_scope="session")
async def store(tmp_path: Path) -> AsyncIterator[tuple[RealBot, FakePlatform]]:
    async with FakePlatform(clock=SystemClock()) as platform:
        config = write_config(tmp_path)
        channel = CHANNEL.format(secret=platform.secret, reply_url=platform.reply_url)
        config.write_text(config.read_text("utf-8") + channel, "utf-8")
        bot = RealBot(config)
        await asyncio.to_thread(bot.start)
        platform.webhook_url = f"{bot.url}/webhooks/store"
        yield bot, platform
        await asyncio.to_thread(bot.stop)


async def test_no_script_of_a_buyer_runs_at_the_desk(store: tuple[RealBot, FakePlatform], sit_down: SitDown) -> None:
    bot, platform = store
    assert len(PAYLOADS) == 500
    groups = [PAYLOADS[at : at + A_CONVERSATION] for at in range(0, len(PAYLOADS), A_CONVERSATION)]
    for number, payloads in enumerate(groups):
        await asyncio.gather(*(_say(platform, number, at, payload) for at, payload in enumerate(payloads)))
    desk = await sit_down(bot)
    await desk.locator("[data-view=all]").click()
    rows = desk.locator(".queue-row")
    await expect(rows).to_have_count(len(groups), timeout=DECIDED_WITHIN_MS)

    for number in range(len(groups)):
        await rows.nth(number).click()
        await expect(desk.locator(".talk-log .row[data-author=buyer]").first).to_be_visible()
        await _touches_everything(desk)

    assert await desk.evaluate("window.ran") is None


async def _say(platform: FakePlatform, number: int, at: int, payload: str) -> None:
    """Each payload goes into what a message holds, by turns, and into the name of who says it."""
    content = [
        {"kind": "text", "text": payload},
        {"kind": "product", "product_id": f"p{at}", "title": payload},
        {"kind": "order", "order_id": f"o{at}", "status": "paid", "title": payload},
        {"kind": "image", "url": f"https://shop.example/{payload}"},
        {"kind": payload},
    ][at % 5]
    surroundings = {"page": f"https://shop.example/?{payload}", "tags": [payload], "region": payload}
    answered = await platform.buyer_says(
        conversation=f"c{number}", buyer=f"b{number}", name=payload, content=content, surroundings=surroundings
    )
    assert answered.status in {200, 202, 400}, answered


async def _touches_everything(desk: Page) -> None:
    """Unfold, hover and focus what could hold a payload."""
    await desk.evaluate(
        """() => {
            for (const each of document.querySelectorAll("main *")) {
                each.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
                if (each.matches("[tabindex], input, textarea")) each.focus();
            }
        }"""
    )
