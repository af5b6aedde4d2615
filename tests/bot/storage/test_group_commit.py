from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import StorageDown, TooBusy
from bot.storage.engine.database import open_database
from bot.storage.engine.group_commit import GroupCommit

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{tmp_path / 'notes.db'}") as opened:
        await opened.write(_run, "CREATE TABLE note (words TEXT NOT NULL)")
        yield opened


def _run(connection: Connection, statement: str) -> None:
    connection.execute(text(statement))


def _write(connection: Connection, batch: Sequence[str | None]) -> list[int]:
    """One row for each; None cannot be written. Returns how many were written together."""
    for words in batch:
        connection.execute(text("INSERT INTO note VALUES (:words)"), {"words": words})
    return [len(batch)] * len(batch)


def _count(connection: Connection) -> int:
    return int(connection.execute(text("SELECT count(*) FROM note")).scalar_one())


async def test_what_arrives_together_is_written_together(database: Database) -> None:
    writer: GroupCommit[str | None, int] = GroupCommit(database=database, write=_write, most=100)
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(writer.submit(str(n))) for n in range(5)]
        await asyncio.sleep(0)
        await writer.write_next()
    assert [each.result() for each in asked] == [5] * 5
    await writer.flushed()


async def test_more_than_can_be_kept_is_refused(database: Database) -> None:
    writer: GroupCommit[str | None, int] = GroupCommit(
        database=database, write=_write, most=2, most_bytes=10, weigh=lambda words: len(words or "")
    )
    async with asyncio.TaskGroup() as tasks:
        waiting = [tasks.create_task(writer.submit("a")), tasks.create_task(writer.submit("b"))]
        await asyncio.sleep(0)
        with pytest.raises(TooBusy) as busy:
            await writer.submit("c")
        assert busy.value.retry_after_seconds > 0
        await writer.write_next()
        waiting.append(tasks.create_task(writer.submit("ten letters and more")))
        await asyncio.sleep(0)
        with pytest.raises(TooBusy):
            await writer.submit("d")
        await writer.write_next()
    assert await database.read(_count) == 3


async def test_one_that_cannot_be_written_does_not_take_the_others_along(database: Database) -> None:
    writer: GroupCommit[str | None, int] = GroupCommit(database=database, write=_write, most=100)
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(_outcome(writer, words)) for words in ("a", None, "b")]
        await asyncio.sleep(0)
        await writer.write_next()
    first, second, third = (each.result() for each in asked)
    assert (first, third) == (1, 1)
    assert isinstance(second, SQLAlchemyError)
    assert await database.read(_count) == 2


async def test_an_outage_is_heard_by_all_who_wait(tmp_path: Path) -> None:
    no_database = tmp_path / "notes.db"
    no_database.write_text("no database, but long enough to be looked at" * 100)
    async with open_database(f"sqlite:///{no_database}") as database:
        writer: GroupCommit[str | None, int] = GroupCommit(database=database, write=_write, most=100)
        async with asyncio.TaskGroup() as tasks:
            asked = [tasks.create_task(_outcome(writer, words)) for words in "ab"]
            gone = tasks.create_task(_outcome(writer, "c"))
            await asyncio.sleep(0)
            gone.cancel()
            with pytest.raises(StorageDown):  # for its owner, who logs it and waits a little
                await writer.write_next()
        assert all(isinstance(each.result(), StorageDown) for each in asked)


async def test_whoever_goes_away_has_written_all_the_same(database: Database) -> None:
    writer: GroupCommit[str | None, int] = GroupCommit(database=database, write=_write, most=100)
    async with asyncio.TaskGroup() as tasks:
        gone = tasks.create_task(writer.submit("a"))
        await asyncio.sleep(0)
        gone.cancel()
        await writer.write_next()
    assert await database.read(_count) == 1


async def test_more_than_a_batch_takes_several(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.engine.group_commit.LARGEST_BATCH", 2)
    writer: GroupCommit[str | None, int] = GroupCommit(database=database, write=_write, most=100)
    async with asyncio.TaskGroup() as tasks:
        asked = [tasks.create_task(writer.submit(words)) for words in "abc"]
        await asyncio.sleep(0)
        await writer.write_next()
        await writer.write_next()
    assert [each.result() for each in asked] == [2, 2, 1]


async def _outcome(writer: GroupCommit[str | None, int], words: str | None) -> int | Exception:
    try:
        return await writer.submit(words)
    except (StorageDown, SQLAlchemyError) as problem:
        return problem


async def test_whatever_one_item_raises_only_its_own_caller_hears_of_it(database: Database) -> None:
    def write(connection: Connection, batch: Sequence[str | None]) -> list[int]:
        if "too far" in batch:
            raise OverflowError("date value out of range")
        return _write(connection, batch)

    writer: GroupCommit[str | None, int] = GroupCommit(database=database, write=write, most=100)
    asked = asyncio.gather(*map(writer.submit, ("a", "too far", "b")), return_exceptions=True)
    await asyncio.sleep(0)
    await writer.write_next()
    told = await asked
    assert [type(each) for each in told] == [int, OverflowError, int]
    assert await database.read(_count) == 2
    await writer.flushed()
