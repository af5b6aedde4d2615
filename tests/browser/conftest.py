"""A real headless Chromium before a real bot. Pages that log an error or break their own policy fail the test."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

import pytest
import pytest_asyncio
from playwright.async_api import async_playwright, expect

from bot.clock import SystemClock
from bot.web.shared.doors import TRY_COOKIE
from bot.web.shared.signed_in import COOKIE
from tests.people import joins
from tests.real_bot import TRY_TOKEN, RealBot
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping
    from pathlib import Path

    from playwright.async_api import Browser, ConsoleMessage, Page

    from bot.app import Running
    from bot.domain.accounts.staff import Role
    from tests.people import Person

NO_COOKIES: Mapping[str, str] = MappingProxyType({})
CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 20_000
"""How long a page may take on a busy machine. What is measured is measured in `bench/`."""
UNHURRIED_SECONDS = 10
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--in-process-gpu",
    "--renderer-process-limit=2",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-features=LocalNetworkAccessChecks",  # a shop's site in a test may frame a bot on loopback
)
BROKEN_RULES = ("Content Security Policy", "Trusted", "Uncaught")
EXPECTED = "frame-ancestors"
"""What the browser says of a window that another site may not show: for the test that tries it."""
CONFIG = """
[server]
development = true

[database]
url = "sqlite:///{database}"

[shop]
name = "小满生活馆"

[desk]
undo_seconds = {undo_seconds}

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


class SitDown(Protocol):
    """Opens the desk (or another page of the console) of a bot in a browser where somebody is signed in."""

    async def __call__(
        self, bot: RealBot, name: str = "小李", role: Role = "owner", path: str = "/console/inbox", **options: object
    ) -> Page: ...


class Open(Protocol):
    """Opens a path of the bot in a fresh browser profile, with Playwright's options for a context."""

    async def __call__(
        self, path: str = "/try", cookies: Mapping[str, str] = NO_COOKIES, **options: object
    ) -> Page: ...


def write_config(folder: Path, *, undo_seconds: int = 1) -> Path:
    config = folder / "config.toml"
    config.write_text(CONFIG.format(database=folder / "bot.db", undo_seconds=undo_seconds), "utf-8")
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
    """A bot of this test alone, which may stop and start it: nobody waits there whom another test has left behind."""
    async with _started(RealBot(write_config(tmp_path))) as bot:
        yield bot


@pytest.fixture
async def unhurried_bot(tmp_path: Path) -> AsyncIterator[RealBot]:
    """A bot of this test alone, where there is time to take back what was said, also on a slow machine."""
    async with _started(RealBot(write_config(tmp_path, undo_seconds=UNHURRIED_SECONDS))) as bot:
        yield bot


@asynccontextmanager
async def _started(bot: RealBot) -> AsyncIterator[RealBot]:
    await asyncio.to_thread(bot.start)
    yield bot
    await asyncio.to_thread(bot.stop)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    expect.set_options(timeout=PATIENCE_MS)
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

    async def open_path(path: str = "/try", cookies: Mapping[str, str] = NO_COOKIES, **options: object) -> Page:
        context = await chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]  # any option of a new context
        contexts.append(context)
        for bot in (web_bot.url, *([path] if "://" in path else [])):
            own = {TRY_COOKIE: TRY_TOKEN, **cookies}
            await context.add_cookies([{"name": name, "value": value, "url": bot} for name, value in own.items()])
        page = await context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda problem: complaints.append(str(problem)))
        await page.goto(path if "://" in path else web_bot.url + path)
        return page

    yield open_path
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.fixture
def known_people() -> dict[tuple[str, str], Person]:
    """Who has an account already: by the bot's address and their name."""
    return {}


@pytest_asyncio.fixture(loop_scope="session")
async def sit_down(open_page: Open, known_people: dict[tuple[str, str], Person]) -> SitDown:
    async def sit(
        bot: RealBot, name: str = "小李", role: Role = "owner", path: str = "/console/inbox", **options: object
    ) -> Page:
        async def join(running: Running) -> Person:
            return await joins(running.database, role, clock=SystemClock(), name=name)

        if (bot.url, name) not in known_people:
            known_people[bot.url, name] = await bot.inside(join)
        return await open_page(bot.url + path, cookies={COOKIE: known_people[bot.url, name].token}, **options)

    return sit
