from __future__ import annotations

import asyncio

import pytest

from bot.live import Rounds
from bot.web.console.inbox.together import Together


class Shelf:
    """Something that is read, slowly; counts how often."""

    def __init__(self) -> None:
        self.reads = 0
        self.fails = False

    async def read(self) -> int:
        self.reads += 1
        number = self.reads
        await asyncio.sleep(0)
        if self.fails:
            raise ConnectionError
        return number


async def test_what_many_read_in_one_round_is_read_once() -> None:
    rounds, shelf = Rounds(), Shelf()
    together = Together(rounds)
    assert await asyncio.gather(*(together.read("all", shelf.read) for _ in range(20))) == [1] * 20
    assert await together.read("mine", shelf.read) == 2
    rounds.begin()
    assert await asyncio.gather(*(together.read("all", shelf.read) for _ in range(20))) == [3] * 20


async def test_what_was_read_while_a_round_began_is_read_again() -> None:
    rounds, shelf = Rounds(), Shelf()
    together = Together(rounds)
    async with asyncio.TaskGroup() as tasks:
        early = tasks.create_task(together.read("all", shelf.read))
        await asyncio.sleep(0)
        rounds.begin()
        assert await together.read("all", shelf.read) == 2
    assert early.result() == 1


async def test_whoever_reads_may_fail_or_leave_and_the_next_reads_for_themselves() -> None:
    together, shelf = Together(Rounds()), Shelf()
    shelf.fails = True
    with pytest.raises(ConnectionError):
        await together.read("all", shelf.read)
    shelf.fails = False
    async with asyncio.TaskGroup() as tasks:
        leaves, stays = (tasks.create_task(together.read("all", shelf.read)) for _ in range(2))
        await asyncio.sleep(0)
        leaves.cancel()
    assert stays.result() == 3


async def test_whoever_waits_while_the_next_round_begins_does_not_read_by_themselves() -> None:
    rounds, shelf = Rounds(), Shelf()
    together = Together(rounds)
    async with asyncio.TaskGroup() as tasks:
        reads = [tasks.create_task(together.read("all", shelf.read)) for _ in range(20)]
        await asyncio.sleep(0)
        rounds.begin()
    assert [each.result() for each in reads] == [1] * 20
