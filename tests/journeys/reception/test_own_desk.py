"""The chat window of the shop's own site: with somebody at our desk, who asks for a person is handed over to one."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from bot.config import Channel
from tests.databases import on_sqlite
from tests.fakes import FakePlatform
from tests.people import joins
from tests.shop import Settings, Shop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config
    from tests.fakes import FakeClock

VISITOR = "v" * 36


class ShopWithSite(Shop):
    """A shop with the chat window of its site beside the usual channel."""

    @property
    def config(self) -> Config:
        usual = super().config
        return usual.model_copy(update={"channels": (*usual.channels, Channel(name="site", platform="web"))})

    async def visitor_says(self, words: str) -> list[str]:
        newest = (await self.rows("SELECT coalesce(max(id), 0) AS id FROM outbox"))[0].id
        body = {"message_id": str(uuid.uuid4()), "visitor": VISITOR, "text": words, "surroundings": {}}
        assert await self.posts("/chat/site/messages", body) == 202
        await self.settles()
        found = await self.rows("SELECT text FROM outbox WHERE id > :id AND text <> '' ORDER BY id", id=newest)
        return [row.text for row in found]

    async def modes(self) -> list[str]:
        return [row.mode for row in await self.rows("SELECT mode FROM conversation WHERE channel = 'site'")]


@pytest.fixture
async def site(database_url: str, clock: FakeClock) -> AsyncIterator[ShopWithSite]:
    async with FakePlatform(clock=clock) as platform:
        shop = ShopWithSite(url=database_url, clock=clock, platform=platform, settings=Settings.make())
        async with shop:
            yield shop


@on_sqlite
async def test_with_nobody_at_the_desk_a_message_is_left(site: ShopWithSite) -> None:
    assert (await site.visitor_says("转人工"))[-1] == site.say("no-desk")
    assert await site.modes() == ["bot"]


async def test_with_somebody_at_the_desk_they_wait_for_a_person(site: ShopWithSite) -> None:
    await joins(site.bot.database, "agent", clock=site.clock)
    await site.bot.jobs["desk"].work()
    assert (await site.visitor_says("转人工"))[-1] == site.say("hand-over-open", queue_position="1")
    assert await site.modes() == ["waiting"]
    status, page = await site.asks("/chat/site")
    assert (status, "没有人工" in page) == (200, False)


@on_sqlite
@pytest.mark.parametrize(("role", "channels"), [("viewer", None), ("agent", ["tea"])])
async def test_who_may_not_answer_there_is_nobody(site: ShopWithSite, role: str, channels: list[str] | None) -> None:
    await joins(site.bot.database, role, clock=site.clock, channels=channels)  # type: ignore[arg-type]  # a role by name
    await site.bot.jobs["desk"].work()
    assert (await site.visitor_says("转人工"))[-1] == site.say("no-desk")
