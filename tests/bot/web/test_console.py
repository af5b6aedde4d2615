from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from bot.web.console.components import components_routes
from bot.web.shared.console import LANGUAGE_COOKIE, Console, Place, Visitor
from bot.web.shared.doors import Doors
from bot.web.shared.pages import load_pages

if TYPE_CHECKING:
    from aiohttp.pytest_plugin import AiohttpClient
    from aiohttp.test_utils import TestClient

    Browser = TestClient[web.Request, web.Application]

PLACES = (
    Place(name="inbox", path="console/inbox", right="see"),
    Place(name="settings", path="console/settings", right="manage"),
)


@pytest.fixture
def console() -> Console:
    return Console(pages=load_pages(), doors=Doors(), shop_name="小满生活馆", places=PLACES)


@pytest.fixture
async def browser(aiohttp_client: AiohttpClient, console: Console) -> Browser:
    agent = Visitor(name="小周<b>", rights=frozenset({"see", "answer"}), proof="p-1")

    async def inner(request: web.Request) -> web.Response:
        return console.page(request, "console/components.html", at="inbox", visitor=agent)

    async def door(request: web.Request) -> web.Response:
        return console.page(request, "console/components.html", at="me", visitor=None)

    app = web.Application()
    app.add_routes(components_routes(console))
    app.add_routes([web.get("/console/inbox/{conversation}", inner), web.get("/console/sign-in", door)])
    return await aiohttp_client(app)


async def _html(browser: Browser, path: str) -> str:
    async with browser.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


async def test_the_navigation_shows_what_somebody_may_see_and_where_they_are(browser: Browser) -> None:
    html = await _html(browser, "/console/inbox/17")

    assert re.findall(r'data-place="(\w+)"', html) == ["inbox"]
    assert 'href="../../console/inbox" data-place="inbox" aria-current="page"' in html
    assert "小周&lt;b&gt;" in html
    assert '<input type="hidden" name="proof" value="p-1">' in html


async def test_at_the_door_there_is_no_navigation(browser: Browser) -> None:
    html = await _html(browser, "/console/sign-in")

    assert "data-place" not in html
    assert "sign-out" not in html
    assert "data-theme-choice" in html


async def test_a_language_once_chosen_holds_on_every_page(browser: Browser) -> None:
    assert '<html lang="zh-CN"' in await _html(browser, "/console/_components")

    html = await _html(browser, "/console/inbox/17?view=mine&lang=en")

    assert 'href="?view=mine&amp;lang=zh"' in html
    assert browser.session.cookie_jar.filter_cookies(browser.make_url("/console"))[LANGUAGE_COOKIE].value == "en"
    assert '<html lang="en"' in await _html(browser, "/console/_components")
    assert '<html lang="zh-CN"' in await _html(browser, "/console/_components?lang=zh")


async def test_pages_of_the_console_send_forms_to_us_alone(browser: Browser) -> None:
    async with browser.get("/console/inbox/17") as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert "form-action 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


async def test_every_part_is_shown_in_the_gallery(browser: Browser, console: Console) -> None:
    loader = console.pages.environment.loader
    assert loader is not None
    parts = re.findall(r"{% macro (\w+)", loader.get_source(console.pages.environment, "_components.html")[0])
    gallery = loader.get_source(console.pages.environment, "console/components.html")[0]

    assert [part for part in parts if f"ui.{part}(" not in gallery] == []
    assert "data-open-dialog" in await _html(browser, "/console/_components")
