from __future__ import annotations

import asyncio
import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
from aiohttp import ClientSession, CookieJar

from bot.app import running
from bot.clock import SystemClock
from bot.config import Config, Hours
from bot.domain.calendar import ShopCalendar
from bot.web.console.try_page import moments_to_try
from knowledge.manual.entry import Fact, Manual
from knowledge.manual.files import starter_manual
from tests.people import joins
from tests.real_bot import TRY_TOKEN, RealBot

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp import ClientResponse

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _moments(now: datetime, manual: Manual, **hours: Any) -> dict[str, str]:
    calendar = ShopCalendar(hours=Hours(**hours), zone=SHANGHAI)
    return {each.name: each.at.isoformat() for each in moments_to_try(now, calendar, manual)}


def test_the_moments_to_try_lie_around_todays_cut_off_and_after_closing() -> None:
    now = datetime(2026, 11, 24, 10, 7, tzinfo=SHANGHAI)

    assert _moments(now, starter_manual()) == {
        "before_cutoff": "2026-11-24T15:00:00+08:00",
        "after_cutoff": "2026-11-24T17:00:00+08:00",
        "closed": "2026-11-24T21:00:00+08:00",
    }


def test_on_a_day_off_the_cut_off_to_try_is_the_next_working_days() -> None:
    saturday = datetime(2026, 11, 21, 10, 7, tzinfo=SHANGHAI)

    moments = _moments(saturday, starter_manual(), every_day=["09:00-18:00"], saturday=[], sunday=[])

    assert moments["before_cutoff"] == "2026-11-23T15:00:00+08:00"
    assert moments["closed"] == "2026-11-21T10:00:00+08:00"


@pytest.mark.parametrize("cutoff", ["", "four", "4", "1:x"])
def test_what_cannot_be_tried_is_left_out(cutoff: str) -> None:
    manual = Manual(facts=(Fact(name="dispatch_cutoff", title="截单", value=cutoff),))

    assert _moments(datetime(2026, 11, 24, 10, 7, tzinfo=SHANGHAI), manual, every_day=["00:00-24:00"]) == {}


async def _post(browser: ClientSession, visitor: str, path: str, **fields: object) -> int:
    async with browser.post(path, json={"message_id": "m-1", "visitor": visitor, **fields}) as answer:
        return answer.status


async def _why(stream: ClientResponse) -> dict[str, Any]:
    async with asyncio.timeout(10):
        async for line in stream.content:
            if line.startswith(b"data: {") and b'"decision"' in line:
                told: dict[str, Any] = json.loads(line.removeprefix(b"data: "))
                return told
    raise AssertionError("the stream ended")


async def _mode(stream: ClientResponse, mode: str) -> None:
    async with asyncio.timeout(10):
        async for line in stream.content:
            if line.startswith(b"data: {") and json.loads(line.removeprefix(b"data: ")).get("mode") == mode:
                return
    raise AssertionError("the stream ended")


async def test_the_stream_of_a_try_out_says_why(browser: ClientSession, visitor: str) -> None:
    async with browser.get("/chat/try/events", headers={"Xiaoer-Visitor": visitor}) as stream:
        await _post(browser, visitor, "/chat/try/messages", text="新疆包邮吗")
        told = await _why(stream)

    assert (told["decision"], told["entry"], told["why"]["named"]) == ("answer", "postage-remote", {"region": "新疆"})
    assert told["title"]
    assert [rule["rule"] for rule in told["why"]["rules"] if rule["won"]] == ["有把握就回答"]


async def test_the_why_is_told_in_english_when_asked(browser: ClientSession, visitor: str) -> None:
    async with browser.get("/chat/try/events", params={"lang": "en"}, headers={"Xiaoer-Visitor": visitor}) as stream:
        await _post(browser, visitor, "/chat/try/messages", text="新疆包邮吗")
        told = await _why(stream)

    assert told["why"]["answer"]["rule"] == "ships to remote regions"


async def test_the_bot_falls_silent_when_the_owner_speaks_as_staff(browser: ClientSession, visitor: str) -> None:
    async with browser.get("/chat/try/events", headers={"Xiaoer-Visitor": visitor}) as stream:
        assert await _post(browser, visitor, "/try/staff", text="您好，我来看看") == 202
        await _mode(stream, "human")
        await _post(browser, visitor, "/chat/try/messages", message_id="m-2", text="包邮吗")
        told = await _why(stream)

    assert told["decision"] == "stay_quiet"


async def test_the_owner_ends_a_conversation(browser: ClientSession, visitor: str) -> None:
    async with browser.get("/chat/try/events", headers={"Xiaoer-Visitor": visitor}) as stream:
        await _post(browser, visitor, "/chat/try/messages", text="包邮吗")
        await _why(stream)
        assert await _post(browser, visitor, "/try/close", message_id="m-2", text="结束会话") == 202
        await _mode(stream, "closed")


async def test_staff_controls_refuse_what_makes_no_sense(browser: ClientSession) -> None:
    async with browser.post("/try/staff", json={"visitor": "x"}) as answer:
        assert answer.status == 400
        assert len((await answer.json())["detail"]) == 3


async def test_others_are_told_in_words_that_the_page_is_for_this_machine(browser: ClientSession, visitor: str) -> None:
    from_elsewhere = {"Host": "evil.example"}
    async with browser.get("/try", headers=from_elsewhere) as answer:
        assert answer.status == 403
        assert "public_try_out" in await answer.text()
    async with browser.get("/try", params={"lang": "en"}, headers={"X-Forwarded-For": "203.0.113.9"}) as answer:
        assert answer.status == 403
        assert "by its link" in await answer.text()
    for path in ("/try/staff", "/try/close"):
        message = {"message_id": "m-1", "visitor": visitor, "text": "在吗"}
        async with browser.post(path, json=message, headers=from_elsewhere) as answer:
            assert answer.status == 403


async def test_another_sites_page_may_not_speak_as_staff(browser: ClientSession, visitor: str) -> None:
    message = {"message_id": "m-1", "visitor": visitor, "text": "在吗"}
    async with browser.post("/try/staff", json=message, headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert answer.status == 403


async def test_a_shop_may_open_the_page_to_everybody(browser_of_public_shop: ClientSession) -> None:
    async with browser_of_public_shop.get("/try", headers={"Host": "bot.example"}) as answer:
        html = await answer.text()
        assert answer.status == 200

    assert "羊毛圆领毛衣" in html
    assert "新疆" in html
    assert "截单前" in html


PATHS = ("/try", "/chat/try", "/chat/try/events")


async def _ask(browser: ClientSession, path: str, **query: str) -> int:
    async with browser.get(path, params=query) as answer:
        return answer.status


@pytest.mark.parametrize("cookie", ["", "xiaoer_try=", "xiaoer_try=wrong", f"other={TRY_TOKEN}"])
async def test_nobody_gets_in_without_the_link(web_bot: RealBot, public_web_bot: RealBot, cookie: str) -> None:
    """A proxy on this machine may pass strangers on as if each were at home here."""
    for bot in (web_bot, public_web_bot):
        async with ClientSession(base_url=bot.url, headers={"Cookie": cookie}) as stranger:
            assert [await _ask(stranger, path) for path in PATHS] == [403, 404, 404]
            assert await _post(stranger, "x" * 32, "/try/staff", text="在吗") == 403
            assert await _post(stranger, "x" * 32, "/chat/try/messages", text="在吗") == 404


async def test_the_link_opens_the_page_once_and_for_all(web_bot: RealBot) -> None:
    async with ClientSession(base_url=web_bot.url, cookie_jar=CookieJar(unsafe=True)) as browser:
        assert await _ask(browser, "/", token="wrong") == 403
        async with browser.get("/", params={"token": TRY_TOKEN}) as answer:
            assert (answer.status, answer.url.path_qs) == (200, "/try")
            (came_by,) = answer.history
        assert came_by.headers["Location"] == "try"
        assert came_by.headers["Set-Cookie"] == f"xiaoer_try={TRY_TOKEN}; HttpOnly; Path=/; SameSite=Lax"
        assert [await _ask(browser, path) for path in ("/try", "/chat/try", "/")] == [200, 200, 200]


async def test_another_start_has_another_link(tmp_path: Path) -> None:
    config = Config.model_validate({"server": {"port": 0}, "database": {"url": f"sqlite:///{tmp_path / 'bot.db'}"}})
    async with (
        running(config, clock=SystemClock(), tick=False, try_token="new") as bot,
        ClientSession(headers={"Cookie": f"xiaoer_try={TRY_TOKEN}"}) as browser,
    ):
        assert await _ask(browser, f"{bot.url}/try") == 403


async def test_below_a_path_of_the_shops_site_everything_is_found(tmp_path: Path) -> None:
    server = {"port": 0, "public_url": "https://shop.example/kefu/", "public_try_out": True}
    config = Config.model_validate({"server": server, "database": {"url": f"sqlite:///{tmp_path / 'bot.db'}"}})
    async with (
        running(config, clock=SystemClock(), tick=False, try_token=TRY_TOKEN) as bot,
        ClientSession(headers={"Host": "shop.example"}) as browser,
    ):
        async with browser.get(f"{bot.url}/kefu/", params={"token": TRY_TOKEN}, allow_redirects=False) as answer:
            assert answer.headers["Set-Cookie"].endswith("; HttpOnly; Path=/kefu/; SameSite=Lax; Secure")
        browser.headers["Cookie"] = f"xiaoer_try={TRY_TOKEN}"
        for below in ("/kefu", ""):
            page = f"{bot.url}{below}/try"
            async with browser.get(page) as answer:
                assert answer.status == 200
                assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
                links = re.findall(r'(?:src|href)="([^"#?]+)"', await answer.text())
            assert len(links) > 10
            assert [link for link in links if await _ask(browser, urljoin(page, link)) != 200] == []


async def test_with_the_first_account_the_page_moves_into_the_console(tmp_path: Path) -> None:
    config = Config.model_validate({"server": {"port": 0}, "database": {"url": f"sqlite:///{tmp_path / 'bot.db'}"}})
    clock = SystemClock()
    async with (
        running(config, clock=clock, tick=False, try_token=TRY_TOKEN) as bot,
        ClientSession(base_url=bot.url, headers={"Cookie": f"xiaoer_try={TRY_TOKEN}"}) as with_link,
    ):
        assert await _ask(with_link, "/try") == 200
        person = await joins(bot.database, "viewer", clock=clock)

        async with with_link.get("/try", allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, "console/try")
        async with with_link.get("/", params={"token": TRY_TOKEN}, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (302, "console")
        assert await _ask(with_link, "/chat/try") == 404
        assert await _post(with_link, "x" * 32, "/try/staff", text="在吗") == 403

        async with ClientSession(base_url=bot.url, headers=person.headers) as signed_in:
            async with signed_in.get("/console/try?lang=en") as answer:
                said = await answer.text()
                assert answer.cookies["xiaoer_language"].value == "en"
            assert 'data-below="console/try"' in said
            assert await _ask(signed_in, "/chat/try") == 200
            for path in ("/chat/try/messages", "/console/try/staff", "/console/try/close"):
                assert await _post(signed_in, "x" * 32, path, text="在吗", message_id=path) == 202
