from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NoReturn

import pytest
from aiohttp import web

from adapters.web.adapter import WebAdapter
from bot.actions.receive_messages import Receiver
from bot.background import repeat
from bot.clock import SystemClock
from bot.errors import StorageDown
from bot.live import Bell, Live
from bot.metrics import Metrics
from bot.web.console.wording import load_wording
from bot.web.shared.doors import Doors
from bot.web.shared.pages import load_pages
from bot.web.widget.chat import Chat, Streams, chat_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp.pytest_plugin import AiohttpClient
    from aiohttp.test_utils import TestClient


class GoneDatabase:
    """A database that cannot be reached."""

    dialect = "sqlite"

    async def write(self, *_: object, **__: object) -> NoReturn:
        raise StorageDown("the database does not answer")

    async def write_lightly(self, *_: object, **__: object) -> NoReturn:
        raise StorageDown("the database does not answer")

    async def read(self, *_: object, **__: object) -> NoReturn:
        raise StorageDown("the database does not answer")

    @asynccontextmanager
    async def listening(self, _heard: object) -> AsyncIterator[None]:
        yield


@pytest.fixture
async def browser(aiohttp_client: AiohttpClient) -> AsyncIterator[TestClient[web.Request, web.Application]]:
    database, clock, live = GoneDatabase(), SystemClock(), Live()
    receiver = Receiver(database=database, echoes={}, clock=clock, to_decide=Bell(), live=live, metrics=Metrics())
    chat = Chat(
        pages=load_pages(),
        wording=load_wording(str),
        channels={"site": WebAdapter(channel="site")},
        receiver=receiver,
        database=database,
        live=live,
        clock=clock,
        shop_name="小满生活馆",
        doors=Doors(),
        streams=Streams(),
    )
    app = web.Application()
    app.add_routes(chat_routes(chat))
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(repeat("write", receiver.write_next, metrics=Metrics()), name="write")
        yield await aiohttp_client(app)
        writing.cancel()


async def test_while_the_database_is_gone_a_message_is_kept_by_the_page_and_tried_later(
    browser: TestClient[web.Request, web.Application], visitor: str
) -> None:
    message = {"message_id": "m-1", "visitor": visitor, "text": "在吗"}
    async with browser.post("/chat/site/messages", json=message) as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert (await answer.json())["error"] == "the shop's database does not answer"


async def test_while_the_database_is_gone_a_stream_is_to_come_back_later(
    browser: TestClient[web.Request, web.Application], visitor: str
) -> None:
    async with browser.get("/chat/site/events", headers={"Xiaoer-Visitor": visitor}) as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) >= 1
