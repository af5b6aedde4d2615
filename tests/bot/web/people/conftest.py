"""The console of a shop in which nobody has an account yet. Stories run on both databases where their SQL differs."""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from bot.storage.accounts import audit
from bot.storage.engine.database import open_database
from tests.console import House, People, console_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from sqlalchemy import Table
    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database
    from tests.fakes import FakeClock

OTHER = "tea at four, under the plum"
"""A password that is nobody's."""
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what does not depend on the database."""


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    async with open_database(database_url) as opened:
        yield opened


@pytest.fixture
async def house(database: Database, clock: FakeClock, database_url: str) -> AsyncIterator[House]:
    async with console_of(database, clock, database_url) as opened:
        yield opened


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as opened:
        yield opened


@pytest.fixture
def shop(house: House, stack: AsyncExitStack) -> People:
    return People(house, stack)


async def actions(database: Database) -> list[str]:
    """What the audit log says was done, in that order."""
    found = await database.read(audit.newest, most=100)
    return [each.entry.action for each in reversed(found)]


def everything(connection: Connection, tables: Sequence[Table]) -> str:
    """All that these tables hold."""
    return str([connection.execute(select(table)).all() for table in tables])
