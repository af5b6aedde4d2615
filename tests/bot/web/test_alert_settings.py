"""Where people are told, in the console: what each place hears of, how it has been, and a test at a click."""

from __future__ import annotations

from html import unescape
from typing import TYPE_CHECKING

import pytest

from bot.storage.accounts import audit
from bot.web.shared.signed_in import COOKIE, SECURE
from tests.alert_peers import FakeRobots, Scripted
from tests.console import Visitor
from tests.databases import on_sqlite
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.conftest import OpenShop
    from tests.console import Shown
    from tests.shop import Shop

PAGE = "/console/settings/alerts"


@pytest.fixture
async def robots() -> AsyncIterator[FakeRobots]:
    async with FakeRobots() as robots:
        yield robots


class Console:
    """The page in an owner's browser."""

    def __init__(self, owner: Visitor) -> None:
        self.owner = owner

    async def shows(self) -> str:
        return unescape((await self.owner.goes_to(PAGE)).text)

    async def tests(self, peer: str) -> Shown:
        proof = (await self.owner.goes_to(PAGE)).hidden(PAGE)["proof"]
        return await self.owner.sends(PAGE, None, proof=proof, peer=peer)


async def console_of(shop: Shop) -> Console:
    person = await joins(shop.bot.database, "owner", clock=shop.clock)
    owner = Visitor(shop.bot.url)
    owner.has_cookie(SECURE + COOKIE if shop.config.server.public_url else COOKIE, person.token)
    return Console(owner)


@on_sqlite
async def test_an_owner_sends_a_test_and_reads_what_became_of_it(open_shop: OpenShop, robots: FakeRobots) -> None:
    wanted = {"name": "desk-group", "kind": "wecom", "settings": robots.settings("wecom"), "events": ["hand_over"]}
    shop = await open_shop(alerts=[wanted])
    console = await console_of(shop)
    async with console.owner:
        page = await console.shows()
        assert "desk-group" in page
        assert "企业微信群机器人" in page
        assert "转人工" in page
        assert page.count("还没有") == 2, "nothing was told yet, and nothing failed"

        sent = await console.tests("desk-group")
        assert (sent.status, "desk-group 收下了测试" in sent.text) == (200, True)
        assert robots.said[0].splitlines()[0] == "小二：测试提醒：收到就说明设置对了"
        [noted] = await shop.bot.database.read(audit.newest, most=1)
        assert (noted.entry.action, noted.entry.about) == ("alert.tested", "desk-group")

        hasty = await console.tests("desk-group")
        assert (hasty.status, "过几秒再试" in hasty.text) == (409, True)
        assert len(robots.said) == 1, "a test keeps the robot's pace too"

        shop.clock.advance(seconds=4)
        robots.next_answers(Scripted(body={"errcode": 93000, "errmsg": "invalid <webhook>"}))
        refused = await console.tests("desk-group")
        assert refused.status == 409
        assert "desk-group 不收" in refused.text
        assert "copy it again from the group's settings: invalid <webhook>" in unescape(refused.text)
        assert "<webhook>" not in refused.text

        assert (await console.tests("nobody")).status == 409


@on_sqlite
async def test_what_keeps_a_test_from_arriving_is_said_in_the_readers_language(open_shop: OpenShop) -> None:
    async with FakeRobots() as gone:
        settings = gone.settings("wecom")
    console = await console_of(await open_shop(alerts=[{"name": "desk-group", "kind": "wecom", "settings": settings}]))
    async with console.owner:
        page = unescape((await console.tests("desk-group")).text)
        assert "desk-group 现在收不了，过一会儿再试。 连不上。" in page
        assert 'lang="en">no connection to 127.0.0.1' in page


@on_sqlite
async def test_how_it_has_been_lately_is_shown(open_shop: OpenShop, robots: FakeRobots) -> None:
    shop = await open_shop(alerts=[{"name": "desk-group", "kind": "slack", "settings": robots.settings("slack")}])
    console = await console_of(shop)
    async with console.owner:
        robots.next_answers(Scripted(status=404, body="no_service"))
        await shop.buyer_says("转人工")
        await shop.runs_jobs()
        await robots.is_asked(1)
        await shop.time_passes(minutes=1)
        page = unescape(await console.shows())
        assert "群机器人或群已经不在了，或地址填错了。" in page
        assert 'lang="en">it answered 404; make a new webhook' in page

        await shop.buyer_says("转人工", "小李")
        await shop.runs_jobs()
        await robots.hears(1)
        await shop.time_passes(minutes=1)
        page = await console.shows()
        assert "2026-11-22 10:0" in page
        assert "还没有" not in page


@on_sqlite
async def test_a_shop_that_tells_nobody_is_told_so(open_shop: OpenShop) -> None:
    console = await console_of(await open_shop())
    async with console.owner:
        assert "还没有地方会收到提醒" in await console.shows()
