"""The migrations make what tables.py says, on both databases, and can be walked down and up again."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from bot.storage.engine import schema
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import downgrade, upgrade
from bot.storage.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import Connection

    from tests.postgres import Postgres

ALEMBICS_OWN = {"alembic_version"}
SEARCH_INDEX = "search_index"
"""What each database keeps in a form of its own, with whatever it needs for it."""
MIGRATIONS = str(Path(schema.__file__).parents[1] / "migrations")
REVISIONS = [each.revision for each in ScriptDirectory(MIGRATIONS).walk_revisions()][::-1]
"""Every revision, the oldest first."""
_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    name = f"empty_{next(_numbers)}"
    asyncio.run(server.run(f"CREATE DATABASE {name}"))
    yield server.url(name)
    asyncio.run(server.run(f"DROP DATABASE {name} WITH (FORCE)"))


def _differences(connection: Connection) -> list[Any]:
    compared = {"compare_type": True, "compare_server_default": _differs, "include_name": _is_compared}
    context = MigrationContext.configure(connection, opts=compared)
    return list(compare_metadata(context, metadata))


def _is_compared(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or not (name or "").startswith(SEARCH_INDEX)


def _differs(context: MigrationContext, *columns_and_defaults: Any) -> bool | None:
    """SQLite keeps a default as it was written, in brackets or not; PostgreSQL's are compared by alembic (None)."""
    if context.dialect.name != "sqlite":
        return None
    *_, inspected, _, rendered = columns_and_defaults
    return _plain(inspected) != _plain(rendered)


def _plain(default: str | None) -> str | None:
    return None if default is None else default.strip("('\")")


def _tables(connection: Connection) -> set[str]:
    names = set(inspect(connection).get_table_names()) - ALEMBICS_OWN
    return {name for name in names if not name.startswith(SEARCH_INDEX)}


def _at(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


async def test_migrations_up_from_nothing_make_the_tables_of_the_program(empty_database: str) -> None:
    async with open_database(empty_database) as database:
        await database.write(upgrade)
        assert await database.read(_differences) == []
        assert await database.read(_tables) == set(metadata.tables)


async def test_every_migration_goes_down_and_up_again(empty_database: str) -> None:
    async with open_database(empty_database) as database:
        for before, revision in itertools.pairwise(["base", *REVISIONS]):
            await database.write(upgrade, revision)
            await database.write(downgrade, before)
            assert await database.read(_at) == [name for name in [before] if name != "base"]
            await database.write(upgrade, revision)
        assert await database.read(_differences) == []
        await database.write(downgrade, "base")
        assert await database.read(_tables) == set()
        await database.write(upgrade)
        assert await database.read(_differences) == []


def test_a_start_looks_for_the_newest_migration() -> None:
    assert REVISIONS[-1] == schema.NEWEST


async def test_a_database_that_is_up_to_date_is_left_as_it_is(empty_database: str) -> None:
    async with open_database(empty_database) as database:
        await database.write(upgrade)
        await database.write(upgrade)
        assert await database.read(_at) == [REVISIONS[-1]]
        assert await database.read(_differences) == []


async def test_a_missing_column_would_be_noticed(empty_database: str) -> None:
    async with open_database(empty_database) as database:
        await database.write(upgrade)
        await database.write(_drop_a_column)
        assert [difference[0] for difference in await database.read(_differences)] == ["add_column"]


def _drop_a_column(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE outbox DROP COLUMN last_error"))
