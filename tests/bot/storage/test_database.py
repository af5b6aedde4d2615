"""Two verbs on two databases: what is written together, who hears of trouble, and what counts as an outage."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

import bot.storage.engine.postgresql
import bot.storage.engine.sqlite
from bot.errors import StorageDown
from bot.storage.announcing import announce
from bot.storage.engine.database import open_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database
    from tests.postgres import Postgres


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        await opened.write(_run, "CREATE TABLE jotting (words TEXT UNIQUE)")
        yield opened


def _run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _note(connection: Connection, words: str) -> str:
    connection.execute(text("INSERT INTO jotting VALUES (:words)"), {"words": words})
    return words


def _notes(connection: Connection) -> list[str]:
    return [row.words for row in connection.execute(text("SELECT words FROM jotting ORDER BY words"))]


def _note_and_fail(connection: Connection, words: str) -> None:
    _note(connection, words)
    raise ValueError("a mistake of ours")


async def test_what_is_written_is_read(database: Database) -> None:
    assert await database.write(_note, "a") == "a"
    assert await database.write_lightly(_note, "b") == "b"
    assert await database.read(_notes) == ["a", "b"]


async def test_a_step_that_fails_is_not_written_and_its_mistake_is_heard(database: Database) -> None:
    with pytest.raises(ValueError, match="a mistake of ours"):
        await database.write(_note_and_fail, "a")
    assert await database.read(_notes) == []


async def test_many_at_once_are_each_written_or_heard_of(database: Database) -> None:
    outcomes = await asyncio.gather(
        *[database.write(_note, str(n)) for n in range(20)],
        database.write(_note_and_fail, "bad"),
        database.write(_run, "INSERT INTO jotting VALUES ('3')"),
        return_exceptions=True,
    )
    failures = [each for each in outcomes if isinstance(each, Exception)]
    assert len(failures) == 2
    assert not any(isinstance(each, StorageDown) for each in failures)
    assert len(await database.read(_notes)) == 20


async def test_whoever_goes_away_has_written_all_the_same(database: Database) -> None:
    await asyncio.gather(*[database.write(_note, str(n)) for n in range(3)])
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.shield(database.write(_note, "gone")), 0)
    await database.write(_note, "after")
    assert "after" in await database.read(_notes)


async def test_a_cancelled_writer_does_not_hold_up_the_next(database: Database) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(database.write(_note, "first"))
        second = tasks.create_task(database.write(_note, "second"))
        await asyncio.sleep(0)
        first.cancel()
    assert second.result() == "second"
    assert "second" in await database.read(_notes)


async def test_a_statement_that_makes_no_sense_is_heard_as_a_mistake(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await database.write(_run, "INSERT INTO jotting VALUES ('a'), ('a')")


# SQLite


async def test_another_program_that_writes_to_the_file_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "shop.db"
    async with open_database(f"sqlite:///{path}") as database, asyncio.TaskGroup() as tasks:
        await database.write(_run, "CREATE TABLE jotting (words TEXT)")
        importer = sqlite3.connect(path, isolation_level=None)
        importer.execute("BEGIN IMMEDIATE")
        waiting = tasks.create_task(database.write(_note, "a"))
        done, _ = await asyncio.wait([waiting], timeout=0.05)
        assert not done
        importer.execute("COMMIT")
        assert await waiting == "a"
        importer.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(bot.storage.engine.sqlite, "BUSY_TIMEOUT_MS", 30)
        with pytest.raises(StorageDown, match="locked"):
            await database.write(_note, "b")
        importer.execute("ROLLBACK")
        importer.close()
        assert await database.write(_note, "b") == "b"


async def test_a_file_is_opened_while_another_program_writes_to_it(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    async with open_database(f"sqlite:///{path}") as first:
        await first.write(_run, "CREATE TABLE jotting (words TEXT UNIQUE)")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        async with open_database(f"sqlite:///{path}") as database:
            assert await database.read(_notes) == []
            writing = asyncio.get_running_loop().create_task(database.write(_note, "a"))
            await asyncio.sleep(0)
            other.execute("COMMIT")
            assert await writing == "a"


async def test_a_file_that_is_no_database_is_an_outage_in_words(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.write_text("no database, but long enough to be looked at" * 100)
    async with open_database(f"sqlite:///{path}") as database:
        with pytest.raises(StorageDown, match="not a database"):
            await database.read(_notes)
        with pytest.raises(StorageDown, match="not a database"):
            await database.write(_note, "a")


async def test_a_full_disk_fails_all_that_would_have_been_written_together(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as database:
        await database.write(_run, "CREATE TABLE jotting (words TEXT)")
        await database.write(_run, "PRAGMA max_page_count = 3")
        outcomes = await asyncio.gather(
            *[database.write(_note, "字" * 20_000) for _ in range(3)], return_exceptions=True
        )
        assert all(isinstance(each, StorageDown) for each in outcomes), outcomes
        assert await database.read(_notes) == []


# PostgreSQL


async def test_two_that_block_each_other_are_both_done(postgres: Postgres) -> None:
    await postgres.run("CREATE DATABASE colliding")
    async with open_database(postgres.url("colliding")) as database:
        await database.write(_run, "CREATE TABLE pair (name TEXT, times INT)")
        await database.write(_run, "INSERT INTO pair VALUES ('a', 0), ('b', 0)")

        def both(connection: Connection, first: str, second: str) -> None:
            for name in (first, second):
                connection.execute(text("UPDATE pair SET times = times + 1 WHERE name = :name"), {"name": name})
                connection.execute(text("SELECT pg_sleep(0.1)"))

        await asyncio.gather(database.write(both, "a", "b"), database.write(both, "b", "a"))
        assert await database.read(_times) == [2, 2]
    await postgres.run("DROP DATABASE colliding WITH (FORCE)")


def _times(connection: Connection) -> list[int]:
    return [row.times for row in connection.execute(text("SELECT times FROM pair"))]


def _always_blocked(connection: Connection) -> None:
    connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))


async def test_a_collision_that_never_ends_is_heard_of(postgres: Postgres) -> None:
    async with open_database(postgres.url()) as database:
        with pytest.raises(StorageDown, match="again"):
            await database.write(_always_blocked)


@pytest.mark.parametrize("name", ["nowhere", "postgres"])
async def test_a_server_that_lets_nobody_in_is_an_outage_in_words(postgres: Postgres, name: str) -> None:
    url = postgres.url(name) if name == "nowhere" else postgres.url(name).replace("shop@", "stranger@")
    async with open_database(url) as database:
        with pytest.raises(StorageDown, match="does not exist"):
            await database.read(_notes)


async def test_a_server_that_is_not_there_is_an_outage_in_words() -> None:
    async with open_database("postgresql://shop@127.0.0.1:9/shop") as database, database.listening(lambda _topic: None):
        with pytest.raises(StorageDown, match="out of reach"):
            await database.write(_note, "a")


async def test_a_transaction_that_never_ends_is_ended_by_the_server(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.storage.engine.postgresql, "FROZEN_MS", 200)
    async with open_database(postgres.url()) as database:
        with pytest.raises(StorageDown):
            await database.write(_run, "SELECT pg_sleep(5)")
        assert await database.read(_one) == 1


def _one(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


async def test_what_one_process_announces_the_others_hear_even_after_a_lost_connection(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.storage.engine.postgresql, "LISTEN_AGAIN_SECONDS", 0.01)
    heard: asyncio.Queue[str] = asyncio.Queue()
    async with open_database(postgres.url()) as here, open_database(postgres.url()) as there:
        async with here.listening(heard.put_nowait):
            await _told(there, heard, "tea/c-1")
            await there.write(
                _run,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN \"xiaoer\"'",
            )
            while not heard.empty():
                heard.get_nowait()
            await _told(there, heard, "tea/c-2")
        await there.write(announce, [])


async def _told(database: Database, heard: asyncio.Queue[str], topic: str) -> None:
    """Announce until it is heard: nobody says when a listener has begun to listen."""
    async with asyncio.timeout(10):
        while True:
            await database.write(announce, [topic])
            with contextlib.suppress(TimeoutError):
                assert await asyncio.wait_for(heard.get(), 0.1) == topic
                return


def _threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("sqlite-commit")}


async def test_a_slow_disk_is_waited_for_beside_everything_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bot.storage.engine.sqlite, "SLOW_COMMIT_SECONDS", -1.0)
    before = _threads()
    async with open_database(f"sqlite:///{tmp_path / 'slow.db'}") as opened:
        await opened.write(_run, "CREATE TABLE jotting (words TEXT UNIQUE)")
        assert await opened.write(_note, "written") == "written"
        assert _threads() - before


async def test_a_quick_disk_needs_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.storage.engine.sqlite, "SLOW_COMMIT_SECONDS", 60.0)
    before = _threads()
    async with open_database(f"sqlite:///{tmp_path / 'quick.db'}") as opened:
        await opened.write(_run, "CREATE TABLE jotting (words TEXT UNIQUE)")
        assert await opened.write(_note, "written") == "written"
        assert not _threads() - before


async def test_the_log_of_writes_does_not_grow_for_ever(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'busy.db'}") as opened:
        await opened.write(_run, "CREATE TABLE jotting (words TEXT UNIQUE)")
        for number in range(3 * bot.storage.engine.sqlite.COMMITS_BETWEEN_CHECKPOINTS):
            await opened.write(_note, f"{number}{'长' * 10_000}")
        written = (tmp_path / "busy.db").stat().st_size
        assert (tmp_path / "busy.db-wal").stat().st_size < 2 * written / 3


# The file itself


async def test_a_file_that_is_gone_takes_nothing_more_and_comes_back(tmp_path: Path) -> None:
    folder, aside = tmp_path / "var", tmp_path / "aside"
    async with open_database(f"sqlite:///{folder / 'shop.db'}") as opened:
        await opened.write(_run, "CREATE TABLE jotting (words TEXT UNIQUE)")
        folder.rename(aside)
        for asked in (opened.write(_note, "lost"), opened.write_lightly(_note, "lost"), opened.read(_notes)):
            with pytest.raises(StorageDown, match="removed or replaced"):
                await asked
        assert not folder.exists()
        aside.rename(folder)
        assert await opened.write(_note, "kept") == "kept"
        assert await opened.read(_notes) == ["kept"]


@pytest.mark.parametrize("removed", ["shop.db", "shop.db-wal"])
async def test_a_file_that_is_removed_is_not_made_anew(tmp_path: Path, removed: str) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'shop.db'}") as opened:
        await opened.write(_run, "CREATE TABLE jotting (words TEXT UNIQUE)")
        (tmp_path / removed).unlink()
        for _ in range(2):
            with pytest.raises(StorageDown, match="removed or replaced"):
                await opened.write(_note, "lost")
        assert not (tmp_path / removed).exists()


async def test_what_is_stored_is_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "var" / "shop.db"
    async with open_database(f"sqlite:///{path}", exclusive=True) as opened:
        await opened.write(_run, "CREATE TABLE jotting (words TEXT)")
        modes = {each.name: each.stat().st_mode & 0o777 for each in path.parent.iterdir()}
        assert modes == dict.fromkeys(("shop.db", "shop.db-wal", "shop.db-shm", "shop.db.lock"), 0o600)
        assert path.parent.stat().st_mode & 0o777 == 0o700


async def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    path.touch(mode=0o644)
    async with open_database(f"sqlite:///{path}"):
        assert path.stat().st_mode & 0o777 == 0o600
