"""Nodes on one PostgreSQL database: real processes (`tests/node.py`) that may be killed, frozen and started again."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Node:
    """One process at a time. `begin` after a death is a restart: its address stays."""

    def __init__(self, database_url: str, reply_url: str) -> None:
        self._arguments = (database_url, reply_url)
        self.url = ""
        self.process: asyncio.subprocess.Process

    def sends(self, what: signal.Signals) -> None:
        self.process.send_signal(what)

    async def dies(self) -> None:
        self.sends(signal.SIGKILL)
        await self.process.wait()

    async def begin(self) -> None:
        """Start; returns when it is ready."""
        port = self.url.rpartition(":")[2] or "0"
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.node", *self._arguments, port, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        self.url = (await self.process.stdout.readline()).decode().strip()

    async def end(self) -> None:
        """Ask it to stop, if it still runs or is frozen."""
        if self.process.returncode is None:
            self.sends(signal.SIGCONT)
            self.sends(signal.SIGTERM)
        await self.process.communicate()


@asynccontextmanager
async def two_nodes(database_url: str, reply_url: str) -> AsyncIterator[tuple[Node, Node]]:
    """Two of them while the block lasts."""
    first, second = Node(database_url, reply_url), Node(database_url, reply_url)
    await asyncio.gather(first.begin(), second.begin())
    try:
        yield first, second
    finally:
        await asyncio.gather(first.end(), second.end())
