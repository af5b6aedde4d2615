"""One bot for all tests of its pages, with a chat window for the shop's site and the try-out page."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession

from bot.web.shared.doors import TRY_COOKIE
from tests.real_bot import TRY_TOKEN, RealBot

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

AT_HOME = {"Cookie": f"{TRY_COOKIE}={TRY_TOKEN}"}
"""What a browser sends that has opened the link of this start."""
CONFIG = """
[server]
public_try_out = {public_try_out}

[database]
url = "sqlite:///{database}"

[shop]
name = "小满生活馆"

[[channels]]
name = "site"
platform = "web"
origins = ["https://shop.example"]
messages_per_minute = 3

[[channels]]
name = "middleware"
platform = "webhook"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
reply_url = "http://127.0.0.1:9/replies"
allow_private_reply_url = true
"""


def _bot(factory: pytest.TempPathFactory, public_try_out: str) -> RealBot:
    folder = factory.mktemp("bot")
    config = folder / "config.toml"
    config.write_text(CONFIG.format(database=folder / "bot.db", public_try_out=public_try_out), "utf-8")
    return RealBot(config)


@pytest.fixture(scope="session")
def web_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBot]:
    with _bot(tmp_path_factory, "false") as bot:
        yield bot


@pytest.fixture(scope="session")
def public_web_bot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBot]:
    with _bot(tmp_path_factory, "true") as bot:
        yield bot


@pytest.fixture
async def browser(web_bot: RealBot) -> AsyncIterator[ClientSession]:
    async with ClientSession(base_url=web_bot.url, headers=AT_HOME) as session:
        yield session


@pytest.fixture
async def browser_of_public_shop(public_web_bot: RealBot) -> AsyncIterator[ClientSession]:
    async with ClientSession(base_url=public_web_bot.url, headers=AT_HOME) as session:
        yield session


@pytest.fixture
def visitor() -> str:
    return secrets.token_hex(16)


@pytest.fixture
def another() -> str:
    return secrets.token_hex(16)
