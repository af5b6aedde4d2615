"""`xiaoer serve` as a process of its own, for attacks from outside: its port, its log, its memory."""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bot.clock import SystemClock
from tests.fakes import SECRET, FakePlatform

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

READY = re.compile(r"http://127\.0\.0\.1:(\d+)/\S*")
STOPS_WITHIN_SECONDS = 20
CONFIG = """
[server]
port = 0

[database]
url = "{database_url}"

[hours]
every_day = ["00:00-24:00"]
holidays = ["00:00-24:00"]

[[channels]]
name = "site"
platform = "web"

[[channels]]
name = "tea"
platform = "webhook"
secret = "{secret}"
reply_url = "{reply_url}"
allow_private_reply_url = true
"""


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server; `said` is what stood in its line on stdout."""

    process: asyncio.subprocess.Process
    folder: Path
    port: int
    said: str
    platform: FakePlatform

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    def memory_mb(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        found = re.search(r"VmRSS:\s+(\d+) kB", status)
        return int(found[1]) / 1024 if found else 0.0

    async def says(self, words: str, *, within_seconds: float = 240) -> None:
        """Wait for a line of its log."""
        async with asyncio.timeout(within_seconds):
            while words not in self.log:  # noqa: ASYNC110 - another process writes it
                await asyncio.sleep(0.2)


@asynccontextmanager
async def served(
    config: str = "",
    *,
    database_url: str = "",
    secret: str = SECRET,
    files: int = 0,
    beside: Served | None = None,
) -> AsyncIterator[Served]:
    """A server with a webhook channel `tea` and a chat window `site` of its own; `config` is added to its settings.

    It may open so many `files`, where a number is given. A second one `beside` the first serves the same platform.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with AsyncExitStack() as stack:
            own = FakePlatform(clock=SystemClock(), secret=secret)
            platform = beside.platform if beside else await stack.enter_async_context(own)
            settings = CONFIG.format(
                database_url=database_url or f"sqlite:///{folder}/bot.db",
                secret=platform.secret,
                reply_url=platform.reply_url,
            )
            (folder / "config.toml").write_text(settings + config, "utf-8")
            with (folder / "log").open("wb") as log:
                process = await asyncio.create_subprocess_exec(
                    *(("prlimit", f"--nofile={files}:{files}") if files else ()),
                    *(sys.executable, "-m", "bot", "serve", "--config", str(folder / "config.toml")),
                    stdout=asyncio.subprocess.PIPE,
                    stderr=log,
                    env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
                )
            try:
                yield await _started(process, folder, platform)
            finally:
                if process.returncode is None:
                    process.terminate()
                async with asyncio.timeout(STOPS_WITHIN_SECONDS):
                    await process.communicate()


async def _started(process: asyncio.subprocess.Process, folder: Path, platform: FakePlatform) -> Served:
    if process.stdout is None:
        raise RuntimeError("its output goes nowhere")
    said = (await process.stdout.readline()).decode()
    found = READY.search(said)
    if found is None:
        raise AssertionError((folder / "log").read_text("utf-8"))
    platform.webhook_url = f"http://127.0.0.1:{found[1]}/webhooks/tea"
    return Served(process=process, folder=folder, port=int(found[1]), said=said, platform=platform)
