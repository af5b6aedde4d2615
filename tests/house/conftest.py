"""A whole bot with a channel of each platform, and the application that it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from bot.web import server
from tests.real_bot import RealBot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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
    """A bot as `running` wires it, and the application that it serves."""

    url: str
    app: web.Application
    database_url: str


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A shop in which nobody has an account."""
    yield from serving(tmp_path_factory.mktemp("house"))


@pytest.fixture(scope="session")
def peopled_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A shop of its own for people with accounts: with the first of them some things close to everybody else."""
    yield from serving(tmp_path_factory.mktemp("peopled"))


def serving(folder: Path) -> Iterator[House]:
    config = folder / "config.toml"
    config.write_text(CONFIG.format(database=folder / "bot.db"), "utf-8")
    kept: list[web.Application] = []

    def kept_application(**parts: Any) -> web.Application:
        kept.append(server.application(**parts))
        return kept[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.wiring.front.application", kept_application)
        with RealBot(config) as bot:
            yield House(bot.url, kept[0], f"sqlite:///{folder / 'bot.db'}")
