"""A real headless Chromium before a real bot. Pages that log an error or break their own policy fail the test."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright

from bot.web.shared.doors import TRY_COOKIE
from tests.real_bot import TRY_TOKEN, RealBot
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from playwright.async_api import Browser, ConsoleMessage, Page

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # a shop's site in a test may frame a bot on loopback
)
BROKEN_RULES = ("Content Security Policy", "Trusted", "Uncaught")
EXPECTED = "frame-ancestors"
"""What the browser says of a window that another site may not show: for the test that tries it."""
CONFIG = """
[database]
url = "sqlite:///{database}"

[shop]
name = "小满生活馆"

[hours]
country = ""
every_day = ["00:00-24:00"]

[[hours.dates]]
date = 2031-01-01
last_date = 2031-01-03
open = []

[[channels]]
name = "site"
platform = "web"
origins = ["https://shop.example"]
messages_per_minute = 60

[[channels]]
name = "slow"
platform = "web"
messages_per_minute = 1
"""


class Open(Protocol):
    """Opens a path of the bot in a fresh browser profile, with Playwright's options for a context."""

    async def __call__(self, path: str = "/try", **options: object) -> Page: ...


def write_config(folder: Path) -> Path:
    config = folder / "config.toml"
    config.write_text(CONFIG.format(database=folder / "bot.db"), "utf-8")
    return config


@pytest.fixture(scope="session")
def web_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBot]:
    with RealBot(write_config(tmp_path_factory.mktemp("bot"))) as bot:
        yield bot


@pytest.fixture(scope="session")
def bot_that_asks_back(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBot]:
    """A bot whose manual answers 怎么洗 in two ways, so that it offers a choice."""
    folder = tmp_path_factory.mktemp("bot")
    config = write_config(folder)
    with ThreadPoolExecutor(max_workers=1) as elsewhere:  # this thread's event loop belongs to the browser
        elsewhere.submit(asyncio.run, stock(f"sqlite:///{folder / 'bot.db'}", small_manual())).result()
    with RealBot(config) as bot:
        yield bot


@pytest.fixture
async def own_bot(tmp_path: Path) -> AsyncIterator[RealBot]:
    """A bot that this test alone may stop and start."""
    bot = RealBot(write_config(tmp_path))
    await asyncio.to_thread(bot.start)
    yield bot
    await asyncio.to_thread(bot.stop)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(chromium: Browser, web_bot: RealBot) -> AsyncIterator[Open]:
    complaints: list[str] = []
    contexts = []

    def listen(message: ConsoleMessage) -> None:
        if any(rule in message.text for rule in BROKEN_RULES) and EXPECTED not in message.text:
            complaints.append(message.text)

    async def open_path(path: str = "/try", **options: object) -> Page:
        context = await chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]  # any option of a new context
        contexts.append(context)
        for bot in (web_bot.url, *([path] if "://" in path else [])):
            await context.add_cookies([{"name": TRY_COOKIE, "value": TRY_TOKEN, "url": bot}])
        page = await context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        await page.goto(path if "://" in path else web_bot.url + path)
        return page

    yield open_path
    for context in contexts:
        await context.close()
    assert complaints == []
