"""Platforms that are asked for what is new: events before the cursor, one node at a time, whatever fails in between."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import pytest

from adapters.contract import Author, Fetched, Inbound, Message, Refused, Text, TryLater, Wire
from adapters.http import open_session
from bot.actions.messages.fetch_messages import Fetcher
from bot.domain.channels.channel import Channel
from bot.errors import StorageDown, TooBusy
from bot.metrics import Metrics
from bot.standing import Standing
from bot.storage import channel_states
from bot.storage.engine.database import open_database
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from adapters.contract import CallFault
    from bot.storage.engine.database import Database

T = TypeVar("T")


@dataclass
class Pulled:
    """A platform whose messages are read from a cursor on, two a page; every other page is empty."""

    messages: list[str] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    faults: list[CallFault] = field(default_factory=list)
    fetch_every_seconds: float = 0.01

    async def fetch(self, *, wire: Wire, cursor: str, wake: str, now: datetime) -> Fetched | CallFault:
        del wire, now
        self.asked.append((cursor, wake))
        if self.faults:
            return self.faults.pop()
        step = int(cursor or 0)
        if step % 2 == 0 and step // 2 * 2 < len(self.messages):
            return Fetched(cursor=str(step + 1), more=True)
        at = step // 2 * 2
        said = self.messages[at : at + 2]
        return Fetched(
            events=tuple(map(_inbound, said)), cursor=str(step + (step % 2)), more=at + 2 < len(self.messages)
        )


def _inbound(text: str) -> Inbound:
    event = Message(author=Author(id="b"), content=Text(text))
    return Inbound(external_id=text, conversation_id="c", event=event)


@dataclass
class World:
    """One or more nodes that pull one channel, and what they have received."""

    database: Database
    pulled: Pulled = field(default_factory=Pulled)
    received: list[str] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    clock: FakeClock = field(default_factory=FakeClock)

    async def call(self, channel: str, work: Callable[[Wire], Awaitable[T]]) -> T:
        del channel
        async with open_session() as session:
            return await work(Wire(session=session))

    async def receive(self, channel: str, inbound: Inbound) -> None:
        del channel
        if self.fails:
            raise self.fails.pop()
        self.received.append(inbound.external_id)

    def node(self, name: str = "one") -> Fetcher:
        adapter = Channel(name="kf", platform="kf", adapter=self.pulled)  # type: ignore[arg-type]  # it is only pulled
        self.standing = Standing("kf", clock=self.clock, metrics=Metrics())
        return Fetcher(
            database=self.database,
            node=name,
            channels={"kf": adapter},
            standings={"kf": self.standing},
            wires=self,
            receive=self.receive,
            clock=self.clock,
        )

    async def cursor(self) -> str:
        kept = await self.database.read(channel_states.read, "kf", "cursor")
        return kept.body.decode() if kept else ""


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_database(database_url) as database:
        yield World(database)


async def test_all_that_is_new_is_read_page_by_page_and_nothing_twice(world: World) -> None:
    node, world.pulled.messages = world.node(), ["一", "二", "三"]
    await node.fetch_next("kf")
    assert world.received == ["一", "二", "三"]
    assert await world.cursor() == "4"
    world.pulled.messages.append("四")
    node.wake("kf", "word")
    await node.fetch_next("kf")
    assert world.pulled.asked[-1] == ("4", "word")


async def test_a_crash_between_the_events_and_the_cursor_reads_the_page_again(world: World) -> None:
    node, world.pulled.messages, world.fails = world.node(), ["一", "二"], [StorageDown("gone")]
    with pytest.raises(StorageDown):
        await node.fetch_next("kf")
    assert (world.received, await world.cursor()) == ([], "1")
    await node.fetch_next("kf")
    assert world.received == ["一", "二"]


async def test_when_the_door_is_full_it_waits_and_loses_nothing(world: World) -> None:
    node, world.pulled.messages, world.fails = world.node(), ["一"], [TooBusy(retry_after_seconds=0)]
    await node.fetch_next("kf")
    await node.fetch_next("kf")
    assert world.received == ["一"]


async def test_two_nodes_never_read_the_same_page_at_once(world: World) -> None:
    world.pulled.messages = [str(number) for number in range(40)]
    nodes = [world.node("one"), world.node("two")]
    await asyncio.gather(*(node.fetch_next("kf") for node in nodes))
    assert world.received == world.pulled.messages


async def test_a_platform_that_does_not_answer_is_told_once_and_asked_again(world: World) -> None:
    node, world.pulled.messages = world.node(), ["一"]
    world.pulled.faults = [TryLater("busy: their words"), TryLater("busy")]
    await node.fetch_next("kf")
    assert world.standing.says().startswith("cannot fetch since ")
    assert world.standing.says().endswith(": busy")
    await node.fetch_next("kf")
    await node.fetch_next("kf")
    assert (world.received, world.standing.says()) == (["一"], "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_what_a_delivery_announced_does_not_wait_for_the_next_look_by_the_clock(world: World) -> None:
    node, world.pulled.messages, world.pulled.fetch_every_seconds = world.node(), ["一"], 60
    world.pulled.faults = [TryLater("busy")]
    node.wake("kf", "word")
    await node.fetch_next("kf")
    async with asyncio.timeout(10):
        await node.fetch_next("kf")
    assert world.received == ["一"]
    assert world.pulled.asked == [("", "word"), ("", "word"), ("1", "word")]
    node.wake("kf", "")
    await node.fetch_next("kf")
    assert world.pulled.asked[-1] == ("2", "")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_platform_that_says_no_for_good_is_asked_again_by_the_clock(world: World) -> None:
    node, world.pulled.messages, world.pulled.fetch_every_seconds = world.node(), ["一"], 0.01
    world.pulled.faults = [Refused("the secret is wrong")]
    await node.fetch_next("kf")
    await node.fetch_next("kf")
    assert world.received == ["一"]
