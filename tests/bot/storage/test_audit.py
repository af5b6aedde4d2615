"""The audit log on both databases: what is written stays, and whoever changes it afterwards is found out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import delete, func, select, update

from bot.domain.accounts.staff import Staff
from bot.storage.accounts import audit
from bot.storage.engine.database import open_database
from bot.storage.tables.staff import audit as table
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database

OWNER = Staff(id=1, name="店主", role="owner")
DETAIL = {"platform": "web", "tries": 1}
NOW = FakeClock().now()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


async def _three_entries(database: Database) -> None:
    for channel in ("tea", "coffee", "茶"):
        await database.write(audit.note, "settings.changed", by=OWNER, at=NOW, about=channel, detail=DETAIL)


async def test_an_untouched_log_is_whole(database: Database) -> None:
    assert await database.read(audit.verify) == audit.Chain(entries=0, last_digest="0" * 64, broken_at=None)
    await _three_entries(database)

    chain = await database.read(audit.verify)

    assert (chain.entries, chain.broken_at) == (3, None)
    assert chain.last_digest == await database.read(audit.last_digest)


def _change_a_word(connection: Connection) -> None:
    connection.execute(update(table).where(table.c.about == "coffee").values(about="milk"))


def _change_a_detail(connection: Connection) -> None:
    connection.execute(update(table).where(table.c.about == "coffee").values(detail='{"platform":"web","tries":2}'))


def _take_one_out(connection: Connection) -> None:
    connection.execute(delete(table).where(table.c.about == "coffee"))


@pytest.mark.parametrize("tamper", [_change_a_word, _change_a_detail, _take_one_out], ids=lambda each: each.__name__)
async def test_a_change_is_found_out(database: Database, tamper: Callable[[Connection], None]) -> None:
    await _three_entries(database)

    await database.write(tamper)

    assert (await database.read(audit.verify)).broken_at is not None


async def test_a_log_that_was_cut_off_at_its_end_has_another_last_digest(database: Database) -> None:
    await _three_entries(database)
    before = await database.read(audit.last_digest)

    await database.write(lambda connection: connection.execute(delete(table).where(table.c.about == "茶")) and None)

    chain = await database.read(audit.verify)
    assert (chain.entries, chain.broken_at) == (2, None)
    assert chain.last_digest != before


async def test_many_who_write_at_once_make_one_chain(database: Database) -> None:
    await asyncio.gather(
        *(database.write(audit.note, "export.made", by=None, at=NOW, about=str(each)) for each in range(40))
    )

    assert await database.read(_count) == 40
    assert (await database.read(audit.verify)).broken_at is None


async def test_a_long_log_is_read_page_by_page(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 2)
    await _three_entries(database)

    assert (await database.read(audit.verify)).entries == 3


def _count(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(table)).scalar_one()
