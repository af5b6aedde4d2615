"""One statement, two databases: the driver runs on SQLite what SQLAlchemy runs on PostgreSQL, to the same effect."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, bindparam, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.storage.engine.database import open_database
from bot.storage.engine.dialects import insert_new
from bot.storage.engine.prepared import Prepared
from bot.storage.tables.base import Moment

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PARCEL = Table(
    "parcel",
    MetaData(),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("region", Text, nullable=False),
    Column("sent_at", Moment),
)
ADD = Prepared(lambda dialect: insert_new(dialect, PARCEL).returning(PARCEL.c.id))
FIND = Prepared(
    select(PARCEL)
    .where(
        PARCEL.c.region.in_(bindparam("regions", expanding=True)), PARCEL.c.sent_at <= bindparam("now", type_=Moment)
    )
    .order_by(PARCEL.c.id)
)
MOVE = Prepared(update(PARCEL).where(PARCEL.c.id == bindparam("key")))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        await opened.write(
            lambda connection: connection.execute(
                text("CREATE TABLE parcel (id BIGINT PRIMARY KEY, region TEXT NOT NULL, sent_at BIGINT)")
            )
        )
        yield opened


def _add(connection: Connection, *ids: int, region: str | None = "新疆") -> list[int]:
    rows = [{"id": each, "region": region, "sent_at": NOON + timedelta(hours=each)} for each in ids]
    return [row.id for row in ADD.rows_of_each(connection, rows)]


def _find(connection: Connection, *regions: str, now: datetime = NOON + timedelta(days=1)) -> list[tuple[object, ...]]:
    found = FIND.rows(connection, {"regions": list(regions), "now": now})
    return [(row.id, row.region, row.sent_at) for row in found]


async def test_what_is_new_is_told_from_what_is_there(database: Database) -> None:
    assert await database.write(_add, 1, 2) == [1, 2]
    assert await database.write(_add, 2, 3) == [3]
    assert await database.write(_add) == []


async def test_lists_and_moments_go_in_and_come_out(database: Database) -> None:
    await database.write(_add, 1, 2)
    await database.write(_add, 3, region='it\'s "西藏"\n')
    assert await database.read(_find, "新疆") == [
        (1, "新疆", NOON + timedelta(hours=1)),
        (2, "新疆", NOON + timedelta(hours=2)),
    ]
    assert await database.read(_find, 'it\'s "西藏"\n', "nowhere") == [
        (3, 'it\'s "西藏"\n', NOON + timedelta(hours=3)),
    ]
    assert await database.read(_find, "新疆", now=NOON + timedelta(hours=1)) == [(1, "新疆", NOON + timedelta(hours=1))]
    assert await database.read(_find) == []


async def test_each_set_of_columns_is_written_as_it_is_named(database: Database) -> None:
    await database.write(_add, 1, 2)
    await database.write(MOVE.run_each, [{"key": 1, "region": "北京"}, {"key": 2, "region": "上海"}])
    await database.write(MOVE.run, {"key": 1, "sent_at": None})
    await database.write(MOVE.run_each, [])
    assert await database.read(_find, "上海") == [(2, "上海", NOON + timedelta(hours=2))]
    assert await database.read(_find, "北京") == []


async def test_a_refusal_is_heard_as_from_sqlalchemy_and_nothing_is_written(database: Database) -> None:
    def add_then_fail(connection: Connection) -> None:
        _add(connection, 1)
        _add(connection, 2, region=None)

    with pytest.raises(IntegrityError):
        await database.write(add_then_fail)
    with pytest.raises(IntegrityError):
        await database.write(MOVE.run_each, [{"key": 1, "region": None}] if await database.write(_add, 1) else [])
    assert await database.read(_find, "新疆") == [(1, "新疆", NOON + timedelta(hours=1))]
