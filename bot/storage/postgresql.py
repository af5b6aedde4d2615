"""PostgreSQL: a server that several processes of ours share."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StorageDown
from bot.storage.announcing import NOTIFY_CHANNEL
from bot.storage.outages import COLLISIONS, sqlstate, storage_down

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlalchemy.engine import URL, Connection
    from sqlalchemy.ext.asyncio import AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")

POSTGRES_CONNECTIONS = 8
FROZEN_MS = 20_000
"""A node frozen in the middle of a transaction must not hold its rows for ever: the server ends it after so long."""
LISTEN_AGAIN_SECONDS = 1
RETRIES_AFTER_DEADLOCK = 3

_COMMIT_LIGHTLY = text("SET LOCAL synchronous_commit TO OFF")


class PostgreSQL:
    """A server, shared with other processes of ours."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self._url = url
        self._engine: AsyncEngine = create_async_engine(
            url.set(drivername="postgresql+asyncpg"),
            pool_size=POSTGRES_CONNECTIONS,
            max_overflow=0,
            pool_timeout=5,
            connect_args={
                "timeout": 5,
                "command_timeout": 15,
                "server_settings": {"idle_in_transaction_session_timeout": str(FROZEN_MS)},
            },
        )
        event.listen(self._engine.sync_engine, "connect", _limit_transactions)

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def job(connection: Connection) -> T:
            return work(connection, *args, **kwargs)

        for _ in range(RETRIES_AFTER_DEADLOCK):
            try:
                return await self._run(job)
            except DBAPIError as problem:
                if sqlstate(problem) not in COLLISIONS:
                    raise
        return await self._run(job)

    async def write_lightly(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        def job(connection: Connection) -> T:
            connection.execute(_COMMIT_LIGHTLY)
            return work(connection, *args, **kwargs)

        return await self.write(job)

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.write(work, *args, **kwargs)

    async def _run(self, work: Callable[[Connection], T]) -> T:
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(work)
        except (OSError, PoolTimeoutError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError) as problem:
            raise StorageDown(f"the database is out of reach: {str(problem) or type(problem).__name__}") from problem
        except DBAPIError as problem:
            raise storage_down(problem) or problem from problem.orig

    @asynccontextmanager
    async def listening(self, heard: Callable[[str], None]) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as tasks:
            listener = tasks.create_task(self._listen(heard), name="listen for other processes")
            try:
                yield
            finally:
                listener.cancel()

    async def _listen(self, heard: Callable[[str], None]) -> None:
        while True:  # a lost connection is opened again; until then the slow poll finds the work
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await self._listen_until_lost(heard)
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    async def _listen_until_lost(self, heard: Callable[[str], None]) -> None:
        lost = asyncio.Event()
        connection = await asyncpg.connect(self._url.render_as_string(hide_password=False), timeout=5)
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            await connection.add_listener(NOTIFY_CHANNEL, lambda *said: heard(str(said[-1])))
            await lost.wait()
        finally:
            connection.terminate()

    async def close(self) -> None:
        """Let go of all connections."""
        await self._engine.dispose()


def _limit_transactions(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy's wrapping of asyncpg's
    """A node frozen between the messages of one statement is not "idle": PostgreSQL 17 and later end that as well."""
    limit = f"SELECT set_config(name, '{FROZEN_MS}', false) FROM pg_settings WHERE name = 'transaction_timeout'"  # noqa: S608 - a number of ours
    connection.run_async(lambda driver: driver.execute(limit))
