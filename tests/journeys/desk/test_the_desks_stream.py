"""An open desk is told of what changes, also of what nobody rings for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession
from sqlalchemy import insert

from bot.storage.tables.desk import buyer_tag
from bot.web.console.inbox.stream import HEARTBEAT_SECONDS
from tests.databases import on_sqlite
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from aiohttp import ClientResponse
    from sqlalchemy.engine import Connection

    from tests.shop import Shop


@on_sqlite
async def test_a_busy_shop_keeps_nothing_from_a_desk_that_nobody_rings_for(shop: Shop) -> None:
    await shop.buyer_says("人工")
    [talk] = await shop.rows("SELECT id, channel, buyer FROM conversation")
    li = await joins(shop.bot.database, "agent", clock=shop.clock)
    address = f"{shop.bot.url}/console/inbox/events?view=bot&open={talk.id}"
    async with ClientSession(headers=li.headers) as browser, browser.get(address) as stream:
        events = _events(stream)
        assert [await anext(events) for _ in range(4)] == ["queue", "talk", "card", "news"], "the last: who looks"

        tag = {"channel": talk.channel, "buyer": talk.buyer, "tag": "老客", "staff_id": 2, "at": shop.clock.now()}
        await shop.bot.database.write(_tag, tag)  # as a colleague does at another node
        told = []
        for buyer in ("小赵", "小钱", "小孙"):
            shop.clock.advance(seconds=6)
            await shop.delivers("什么时候发货", buyer)
            told += [each async for each in _until_queue(events)]
    assert "card" in told, "told with what was rung for, at the latest after a heartbeat"


@on_sqlite
@pytest.mark.parametrize("how", ["signs out", "is given another role", "is removed"])
async def test_who_is_signed_out_loses_the_desk_at_once_and_nobody_else_does(shop: Shop, how: str) -> None:
    """The shop's clock stands still: no heartbeat asks whether they may still look."""
    owner = await joins(shop.bot.database, "owner", clock=shop.clock)
    li, zhou = [await joins(shop.bot.database, "agent", clock=shop.clock) for _ in range(2)]
    by, path, form = {
        "signs out": (li, f"me/sessions/{li.session_id}/end", {}),
        "is given another role": (owner, f"staff/{li.id}/role", {"role": "viewer"}),
        "is removed": (owner, f"staff/{li.id}/remove", {}),
    }[how]
    address = f"{shop.bot.url}/console/inbox/events"
    async with (
        ClientSession() as browser,
        browser.get(address, headers=li.headers) as lis,
        browser.get(address, headers=zhou.headers) as zhous,
    ):
        own, others = _events(lis), _events(zhous)
        assert [await anext(own), await anext(others)] == ["queue", "queue"]
        done = await browser.post(
            f"{shop.bot.url}/console/{path}", data=form, headers=by.headers, allow_redirects=False
        )
        assert done.status == 303
        async with asyncio.timeout(HEARTBEAT_SECONDS / 2):
            assert [name async for name in own if name != "queue"] == []
        await shop.delivers("人工", "小赵")
        assert [name async for name in _until_queue(others)][-1] == "queue"


def _tag(connection: Connection, tag: Mapping[str, object]) -> None:
    connection.execute(insert(buyer_tag).values(tag))


async def _events(stream: ClientResponse) -> AsyncIterator[str]:
    """Their names, as they come."""
    async for line in stream.content:
        if line.startswith(b"event: "):
            yield line.removeprefix(b"event: ").decode().strip()


async def _until_queue(events: AsyncIterator[str]) -> AsyncIterator[str]:
    async for name in events:
        yield name
        if name == "queue":
            return
