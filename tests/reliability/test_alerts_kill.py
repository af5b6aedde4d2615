"""A real process is killed while an alert is on the wire: nobody is told twice, and the next alert arrives."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from typing import TYPE_CHECKING

from sqlalchemy import text

from bot.clock import SystemClock
from bot.storage.engine.database import open_database
from tests.alert_peers import FakeRobots, Scripted
from tests.fakes import FakePlatform

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

CONFIG = """
[server]
port = 0
[database]
url = "sqlite:///{folder}/shop.db"
[hours]
country = ""
every_day = ["00:00-24:00"]
[[channels]]
name = "tea"
platform = "webhook"
secret = "{secret}"
reply_url = "{reply_url}"
allow_private_reply_url = true
[[alerts]]
name = "desk"
kind = "slack"
url = "{url}"
allow_private_url = true
"""
READY = b"http://"


async def serves(folder: Path, platform: FakePlatform) -> asyncio.subprocess.Process:
    """Start the program; returns when it is ready."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "serve", "--config", str(folder / "config.toml")),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        while READY not in (line := await process.stdout.readline()):
            assert line, "it ended by itself"
    port = line.decode().partition("127.0.0.1:")[2].partition("/")[0]
    platform.webhook_url = f"http://127.0.0.1:{port}/webhooks/tea"
    return process


async def dies(process: asyncio.subprocess.Process) -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def test_a_kill_between_send_and_settle_tells_nobody_twice(tmp_path: Path, stocked_file: Path) -> None:
    shutil.copy(stocked_file, tmp_path / "shop.db")
    async with FakePlatform(clock=SystemClock()) as platform, FakeRobots() as robots:
        url = robots.settings("slack")["url"]
        config = CONFIG.format(folder=tmp_path, secret=platform.secret, reply_url=platform.reply_url, url=url)
        (tmp_path / "config.toml").write_text(config)
        robots.next_answers(Scripted(hangs=True))
        process = await serves(tmp_path, platform)
        await platform.buyer_says("转人工", conversation="c-1", buyer="b-1", name="小王")
        await robots.hears(1, within_seconds=20)
        await dies(process)
        process = await serves(tmp_path, platform)
        await platform.buyer_says("转人工", conversation="c-2", buyer="b-2", name="小李")
        said = await robots.hears(2, within_seconds=20)
        await dies(process)
    assert ["小王" in each for each in said] == [True, False]
    assert ["小李" in each for each in said] == [False, True]
    async with open_database(f"sqlite:///{tmp_path}/shop.db") as database:
        states = await database.read(_states)
    assert states[0] == "unknown"
    assert states[1] in {"sent", "sending"}


def _states(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT state FROM alert_delivery ORDER BY alert_id")).scalars())
