from __future__ import annotations

import asyncio
import base64
import shutil
import threading
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from adapters import PLATFORMS
from adapters.contract import AccessToken
from bot.seal import Seal
from bot.storage import channel_states
from bot.storage.channel_states import Kept
from bot.storage.engine.database import open_database
from tests.fakes import MORNING
from tests.recorder import Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.bot.cli.conftest import Xiaoer

CONFIG = """
[[channels]]
name = "tea"
platform = "webhook"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
reply_url = "http://127.0.0.1:{port}/replies"
allow_private_reply_url = true

[[channels]]
name = "site"
platform = "web"
"""


@contextmanager
def answering(status: int) -> Iterator[int]:
    """A receiver that answers this to everything, on a thread of its own: the command has an event loop to itself."""
    started: list[int] = []
    up, done = threading.Event(), threading.Event()

    async def serve() -> None:
        async def answer(_request: web.Request) -> web.Response:
            return web.Response(status=status)

        app = web.Application()
        app.router.add_post("/replies", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        started.append(runner.addresses[0][1])
        up.set()
        await asyncio.to_thread(done.wait)
        await runner.cleanup()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), name="receiver")
    thread.start()
    up.wait()
    try:
        yield started[0]
    finally:
        done.set()
        thread.join()


def test_it_lists_every_platform_with_what_it_needs(xiaoer: Xiaoer) -> None:
    lines = xiaoer("platforms").stdout.splitlines()
    assert [line.partition(":")[0] for line in lines if not line.startswith(" ")] == list(PLATFORMS)
    assert any(line.startswith("  secret ") for line in lines)


def test_a_channel_is_checked_against_its_receiver(xiaoer: Xiaoer, tmp_path: Path) -> None:
    for status, mark, words in (
        (401, "ok", "turns away what is not signed"),
        (200, "warning", "took a request without a signature"),
        (404, "wrong", "takes no POST at the path"),
        (500, "wrong", "answered 500"),
    ):
        with answering(status) as port:
            (tmp_path / "config.toml").write_text(CONFIG.format(port=port))
            result = xiaoer("platforms", "check", "tea")
        assert result.stdout.startswith(mark), result.output
        assert words in result.stdout
        assert result.exit_code == (mark == "wrong")


def test_a_receiver_that_is_not_there_is_told_in_words(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.format(port=1))
    result = xiaoer("platforms", "check", "tea")
    assert result.exit_code == 1
    assert "wrong    连不上。请看对方的程序开着没有，防火墙放行没有。" in result.stdout
    assert "(no connection to 127.0.0.1 (ConnectionRefusedError))" in result.stdout
    assert result.stderr == "Not everything is well; after each correction, ask again.\n"


def test_what_cannot_be_asked_or_told_says_what_to_do_instead(xiaoer: Xiaoer, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG.format(port=1))
    assert xiaoer("platforms", "check", "site").stdout.startswith("web: there is nobody to ask")
    assert "there is no channel nobody; there are: tea, site" in xiaoer("platforms", "check", "nobody").stderr
    assert "set [server] public_url" in xiaoer("platforms", "connect", "tea").stderr
    (tmp_path / "config.toml").write_text('server.public_url = "https://bot.example"\n' + CONFIG.format(port=1))
    told = xiaoer("platforms", "connect", "tea")
    assert told.exit_code == 1
    assert told.stderr == (
        "webhook cannot be told from here: enter https://bot.example/webhooks/tea on the platform's own pages\n"
    )


DOUYIN = """[database]
url = "sqlite:///{database}"
encryption_key = "{key}"
[[channels]]
name = "dy"
platform = "douyin-im"
client_key = "dy-app-1"
client_secret = "hush"
refresh_token = "R-0"
api_url = "{url}"
allow_private_api_url = true
"""


def test_an_authorisation_that_cannot_be_renewed_any_more_is_told_of_with_its_end(
    xiaoer: Xiaoer, tmp_path: Path, stocked_file: Path
) -> None:
    key = base64.b64encode(b"k" * 32).decode()
    lent = {"error_code": 0, "access_token": "AT", "expires_in": 7200, "refresh_expires_in": 7200}
    shutil.copy(stocked_file, tmp_path / "own.db")
    asyncio.run(_logged_in(f"sqlite:///{tmp_path}/own.db", Seal.read(key)))
    with Recorder(usually={"data": lent}) as peer:
        config = DOUYIN.format(database=tmp_path / "own.db", key=key, url=peer.url)
        (tmp_path / "config.toml").write_text(config)
        result = xiaoer("platforms", "check", "dy")
    assert "has to authorise the app anew by 2026-12-22" in result.stdout
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["warning", "ok", "warning"]


async def _logged_in(url: str, seal: Seal) -> None:
    token = AccessToken(value="AT", lasts_seconds=7200, renewal="{}", ends_at=MORNING + timedelta(days=30))
    kept = Kept(body=seal.close(orjson.dumps(token)), until=MORNING)
    async with open_database(url) as database:
        await database.write(channel_states.claim, "dy", "token", node="server")
        assert await database.write(channel_states.keep, "dy", "token", kept, node="server")
