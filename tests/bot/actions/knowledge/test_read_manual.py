from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.actions.knowledge.read_manual import STARTER, Published, read_manual
from bot.errors import CannotStart
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import downgrade
from bot.storage.knowledge import manuals
from knowledge.answers.spoken_manual import spoken_manual
from knowledge.manual.entry import Manual
from knowledge.manual.files import starter_manual, to_json
from tests.fakes import MORNING
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_newest_revision_unless_an_older_one_is_named(database_url: str) -> None:
    async with open_database(database_url) as database:
        await database.write(manuals.publish, to_json(Manual()), author="tests", note="", at=MORNING)
    newest, older = Manual(), small_manual()
    assert await read_manual(database_url=database_url) == Published(
        revision=2, manual=newest, spoken=spoken_manual(newest)
    )
    assert await read_manual(database_url=database_url, revision=1, shop_name="茶舍") == Published(
        revision=1, manual=older, spoken=spoken_manual(older, "茶舍")
    )
    with pytest.raises(CannotStart, match="there is no revision 3 of the manual; the newest is 2"):
        await read_manual(database_url=database_url, revision=3)


async def test_the_starter_manual_while_a_database_holds_none(database_url: str) -> None:
    async with open_database(database_url) as database:
        await database.write(downgrade, "base")
    found = await read_manual(database_url=database_url)
    assert (found.revision, found.manual) == (STARTER, starter_manual())
    assert found.fit is not None


def test_the_starter_manual_while_there_is_no_database_and_none_is_made(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'var' / 'shop.db'}"
    assert asyncio.run(read_manual(database_url=url)).revision == STARTER
    with pytest.raises(CannotStart, match="this shop has not published a manual yet"):
        asyncio.run(read_manual(database_url=url, revision=1))
    assert list(tmp_path.iterdir()) == []
