"""SQLite: one file, one process that writes, and writes that take turns in one queue (BEGIN IMMEDIATE).

A deferred BEGIN followed by a write fails at once under WAL when somebody else wrote in between, whatever the busy
timeout.
"""

from __future__ import annotations

import asyncio
import fcntl
import functools
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import create_engine, event
from sqlalchemy.exc import DBAPIError

from bot.errors import AlreadyRunning, StorageDown
from bot.storage.engine.outages import storage_down
from bot.storage.engine.prepared import as_sqlalchemy

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from typing import TextIO

    from sqlalchemy.engine import Connection, Engine

P = ParamSpec("P")
T = TypeVar("T")

BUSY_TIMEOUT_MS = 5_000
BUSY_PAUSE_MS = 10
GIVES_BACK_SPACE = 2
"""What `auto_vacuum` says of a file whose free space can be handed back in small steps."""
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "cache_size=-16000",
)
LARGEST_COMMIT = 64
CHECKPOINT_PAGES = 1_000
COMMITS_BETWEEN_CHECKPOINTS = 100
SLOW_COMMIT_SECONDS = 0.002


class SQLite:
    """A file. Writes run where they are asked for, in microseconds, one transaction after the other; reads in threads.

    A thread of its own for the writes would be fairer to read and far slower: it would give up its turn after each
    statement. Writes that wait at the same time share a commit: each is a savepoint of its own, so one that fails takes
    nothing of the others with it, and all are durable when they return.
    """

    dialect = "sqlite"

    def __init__(self, path: Path, *, exclusive: bool) -> None:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = _lock_file(path) if exclusive else None
            self._file = _File(path)
        except OSError as problem:
            raise StorageDown(f"{path} cannot be opened: {problem.strerror}") from problem
        self._writer = _Writer(path, self._file)
        self._reader = _sqlite_engine(path, begin="BEGIN", busy_timeout_ms=BUSY_TIMEOUT_MS)
        self._jobs: asyncio.Queue[_Job] = asyncio.Queue()
        self._read_threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sqlite-reader")

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._do(lambda connection: work(connection, *args, **kwargs), lightly=False)

    async def write_lightly(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        return await self._do(lambda connection: work(connection, *args, **kwargs), lightly=True)

    async def _do(self, work: Callable[[Connection], T], *, lightly: bool) -> T:
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put_nowait(_Job(work=work, lightly=lightly, done=done))
        return await done

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        self._file.check()
        job = functools.partial(_in_transaction, self._reader, lambda connection: work(connection, *args, **kwargs))
        return await asyncio.get_running_loop().run_in_executor(self._read_threads, job)

    @asynccontextmanager
    async def listening(self, heard: Callable[[str], None]) -> AsyncIterator[None]:
        del heard
        yield

    async def close(self) -> None:
        """Finish what is being written, then let go of the file."""
        await self._jobs.join()
        self._read_threads.shutdown(wait=True)
        self._writer.close()
        self._reader.dispose()
        if self._lock is not None:
            self._lock.close()

    async def write_batches(self) -> None:
        """Write what is asked for, one transaction after the other. Run by whoever opened the database."""
        while True:
            batch = [await self._jobs.get()]
            while len(batch) < LARGEST_COMMIT and not self._jobs.empty():
                batch.append(self._jobs.get_nowait())
            await self._write_batch(batch)
            for job in batch:
                job.tell()
                self._jobs.task_done()

    async def _write_batch(self, batch: list[_Job]) -> None:
        try:
            await self._writer.write(batch)
        except Exception as problem:  # noqa: BLE001 - nothing of the batch was written, and everyone in it hears why
            down = storage_down(problem) if isinstance(problem, DBAPIError) else None
            for job in batch:
                job.outcome = down or problem


class _File:
    """The file that was opened, for its owner only. What is written to one that nobody finds again is lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._log_path = Path(f"{path}-wal")
        self._log: tuple[int, int] | None = None
        path.touch(mode=0o600)
        for each in (path, self._log_path, Path(f"{path}-shm")):
            with suppress(OSError):  # it is not there, or another user's
                each.chmod(0o600)
        self._opened = _identity(path)

    def check(self) -> None:
        """Raise `StorageDown` unless the path still leads to what is open."""
        moved = _identity(self._path) != self._opened
        if moved or (self._log is not None and _identity(self._log_path) != self._log):
            raise StorageDown(
                f"{self._path} was removed or replaced while it is in use: put it back, or stop the program"
            )

    def remember_log(self) -> None:
        """The log of writes stays the same file for as long as the connection that writes to it."""
        self._log = self._log or _identity(self._log_path)

    def forget_log(self) -> None:
        """The connection is gone; the next one may begin another log."""
        self._log = None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


class _Writer:
    """The one connection that writes. It begins and ends its transactions by itself.

    SQLAlchemy, through which most statements come, is told of one transaction that never ends: each of its own would
    cost it four times what it costs SQLite.
    """

    def __init__(self, path: Path, file: _File) -> None:
        self._file = file
        self._engine = _sqlite_engine(path, begin=None, busy_timeout_ms=0)
        self._connection: Connection | None = None
        self._settings: dict[str, object] = {}
        self._commits = 0
        self._last_took_seconds = 0.0
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sqlite-commit")

    async def write(self, batch: Sequence[_Job]) -> None:
        """Do all of these in one transaction. Raises what ended it; then nothing of it was written."""
        self._file.check()
        try:
            connection = self._connection = self._connection or self._connect()
            driver = cast("sqlite3.Connection", connection.connection.driver_connection)
            # under WAL a commit that waits for the disk takes all before it along
            self._set(driver, "synchronous", "NORMAL" if all(job.lightly for job in batch) else "FULL")
            await _begin(driver)
            for job in batch:
                job.run(connection, driver, alone=len(batch) == 1)
            await self._commit(driver)
            self._file.remember_log()
        except sqlite3.Error as problem:
            self._let_go()
            raise as_sqlalchemy(problem, "the whole transaction") from problem
        except BaseException:  # whatever ended it, even being cancelled: the next write needs a clean connection
            self._let_go()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._thread.shutdown(wait=True)
        self._let_go()
        self._engine.dispose()

    def _connect(self) -> Connection:
        connection = self._engine.connect()
        connection.begin()
        self._settings.clear()
        return connection

    def _let_go(self) -> None:
        """After any trouble the next write begins with a connection that knows nothing of it."""
        if self._connection is not None:
            connection, self._connection = self._connection, None
            self._file.forget_log()
            connection.invalidate()
            connection.close()

    async def _commit(self, driver: sqlite3.Connection) -> None:
        """Usually where it is asked for: it takes half a millisecond, and a thread would have to be woken for it.

        A thread waits for a disk that was slow the last time, and now and then for what is moved from the log.
        """
        self._commits += 1
        moves = self._commits % COMMITS_BETWEEN_CHECKPOINTS == 0
        if moves or self._last_took_seconds > SLOW_COMMIT_SECONDS:
            self._set(driver, "wal_autocheckpoint", CHECKPOINT_PAGES if moves else 0)
            loop = asyncio.get_running_loop()
            self._last_took_seconds = await loop.run_in_executor(self._thread, _timed, driver.commit, loop.time)
        else:
            self._set(driver, "wal_autocheckpoint", 0)
            self._last_took_seconds = _timed(driver.commit, asyncio.get_running_loop().time)

    def _set(self, driver: sqlite3.Connection, pragma: str, value: object) -> None:
        if self._settings.get(pragma) != value:
            driver.execute(f"PRAGMA {pragma}={value}")
            self._settings[pragma] = value


def _timed(work: Callable[[], object], time: Callable[[], float]) -> float:
    """Do it, and return how many seconds it took."""
    began = time()
    work()
    return time() - began


async def _begin(driver: sqlite3.Connection) -> None:
    """Begin to write. While another program (an import) writes to the file, wait for it without holding up the loop."""
    for _ in range(BUSY_TIMEOUT_MS // BUSY_PAUSE_MS):
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        else:
            return
        await asyncio.sleep(BUSY_PAUSE_MS / 1000)
    driver.execute("BEGIN IMMEDIATE")


class _Job:
    """One write on its way to the file and back; `outcome` is what it returned or raised."""

    __slots__ = ("done", "lightly", "outcome", "work")

    def __init__(self, *, work: Callable[[Connection], Any], lightly: bool, done: asyncio.Future[Any]) -> None:
        self.work = work
        self.lightly = lightly
        self.done = done
        self.outcome: Any = None

    def run(self, connection: Connection, driver: sqlite3.Connection, *, alone: bool) -> None:
        """Do it inside a savepoint; only trouble that ends the whole transaction is raised. Alone it needs none."""
        if alone:
            self.outcome = self.work(connection)
            return
        driver.execute("SAVEPOINT job")
        try:
            self.outcome = self.work(connection)
        except Exception as problem:  # whatever the work raises is its own: the others in the batch are written
            if not driver.in_transaction:  # SQLite ends it by itself when the disk is full or broken
                raise
            driver.execute("ROLLBACK TO job")
            self.outcome = (storage_down(problem) if isinstance(problem, DBAPIError) else None) or problem
        driver.execute("RELEASE job")

    def tell(self) -> None:
        """Let the caller go on. If it has gone away, the write stays all the same."""
        if self.done.cancelled():
            return
        if isinstance(self.outcome, Exception):
            self.done.set_exception(self.outcome)
        else:
            self.done.set_result(self.outcome)


def _in_transaction(engine: Engine, work: Callable[[Connection], T]) -> T:
    try:
        with engine.begin() as connection:
            return work(connection)
    except DBAPIError as problem:
        raise storage_down(problem) or problem from problem.orig


def _sqlite_engine(path: Path, *, begin: str | None, busy_timeout_ms: int) -> Engine:
    given = {"timeout": busy_timeout_ms / 1000, "check_same_thread": False}  # used by one thread at a time
    engine = create_engine(f"sqlite:///{path}", connect_args=given, hide_parameters=True)

    def on_connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        if connection.execute("PRAGMA auto_vacuum").fetchone() != (GIVES_BACK_SPACE,):
            connection.execute("PRAGMA auto_vacuum=INCREMENTAL")  # a write, so not while somebody else may be writing
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", on_connect)
    if begin is not None:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _lock_file(path: Path) -> TextIO:
    Path(f"{path}.lock").touch(mode=0o600)
    lock = Path(f"{path}.lock").open("w")  # noqa: SIM115 - held open for as long as the process serves
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as taken:
        lock.close()
        raise AlreadyRunning(
            f"another xiaoer is already serving from {path}; stop it first, or use PostgreSQL to run several"
        ) from taken
    return lock
