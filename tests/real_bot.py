"""A whole bot in a thread of its own, on a real port: for tests that come in by the front door as browsers do."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Self, TypeVar

from bot.app import running
from bot.clock import SystemClock
from bot.config import load

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from bot.app import Running

T = TypeVar("T")
TRY_TOKEN = "token-of-all-tests"
START_SECONDS = 60
STOP_SECONDS = 60


class RealBot:
    """Runs the bot of a configuration file while the block lasts; `stop` and `start` in between are a restart."""

    def __init__(self, config: Path) -> None:
        self._config = config
        self._port = 0
        self._thread: threading.Thread | None = None
        self._ended: Future[None] = Future()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._running: Running | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def inside(self, work: Callable[[Running], Coroutine[Any, Any, T]]) -> T:
        """Do something within the bot, on its own loop, and wait for it on ours."""
        if self._loop is None or self._running is None:
            raise RuntimeError("the bot is not running")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work(self._running), self._loop))

    def start(self) -> None:
        started: Future[int] = Future()
        self._ended = Future()
        self._thread = threading.Thread(target=self._run, args=(started, self._ended), name="the bot")
        self._thread.start()
        self._port = started.result(START_SECONDS)

    def stop(self) -> None:
        if self._thread is None or self._loop is None or self._stop is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(STOP_SECONDS)
        self._thread = None
        self._ended.result(0)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self, started: Future[int], ended: Future[None]) -> None:
        try:
            asyncio.run(self._serve(started))
        except BaseException as problem:  # whatever it is: the test that waits must hear of it, not wait for ever
            (ended if started.done() else started).set_exception(problem)
            raise
        ended.set_result(None)

    async def _serve(self, started: Future[int]) -> None:
        environ = {"XIAOER_PORT": str(self._port)}
        async with running(load(self._config, environ), clock=SystemClock(), tick=False, try_token=TRY_TOKEN) as bot:
            self._running = bot
            self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
            started.set_result(int(bot.url.rpartition(":")[2]))
            await self._stop.wait()
