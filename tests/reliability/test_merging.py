"""Two people say at once who is the same buyer: what either of them was told is so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from adapters.contract import Author, Message, Text
from bot.actions.beside.merge_buyers import merge_buyers
from bot.domain.accounts.staff import Staff
from bot.domain.desk.conversations import Click, Done, NotPossible
from bot.live import Bell, Live
from bot.storage.desk.clicks import Clicks
from bot.storage.desk.same_buyer import MOST
from bot.storage.engine.database import open_database
from knowledge.base import KnowledgeBase
from tests.databases import on_postgresql
from tests.reliability.held_up import HeldUp, waits_or_ends
from tests.reliability.interleaving import World, rows_of
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from bot.domain.desk.conversations import Answered
    from bot.storage.engine.database import Database

LI = Staff(id=1, name="小李", role="agent")
NUMBER = "SELECT id, fence FROM conversation WHERE external_id = :name"


async def _says(world: World, database: Database, one: str, other: str) -> Answered:
    """Somebody says that these two are the same."""
    (found,) = await world.database.read(rows_of, NUMBER, name=one)
    (second,) = await world.database.read(rows_of, NUMBER, name=other)
    clicks = Clicks(database=database, live=Live(), to_send=Bell(), clock=world.clock)
    click = Click(conversation_id=found[0], seen_version=found[1], key=f"{one}-{other}")
    return await merge_buyers(clicks=clicks, who=LI, click=click, other_id=second[0])


async def _together(world: World) -> list[set[str]]:
    rows = await world.database.read(rows_of, "SELECT person, buyer FROM same_buyer")
    return [{row[1] for row in rows if row[0] == person} for person in sorted({row[0] for row in rows})]


@on_postgresql
@pytest.mark.parametrize("already", [0, 2, MOST - 2])
async def test_two_are_merged_with_a_third_at_once_and_all_are_one_as_far_as_they_may(
    database_url: str, already: int
) -> None:
    async with open_database(database_url) as database, asyncio.TaskGroup() as tasks:
        world = World(database=database, manuals=[KnowledgeBase.build(revision=1, manual=small_manual())])
        known = [f"known-{number}" for number in range(already)]
        for name in ("first", "second", "third", *known):
            await world.arrives(f"m-{name}", Message(author=Author(id=name), content=Text("在吗")), conversation=name)
        for name in known:
            assert isinstance(await _says(world, database, "third", name), Done)

        held_up = HeldUp(database)
        one = tasks.create_task(_says(world, cast("Database", held_up), "first", "third"))
        await held_up.written.wait()
        other = tasks.create_task(_says(world, database, "second", "third"))
        await waits_or_ends(other, database)
        held_up.may_go_on.set()

        assert isinstance(await one, Done)
        together = {"first", "third", *known}
        if len(together) == MOST:
            assert await other == NotPossible(reason="too_many_merged")
        else:
            assert isinstance(await other, Done)
            together |= {"second"}
        assert await _together(world) == [together]
