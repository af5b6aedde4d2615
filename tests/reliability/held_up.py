"""A transaction on PostgreSQL that waits before its commit, for what another one does meanwhile."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Concatenate, ParamSpec, TypeVar

from sqlalchemy.util import await_only

from bot.live import Bell
from tests.reliability.interleaving import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.storage.engine.database import Connection, Database

P = ParamSpec("P")
T = TypeVar("T")

WAITS = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


class HeldUp:
    """A database on which whatever is written waits before its commit, until it may go on."""

    dialect = "postgresql"

    def __init__(self, database: Database) -> None:
        self._database = database
        self.written, self.may_go_on = asyncio.Event(), asyncio.Event()

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def doing(connection: Connection) -> T:
            done = work(connection, *args, **kwargs)
            await_only(self._waits())
            return done

        return await self._database.write(doing)

    async def _waits(self) -> None:
        self.written.set()
        await self.may_go_on.wait()


async def waits_or_ends(task: asyncio.Task[T], database: Database) -> None:
    """Until this one waits for a lock that another transaction has, or needs none and is done."""
    bell = Bell()
    while not task.done() and not await database.read(rows_of, WAITS):
        await bell.wait(at_most_seconds=0.01)
