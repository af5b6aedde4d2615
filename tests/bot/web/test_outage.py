from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, NoReturn

import pytest
from aiohttp import web

from adapters.web.adapter import WebAdapter
from bot.actions.messages.receive_messages import Receiver
from bot.background import repeat
from bot.clock import SystemClock
from bot.domain.channels.channel import Channel
from bot.errors import StorageDown
from bot.live import Bell, Live
from bot.metrics import Metrics
from bot.redrawing import Redrawer
from bot.web.console.wording import load_wording
from bot.web.shared.console import Console
from bot.web.shared.doors import Doors
from bot.web.shared.http_outcomes import turn_away_in_outages
from bot.web.shared.pages import load_pages
from bot.web.shared.signed_in import SignedIn
from bot.web.shared.streams import Streams
from bot.web.shared.try_door import TryDoor
from bot.web.widget.chat import Chat, chat_routes

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
    receiver = Receiver(database=database, channels={}, clock=clock, to_decide=Bell(), live=live, metrics=Metrics())
    pages, doors = load_pages(), Doors()
    console = Console(pages=pages, doors=doors, shop_name="小满生活馆", places=())
    signed_in = SignedIn(database=database, clock=clock, doors=doors, console=console)
    windows = {
        name: Channel(name=name, platform="web", adapter=WebAdapter(channel=name, try_out=name == "try"))
        for name in ("site", "try")
    }

    async def find(name: str) -> Channel | None:
        return windows.get(name)

    chat = Chat(
        pages=pages,
        wording=load_wording(str),
        find=find,
        receiver=receiver,
        database=database,
        live=live,
        clock=clock,
        shop_name="小满生活馆",
        is_staffed=lambda _: True,
        product_title=str,
        has_desk=lambda _: False,
        doors=doors,
        try_door=TryDoor(signed_in=signed_in),
        streams=Streams(),
        redrawer=Redrawer(),
    )
    app = web.Application(middlewares=[turn_away_in_outages])
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


@pytest.mark.parametrize(("method", "path"), [("POST", "pictures"), ("GET", "pictures/p-1")])
async def test_while_the_database_is_gone_a_picture_is_to_be_tried_later(
    browser: TestClient[web.Request, web.Application], visitor: str, method: str, path: str
) -> None:
    headers = {"Xiaoer-Visitor": visitor, "Content-Type": "image/png"}
    async with browser.request(method, f"/chat/site/{path}", headers=headers) as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) >= 1


async def test_while_the_database_is_gone_nobody_can_say_who_may_try_the_bot_out(
    browser: TestClient[web.Request, web.Application],
) -> None:
    async with browser.get("/chat/try") as answer:
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) >= 1
