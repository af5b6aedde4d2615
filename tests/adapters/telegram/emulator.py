"""Telegram as npm's telegram-test-api plays it: it takes our sends, and delivers what its client writes.

`make emulator` installs it beside the tests' own tools, where node is. It shows no secret, so a relay adds that, as
Telegram does.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from adapters.telegram.adapter import TelegramAdapter
from bot.storage.accounts import people
from bot.storage.engine.database import open_database
from tests.fakes import MORNING, FakePlatform
from tests.platform_shops_abroad import TelegramShop
from tests.reliability.lives import free_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.config import Config
    from tests.fakes import FakeClock

EMULATOR = Path(sys.prefix) / "emulator"
RUNS = "new (require('telegram-test-api'))({port: %d, host: '127.0.0.1'}).start().then(() => console.log('ready'))"
TOKEN, SECRET = "600:AA-example", "hush-hush"
BUYER = {"id": 5, "first_name": "小王", "is_bot": False}
CHAT = {"id": 5, "type": "private"}
NOW = int(MORNING.timestamp())
DISPATCH = "下单后48小时内发货。"


class EmulatedShop(TelegramShop):
    """Its bot calls the emulator."""

    emulator = ""

    @property
    def config(self) -> Config:
        config = super().config
        [channel] = config.channels
        settings = {**channel.settings, "api_url": self.emulator}
        return config.model_copy(update={"channels": (channel.model_copy(update={"settings": settings}),)})


class Client:
    """The buyer's side of the emulator."""

    def __init__(self, url: str, session: ClientSession, relay: Relay) -> None:
        self._url = url
        self._session = session
        self._relay = relay

    async def says(self, words: str) -> int:
        """Returns what the bot's door answered."""
        await self._asks("sendMessage", botToken=TOKEN, chat=CHAT, date=NOW, text=words, **{"from": BUYER})
        return await self._relay.passes_one_on()

    async def clicks(self, data: str) -> int:
        message = {"message_id": 1, "chat": CHAT, "date": NOW, "text": ""}
        await self._asks("sendCallback", botToken=TOKEN, data=data, message=message, **{"from": BUYER})
        return await self._relay.passes_one_on()

    async def hears(self) -> list[Any]:
        """What has come since the last look."""
        answer = await self._asks("getUpdates", token=TOKEN, chatId=str(CHAT["id"]))
        return [each["message"] for each in answer["result"]]

    async def _asks(self, path: str, **body: object) -> Any:
        async with self._session.post(f"{self._url}/{path}", json=body) as response:
            assert response.status == 200
            return await response.json()


@pytest.fixture
async def emulator() -> AsyncIterator[str]:
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        "node", "-e", RUNS % port, cwd=EMULATOR, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"ready\n"
    yield f"http://127.0.0.1:{port}"
    process.kill()
    await process.wait()


@pytest.fixture
async def shop(emulator: str, stocked_file: Path, tmp_path: Path, clock: FakeClock) -> AsyncIterator[EmulatedShop]:
    shutil.copy(stocked_file, tmp_path / "shop.db")
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as database:
        await database.write(people.add, name="小李", role="agent", at=clock.now())
    async with FakePlatform(clock=clock) as unused:
        made = EmulatedShop(url=f"sqlite:///{tmp_path / 'shop.db'}", clock=clock, unused=unused)
        made.emulator = emulator
        async with made:
            yield made


class Relay:
    """Passes deliveries on to the bot, with the secret that the webhook was set with."""

    def __init__(self, shop: EmulatedShop, session: ClientSession) -> None:
        self._shop = shop
        self._session = session
        self._answered: asyncio.Queue[int] = asyncio.Queue()

    async def take(self, request: web.Request) -> web.Response:
        headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        async with self._session.post(self._shop.door, data=await request.read(), headers=headers) as answer:
            self._answered.put_nowait(answer.status)
            return web.Response(text=await answer.text())

    async def passes_one_on(self) -> int:
        """The status of the next answer; by then all that follows from it is done."""
        async with asyncio.timeout(20):
            status = await self._answered.get()
        await self._shop.settles()
        return status


async def test_a_bot_of_telegrams_own_kind_is_connected_answers_and_hands_over(
    shop: EmulatedShop, emulator: str
) -> None:
    adapter = shop.bot.channels["tea"].adapter
    assert isinstance(adapter, TelegramAdapter)
    app = web.Application()
    async with ClientSession() as session:
        relay = Relay(shop, session)
        app.router.add_post("/", relay.take)
        async with TestServer(app) as server:
            door = str(server.make_url("/"))
            [found] = await adapter.connect(session=session, webhook_url=door, now=shop.clock.now())
            assert found.verdict == "well", found
            buyer = Client(emulator, session, relay)
            assert await buyer.says("/start") == 202
            assert [each["text"] for each in await buyer.hears()] == [shop.welcome]
            await buyer.says("发货快递")
            [asked] = [each for each in await buyer.hears() if "reply_markup" in each]
            [[button], *_] = asked["reply_markup"]["inline_keyboard"]
            assert await buyer.clicks(button["callback_data"]) == 200
            [answer] = await buyer.hears()
            assert answer["text"] in {DISPATCH, "默认发中通。"}
            await buyer.says("什么时候发货")
            assert [each["text"] for each in await buyer.hears()] == [DISPATCH]
            await buyer.says("转人工")
            assert len(await buyer.hears()) == 1
    assert (await shop.rows("SELECT mode FROM conversation"))[0].mode == "waiting"
