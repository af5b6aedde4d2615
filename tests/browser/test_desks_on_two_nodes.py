"""Two people, each in a browser before a node of their own; the nodes are processes on one PostgreSQL database."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bot.clock import SystemClock
from bot.storage.engine.database import open_database
from bot.web.shared.signed_in import COOKIE
from tests.fakes import FakePlatform
from tests.nodes import two_nodes
from tests.people import joins
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from playwright.async_api import Page

    from tests.browser.conftest import Open
    from tests.nodes import Node
    from tests.postgres import Postgres

pytestmark = pytest.mark.asyncio(loop_scope="session")

BUYER = "c-77"


@pytest.fixture(scope="module")
def database_of_two(postgres: Postgres) -> Iterator[str]:
    url = postgres.url("desks")
    with ThreadPoolExecutor(max_workers=1) as elsewhere:  # this thread's event loop belongs to the browser
        elsewhere.submit(asyncio.run, postgres.run("CREATE DATABASE desks")).result()
        elsewhere.submit(asyncio.run, stock(url, small_manual())).result()
        yield url
        elsewhere.submit(asyncio.run, postgres.run("DROP DATABASE desks WITH (FORCE)")).result()


@pytest_asyncio.fixture(loop_scope="session")
async def platform() -> AsyncIterator[FakePlatform]:
    async with FakePlatform(clock=SystemClock()) as fake:
        yield fake


async def _sits_down(open_page: Open, node: Node, name: str, database_url: str) -> Page:
    async with open_database(database_url) as database:
        person = await joins(database, "agent", clock=SystemClock(), name=name)
    return await open_page(f"{node.url}/console/inbox?view=bot", cookies={COOKIE: person.token})


async def _opens_the_buyer(desk: Page) -> None:
    await desk.locator("[data-view=bot]").click()
    await desk.locator(".queue-row").first.click()


async def test_what_happens_on_one_node_is_on_the_other_and_a_dead_one_goes_on_when_it_is_back(
    open_page: Open, database_of_two: str, platform: FakePlatform
) -> None:
    async with two_nodes(database_of_two, platform.reply_url) as (here, there):

        async def buyer_says(words: str, node: Node) -> None:
            platform.webhook_url = f"{node.url}/webhooks/tea"
            assert (await platform.buyer_says(words, conversation=BUYER)).status == 202

        li, zhou = [
            await _sits_down(open_page, node, name, database_of_two) for node, name in ((here, "小李"), (there, "小周"))
        ]
        await buyer_says("新疆包邮吗", here)
        heard = await platform.hears(2, BUYER, within_seconds=20)
        for desk in (li, zhou):
            await _opens_the_buyer(desk)
            await expect(desk.locator(".talk-log")).to_contain_text("新疆包邮吗")
            await expect(desk.locator(".talk-log")).to_contain_text("新疆满199元包邮")

        await li.keyboard.press("Alt+t")
        await expect(zhou.locator(".line", has_text="小李 接待")).to_be_visible()
        await buyer_says("什么时候发货", there)
        for desk in (li, zhou):
            await expect(desk.locator(".talk-log")).to_contain_text("什么时候发货")

        await here.dies()
        await expect(li.locator("[data-connection]")).to_contain_text("输入的内容都还在")
        await li.locator("#desk-text").fill("您好，我是小李")
        await li.locator("#desk-text").press("Enter")
        await buyer_says("人呢", there)
        await expect(zhou.locator(".talk-log")).to_contain_text("人呢")
        await expect(zhou.locator(".talk-log .row[data-author=staff]")).to_have_count(0)

        await here.begin()
        await expect(li.locator(".talk-log")).to_contain_text("人呢")
        await expect(li.locator("[data-connection]")).to_be_hidden()
        await platform.hears(len(heard) + 1, BUYER, within_seconds=20)
        said = zhou.locator(".talk-log .row[data-author=staff]")
        await expect(said.locator(".bubble")).to_have_text("您好，我是小李")
        await expect(said.locator(".who")).to_have_text("小李")
        await buyer_says("新疆包邮吗", here)
        for desk in (li, zhou):
            await expect(desk.locator(".talk-log .row[data-author=buyer]")).to_have_count(4)
        assert platform.heard(BUYER) == [*heard, "您好，我是小李"], "the bot is silent, and nothing is said twice"
