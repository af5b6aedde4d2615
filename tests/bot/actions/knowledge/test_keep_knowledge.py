from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.actions.knowledge.keep_knowledge import KnowledgeInUse, load_knowledge, newest_knowledge
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shop import Shop


@pytest.fixture
async def shop(shop: Shop) -> Shop:
    """One for whose manual nobody has fitted a matcher yet."""
    await shop.change("DELETE FROM matcher_fit")
    return shop


async def test_before_the_first_manual_there_is_no_knowledge(tmp_path: Path) -> None:
    async with open_database(f"sqlite:///{tmp_path / 'empty.db'}") as database:
        await database.write(upgrade)
        assert await newest_knowledge(database) is None


async def _in_use(shop: Shop) -> KnowledgeInUse:
    base, bot = await load_knowledge(shop.bot.database, 1), shop.bot
    return KnowledgeInUse(base, database=bot.database, node="another", clock=shop.clock, metrics=bot.metrics)


async def test_what_was_fitted_for_an_older_manual_is_dropped(shop: Shop) -> None:
    in_use = await _in_use(shop)
    await shop.publishes(dataclasses.replace(small_manual(), products=()))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(in_use.refine())
        assert await in_use.refresh()
    assert (in_use.base.revision, in_use.base.is_refined) == (2, False)
    await in_use.refine()
    assert (in_use.base.revision, in_use.base.is_refined) == (2, True)
    refined = in_use.base
    await in_use.refine()  # once for each revision
    assert in_use.base is refined


async def test_nothing_new_changes_nothing(shop: Shop) -> None:
    in_use = await _in_use(shop)
    base = in_use.base
    assert not await in_use.refresh()
    assert in_use.base is base


async def test_no_buyer_waits_until_the_examples_are_read(shop: Shop) -> None:
    started_with = shop.bot.in_use.base
    await shop.publishes(dataclasses.replace(small_manual(), products=()))
    published = shop.bot.in_use.base
    assert (started_with.revision, published.revision) == (1, 2)
    assert started_with.is_warm
    assert published.is_warm
