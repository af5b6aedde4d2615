"""PostgreSQL: a server that several processes of ours share."""

from __future__ import annotations

import asyncio
import random
import ssl
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StorageDown
from bot.storage.announcing import NOTIFY_CHANNEL
from bot.storage.engine.outages import COLLISIONS, may_run_again, sqlstate, storage_down, without_values

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from sqlalchemy.engine import URL, Connection
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

P = ParamSpec("P")
T = TypeVar("T")

POSTGRES_CONNECTIONS = 8
FROZEN_MS = 20_000
"""A node frozen in the middle of a transaction must not hold its rows for ever: the server ends it after so long."""
LISTEN_AGAIN_SECONDS = 1
PAUSES_SECONDS = (0.02, 0.1, 0.5)
"""At most how long to wait before the same work runs again, after each time that it could not."""
CONNECT_SECONDS = 5
STATEMENT_SECONDS = 15
AWAY = (OSError, PoolTimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a server that is not there, going, or coming back makes the driver raise outside of a statement."""
OF_LIBPQ_ONLY = frozenset(
    {
        "channel_binding",
        "client_encoding",
        "fallback_application_name",
        "gssdelegation",
        "gssencmode",
        "keepalives",
        "keepalives_count",
        "keepalives_idle",
        "keepalives_interval",
        "load_balance_hosts",
        "require_auth",
        "requirepeer",
        "sslcertmode",
        "sslcompression",
        "sslsni",
        "tcp_user_timeout",
    }
)
"""What an address may say to other clients than ours, which takes any value of it: it does without."""

_COMMIT_LIGHTLY = text("SET LOCAL synchronous_commit TO OFF")


class PostgreSQL:
    """A server, shared with other processes of ours."""

    dialect = "postgresql"

    def __init__(self, url: URL) -> None:
        self._connect = _connecting(url)
        self._engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=self._connect,
            pool_size=POSTGRES_CONNECTIONS,
            max_overflow=0,
            pool_timeout=5,
            hide_parameters=True,
        )
        event.listen(self._engine.sync_engine, "connect", _limit_transactions)

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def job(connection: Connection) -> T:
            return work(connection, *args, **kwargs)

        for pause_seconds in PAUSES_SECONDS:
            try:
                return await self._run(job)
            except _Again:
                await asyncio.sleep(pause_seconds * random.random())  # noqa: S311 - so that two do not meet again
        try:
            return await self._run(job)
        except _Again as problem:
            raise problem.down from None

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
        """Run it in a transaction. Raises `_Again` where it may run again: then nothing of it was written."""
        committing = False
        try:
            async with self._engine.connect() as connection, _let_go_in_trouble(connection), connection.begin():
                done = await connection.run_sync(work)
                committing = True
        except DBAPIError as problem:
            down = storage_down(problem)
            if down is None:
                raise without_values(problem) from None
            if may_run_again(problem) and (not committing or sqlstate(problem.orig) in COLLISIONS):
                raise _Again(down) from None
            raise down from None
        except AWAY as problem:
            reason = str(problem).partition("\n")[0] or type(problem).__name__
            raise StorageDown(f"the database is out of reach: {reason}") from None
        return done

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
            with suppress(*AWAY):
                await self._listen_until_lost(heard)
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    async def _listen_until_lost(self, heard: Callable[[str], None]) -> None:
        lost = asyncio.Event()
        connection = await self._connect()
        try:
            connection.add_termination_listener(lambda _connection: lost.set())
            await connection.add_listener(NOTIFY_CHANNEL, lambda *said: heard(str(said[-1])))
            await lost.wait()
        finally:
            connection.terminate()

    async def close(self) -> None:
        """Let go of all connections."""
        await self._engine.dispose()


@asynccontextmanager
async def _let_go_in_trouble(connection: AsyncConnection) -> AsyncIterator[None]:
    """Never use it again once anything failed on it.

    Where it was the BEGIN or the COMMIT that was cancelled, driver and server disagree on whether a transaction is
    open, and whatever came next on this connection would fail.
    """
    try:
        yield
    except BaseException:
        await connection.invalidate()
        raise


def _limit_transactions(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy's wrapping of asyncpg's
    """A node frozen between the messages of one statement is not "idle": PostgreSQL 17 and later end that as well."""
    limit = f"SELECT set_config(name, '{FROZEN_MS}', false) FROM pg_settings WHERE name = 'transaction_timeout'"  # noqa: S608 - a number of ours
    connection.run_async(lambda driver: driver.execute(limit))


class _Again(Exception):
    """Nothing was written, and the same work may run again; `down` says why, should that not help."""

    def __init__(self, down: StorageDown) -> None:
        super().__init__(str(down))
        self.down = down


def _connecting(url: URL) -> Callable[..., Awaitable[asyncpg.Connection]]:
    """What opens a connection to this address, whose parameters have libpq's names (`sslmode`, `sslrootcert`, …)."""
    query = {name: value for name, value in url.query.items() if name not in OF_LIBPQ_ONLY}
    given = query.pop("connect_timeout", "")
    timeout = int(given) if isinstance(given, str) and given.isdecimal() and int(given) > 0 else CONNECT_SECONDS
    more: dict[str, object] = {}
    if query.get("sslrootcert") == "system":  # libpq's word for the authorities that this machine trusts
        del query["sslrootcert"]
        query.pop("sslmode", None)  # with these only a full check makes sense, and libpq takes no other
        more["ssl"] = ssl.create_default_context()
    address = url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)

    async def connect(*_: object, **__: object) -> asyncpg.Connection:
        return await asyncpg.connect(
            address,
            timeout=timeout,
            command_timeout=STATEMENT_SECONDS,
            server_settings={"idle_in_transaction_session_timeout": str(FROZEN_MS)},
            **more,
        )

    return connect
