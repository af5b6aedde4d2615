"""Many small writes, one durable commit: a batch is whatever arrived while the last one was being written."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

from bot.errors import StorageDown, TooBusy

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")

LARGEST_BATCH = 200
RETRY_AFTER_SECONDS = 2


class GroupCommit(Generic[Item, Result]):
    """Gathers items of concurrent callers and writes them together; each caller hears of its own.

    `write` gets a batch and returns one result for each item, in order. At most `most` items (`most_bytes` by `weigh`)
    wait; further ones are refused with `TooBusy` rather than kept in memory.
    """

    def __init__(
        self,
        *,
        database: Database,
        write: Callable[[Connection, Sequence[Item]], Sequence[Result]],
        most: int,
        most_bytes: int = 0,
        weigh: Callable[[Item], int] = lambda _item: 0,
    ) -> None:
        self._database = database
        self._write = write
        self._most = most
        self._most_bytes = most_bytes
        self._weigh = weigh
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._bytes = 0
        self._arrived = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    async def submit(self, item: Item) -> Result:
        """Return once the item is durable. Raises `TooBusy` or `StorageDown`: then it was not written."""
        if len(self._waiting) >= self._most or (self._most_bytes and self._bytes >= self._most_bytes):
            raise TooBusy(retry_after_seconds=RETRY_AFTER_SECONDS)
        written: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, written))
        self._bytes += self._weigh(item)
        self._idle.clear()
        self._arrived.set()
        return await written

    async def write_next(self) -> None:
        """Wait for items and write one batch of them. Run again and again by one owner.

        Raises `StorageDown` once the callers have heard of it, so that the owner tells of it and waits a little.
        """
        await self._arrived.wait()
        if len(self._waiting) > 1:  # in a crowd: let in those that already wait
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_BATCH))]
        self._bytes -= sum(self._weigh(item) for item, _ in batch)
        try:
            await self._commit(batch)
        finally:
            if not self._waiting:
                self._arrived.clear()
                self._idle.set()

    async def flushed(self) -> None:
        """Return when nothing waits any more."""
        await self._idle.wait()

    async def _commit(self, batch: list[tuple[Item, asyncio.Future[Result]]]) -> None:
        try:
            results = await self._database.write(self._write, [item for item, _ in batch])
        except StorageDown as problem:
            _fail(batch, problem)
            raise
        except Exception as problem:
            if len(batch) == 1:  # this one item cannot be written; its caller hears of it
                log.exception("one item cannot be written")
                _fail(batch, problem)
                return
            for each in batch:
                await self._commit([each])
        else:
            for (_, written), result in zip(batch, results, strict=True):
                if not written.done():  # its caller may have gone away; the item is written all the same
                    written.set_result(result)


def _fail(batch: list[tuple[Item, asyncio.Future[Result]]], problem: Exception) -> None:
    for _, written in batch:
        if not written.done():
            written.set_exception(problem)
