"""The lives of one node: started, armed, killed, started again; or frozen for a while."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from aiohttp import ClientError, ClientSession, ClientTimeout

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator
    from types import TracebackType

VICTIM = Path(__file__).with_name("victim.py")
READY_WITHIN_SECONDS = 30
STOP_WITHIN_SECONDS = 15
LOOK_EVERY_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Doom:
    """Where a life ends, at which passage, and how long after readiness it ends anyway."""

    point: str
    passage: int
    at_most_seconds: float


UNHARMED = Doom(point="never", passage=1, at_most_seconds=0)


@dataclass(kw_only=True)
class Node:
    """One process under test. What it logs goes to `log`; `deaths` counts where its lives ended."""

    config: Path
    url: str
    log: Path
    options: tuple[str, ...] = ()
    deaths: Counter[str] = field(default_factory=Counter)
    troubles: list[str] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        self._next = await self._spawn()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await _kill(self._next)

    async def _spawn(self) -> Process:
        """The next life: it has imported everything by the time it is told to begin."""
        with self.log.open("ab") as log:
            return await asyncio.create_subprocess_exec(
                sys.executable,
                str(VICTIM),
                "--config",
                str(self.config),
                *self.options,
                stdin=subprocess.PIPE,
                stderr=log,
            )

    @asynccontextmanager
    async def alive(self, doom: Doom) -> AsyncIterator[Process]:
        """A life, from readiness to whatever ends it; at the latest the end of the block."""
        process, self._next = self._next, await self._spawn()
        if process.stdin is not None:
            process.stdin.write(f"{doom.point}:{doom.passage}\n".encode())
        try:
            await self._ready(process)
            yield process
        finally:
            await _kill(process)

    async def live_and_die(self, doom: Doom) -> None:
        """One life that ends by SIGKILL, at its point or else at any moment."""
        async with self.alive(doom) as process:
            try:
                async with asyncio.timeout(doom.at_most_seconds):
                    await process.wait()
            except TimeoutError:
                await _kill(process)
                self.deaths["any moment"] += 1
                return
        if process.returncode == -signal.SIGKILL:
            self.deaths[doom.point] += 1
        else:
            self.troubles.append(f"the program ended by itself with {process.returncode}; see {self.log}")

    async def freeze(self, process: Process, *, seconds: float) -> None:
        """Stop the process in mid-step, and let it go on as if nothing had happened."""
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        process.send_signal(signal.SIGCONT)

    async def stop(self, process: Process) -> None:
        """Ask it to end, as a supervisor does."""
        process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_WITHIN_SECONDS):
                await process.wait()
        except TimeoutError:
            self.troubles.append(f"SIGTERM did not end the program within {STOP_WITHIN_SECONDS} s")
            return
        if process.returncode != 0:
            self.troubles.append(f"after SIGTERM the program ended with {process.returncode}; see {self.log}")

    async def _ready(self, process: Process) -> None:
        """Return when it takes traffic, or when it is dead before that."""
        async with (
            asyncio.timeout(READY_WITHIN_SECONDS),
            ClientSession(timeout=ClientTimeout(total=2)) as session,
        ):
            while process.returncode is None:
                try:
                    async with session.get(f"{self.url}/readyz") as response:
                        if response.status == 200:
                            return
                except (ClientError, TimeoutError):
                    pass
                await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _kill(process: Process) -> None:
    if process.returncode is None:
        process.kill()
        await process.wait()
