"""A whole bot with a channel of each platform, and the application that it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from bot.web import server
from tests.real_bot import RealBot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web

CONFIG = """
[database]
url = "sqlite:///{database}"

[[channels]]
name = "site"
platform = "web"
origins = ["https://shop.example"]

[[channels]]
name = "middleware"
platform = "webhook"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
reply_url = "http://127.0.0.1:9/replies"
allow_private_reply_url = true
"""


class House(NamedTuple):
    url: str
    app: web.Application


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The bot as `running` wires it; its application is only looked at."""
    folder = tmp_path_factory.mktemp("house")
    config = folder / "config.toml"
    config.write_text(CONFIG.format(database=folder / "bot.db"), "utf-8")
    kept: list[web.Application] = []

    def kept_application(**parts: Any) -> web.Application:
        kept.append(server.application(**parts))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.front.application", kept_application)
        with RealBot(config) as bot:
            yield House(bot.url, kept[0])
