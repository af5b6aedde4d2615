"""One database, SQLite or PostgreSQL, behind two verbs: `write` and `read`.

Each runs one plain function of a SQLAlchemy `Connection` in a transaction of its own, so every statement of a step
is committed together or not at all, and the same function serves both databases.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy.engine import make_url

from bot.storage.engine.sqlite import SQLite

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    from sqlalchemy.engine import URL
    from sqlalchemy.engine import Connection as Connection  # noqa: PLC0414 - actions name what they are handed

P = ParamSpec("P")
T = TypeVar("T")


class Database(Protocol):
    """What the rest of the program sees of a database."""

    dialect: str

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in one durable transaction. Raises `StorageDown` when nothing could be written."""
        ...

    async def write_lightly(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Like `write`, but a power cut may undo it: for claims, which mean nothing once this process is gone."""
        ...

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in one read-only transaction. Raises `StorageDown` when the database is out of reach."""
        ...

    def listening(self, heard: Callable[[str], None]) -> AbstractAsyncContextManager[None]:
        """Async context: calls `heard(topic)` for what other processes `announce`. Quiet on SQLite: there are none."""
        ...


@asynccontextmanager
async def open_database(url: str, *, exclusive: bool = False) -> AsyncIterator[Database]:
    """Open the database of the configuration. `exclusive` (for `serve`) refuses a second process on SQLite."""
    parsed = make_url(url)
    opening = (
        _open_sqlite(Path(parsed.database or ""), exclusive=exclusive)
        if parsed.get_backend_name() == "sqlite"
        else _open_postgresql(parsed)
    )
    async with opening as database:
        yield database


@asynccontextmanager
async def _open_sqlite(path: Path, *, exclusive: bool) -> AsyncIterator[Database]:
    database = SQLite(path, exclusive=exclusive)
    # no task group: it would wrap whatever the block raises, and the writer hands every trouble to its askers
    writing = asyncio.get_running_loop().create_task(database.write_batches(), name="write to SQLite")
    try:
        yield database
    finally:
        await database.close()
        writing.cancel()
        with suppress(asyncio.CancelledError):
            await writing


@asynccontextmanager
async def _open_postgresql(url: URL) -> AsyncIterator[Database]:
    from bot.storage.engine.postgresql import PostgreSQL  # noqa: PLC0415 - a seventh of a start, which most shops never need

    database = PostgreSQL(url)
    try:
        yield database
    finally:
        await database.close()
