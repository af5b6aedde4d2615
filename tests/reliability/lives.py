"""The lives of one node: begun, ready, killed at a fail point, begun again; or frozen for a while."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from asyncio.subprocess import PIPE, Process
from collections import Counter
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Self

from aiohttp import ClientError, ClientSession, ClientTimeout

from tests.reliability.victim import ANY_MOMENT

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import TracebackType

VICTIM = Path(__file__).with_name("victim.py")
READY_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 15
LOOK_EVERY_SECONDS = 0.03
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""The victim forks, and a process that forks should have no threads."""


@dataclass(frozen=True, kw_only=True)
class Doom:
    """Where a life ends, at which passage, and how long after readiness it ends anyway."""

    point: str
    passage: int
    at_most_seconds: float


UNHARMED = Doom(point="never", passage=1, at_most_seconds=0)


@dataclass(frozen=True, kw_only=True)
class Life:
    """One process that serves; `ended` gives its exit code, negative for the signal that ended it."""

    pid: int
    ended: asyncio.Task[int]

    def send(self, what: signal.Signals) -> None:
        if not self.ended.done():
            with suppress(ProcessLookupError):  # it is gone already, and we have not heard so yet
                os.kill(self.pid, what)


@dataclass(kw_only=True)
class Node:
    """One node under test. What it logs goes to `log`; `deaths` counts where its lives ended."""

    config: Path
    url: str
    log: Path
    options: tuple[str, ...] = ()
    deaths: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        """Load the program once; each life is a fork of it, so that a start costs little."""
        with self.log.open("ab") as log:
            self._mother: Process = await asyncio.create_subprocess_exec(
                sys.executable,
                str(VICTIM),
                "--config",
                str(self.config),
                *self.options,
                stdin=PIPE,
                stdout=PIPE,
                stderr=log,
                env=os.environ | ONE_THREAD,
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Without its stdin it ends by itself, and a life that is left over with it."""
        if self._mother.stdin is not None:
            self._mother.stdin.close()
        await self._mother.wait()

    @asynccontextmanager
    async def alive(self, doom: Doom) -> AsyncIterator[Life]:
        """A life, from readiness to whatever ends it; at the latest the end of the block."""
        if self._mother.stdin is not None:
            self._mother.stdin.write(f"{doom.point}:{doom.passage}\n".encode())
        pid = await self._hears_number()
        async with asyncio.TaskGroup() as tasks:
            life = Life(pid=pid, ended=tasks.create_task(self._hears_number(), name=f"the end of {pid}"))
            try:
                await self._ready(life)
                yield life
            finally:
                life.send(signal.SIGKILL)

    async def live_and_die(self, doom: Doom) -> None:
        """One life that ends by SIGKILL, at its point or else at any moment."""
        async with self.alive(doom) as life:
            await asyncio.wait([life.ended], timeout=doom.at_most_seconds)
            in_time = life.ended.done()
        if life.ended.result() != -signal.SIGKILL:
            self.troubles.append(f"the program ended by itself with {life.ended.result()}; see {self.log}")
        self.deaths[doom.point if in_time else ANY_MOMENT] += 1

    async def freeze(self, life: Life, *, seconds: float) -> None:
        """Stop it in mid-step, and let it go on as if nothing had happened."""
        life.send(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        life.send(signal.SIGCONT)

    async def stop(self, life: Life) -> None:
        """Ask it to end, as a supervisor does."""
        life.send(signal.SIGTERM)
        await asyncio.wait([life.ended], timeout=STOP_WITHIN_SECONDS)
        if not life.ended.done():
            self.troubles.append(f"SIGTERM did not end the program within {STOP_WITHIN_SECONDS} s")
        elif life.ended.result() != 0:
            self.troubles.append(f"after SIGTERM the program ended with {life.ended.result()}; see {self.log}")

    async def _hears_number(self) -> int:
        """The victim says the process id of a life, and later its exit code, each on a line of its own."""
        if self._mother.stdout is None:
            raise RuntimeError("the victim was started without a pipe")
        return int(await self._mother.stdout.readline())

    async def _ready(self, life: Life) -> None:
        """Return when it takes traffic, or when it is dead before that."""
        async with asyncio.timeout(READY_WITHIN_SECONDS), ClientSession(timeout=ClientTimeout(total=2)) as session:
            while not life.ended.done():
                try:
                    async with session.get(f"{self.url}/readyz") as response:
                        if response.status == HTTPStatus.OK:
                            return
                except (ClientError, TimeoutError):
                    pass
                await asyncio.sleep(LOOK_EVERY_SECONDS)


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
