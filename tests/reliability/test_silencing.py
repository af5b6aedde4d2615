"""The bot is silenced while one of its jobs writes a word down: the word is not sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

import pytest

from bot.actions.reception.set_desk import set_desk
from bot.domain.accounts.staff import Staff
from bot.domain.channels.modes import ChannelMode
from bot.domain.desk.settings import DeskSettings
from bot.storage.engine.database import open_database
from knowledge.base import KnowledgeBase
from tests.databases import on_postgresql
from tests.reliability.held_up import HeldUp, waits_or_ends
from tests.reliability.interleaving import ACTORS, Story, World, rows_of
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from bot.storage.engine.database import Database

OWNER = Staff(id=1, name="老板", role="owner")
SILENT = DeskSettings(modes=(ChannelMode(channel="tea", mode="off"),))
WORDS = "SELECT state FROM outbox WHERE kind IN ('holding', 'invite')"


@on_postgresql
@pytest.mark.parametrize(("mode", "job"), [("waiting", "the line job"), ("closed", "the invite job")])
async def test_a_word_that_a_job_is_writing_down_is_not_sent(database_url: str, mode: str, job: str) -> None:
    async with open_database(database_url) as database, asyncio.TaskGroup() as tasks:
        world = World(database=database, manuals=[KnowledgeBase.build(revision=1, manual=small_manual())])
        await world.begin(Story(mode=mode, says="谢谢", actors=()))
        held_up = HeldUp(database)

        async def write() -> None:
            await ACTORS[job](world, cast("Database", held_up))

        writing = tasks.create_task(write())
        await held_up.written.wait()
        silencing = tasks.create_task(
            set_desk(database=database, wanted=SILENT, seen=0, by=OWNER, clock=world.clock),
        )
        await waits_or_ends(silencing, database)
        held_up.may_go_on.set()
        await asyncio.gather(writing, silencing)
        assert await database.read(rows_of, WORDS) == [("cancelled",)]
