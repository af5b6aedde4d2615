"""Buyers who wait, through the real database: random schedules, restarts in the middle, and two nodes at once."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import shutil
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from adapters.contract import Author, Inbound, Message, Text
from bot.actions.messages.decide_replies import decide_replies
from bot.actions.reception.keep_lines import keep_lines
from bot.domain.accounts.staff import Staff
from bot.domain.channels.modes import ChannelMode
from bot.domain.planning.same_words import SameWords
from bot.domain.planning.slow_lane import SlowLane
from bot.domain.reply_windows.presets import chosen
from bot.live import Live
from bot.metrics import Metrics
from bot.storage import inbox
from bot.storage.answering import beside
from bot.storage.engine.database import open_database
from bot.storage.inbox import Arrival
from bot.storage.tables.base import EPOCH
from knowledge.base import KnowledgeBase
from tests.fakes import FakeClock
from tests.reliability.interleaving import CALENDAR, DESK, NODE, Nobody
from tests.small_manual import NONSENSE, small_manual

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.engine import Connection

    from bot.storage.engine.database import Database
    from tests.postgres import Postgres

TEA = dataclasses.replace(
    DESK.channels["tea"], windows=chosen(["taobao"]), mode=ChannelMode(channel="tea", mode="cover")
)
COVERING = dataclasses.replace(DESK, channels={"tea": TEA})
KNOWLEDGE = KnowledgeBase.build(revision=1, manual=small_manual())
ANN = Staff(id=1, name="Ann", role="agent")
SCHEDULES = 12
STEPS = "SELECT action, count(*) AS many FROM rung WHERE line <> '' GROUP BY action"
ACTIONS = ("remind", "alert", "reassign", "cover", "missed")
BUYERS = 30


class Life:
    """One buyer's conversation on a database that everything is read from anew."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock
        self.messages = 0

    async def arrives(self, who: Author, words: str, conversation: str = "c-1") -> None:
        self.messages += 1
        event = Message(author=who, content=Text(words))
        key = f"m-{conversation}-{self.messages}"
        inbound = Inbound(external_id=key, conversation_id=conversation, event=event)
        arrival = Arrival(channel="tea", inbound=inbound, received_at=self.clock.now())
        await self.database.write(inbox.store, [arrival])

    async def decides(self) -> None:
        more = True
        while more:
            done = await decide_replies(
                database=self.database,
                node=NODE,
                knowledge=KNOWLEDGE,
                calendar=CALENDAR,
                desk=COVERING,
                invite_delay=None,
                clock=self.clock,
                live=Live(),
                metrics=Metrics(),
                sender=Nobody(),
                same_words=SameWords(),
                slow_lane=SlowLane(clock=self.clock, received=lambda: self.messages),
            )
            more = done.more

    async def types(self) -> None:
        await self.database.write(beside.look, 1, who=ANN, types=True, at=self.clock.now())

    async def ticks(self) -> None:
        """A round of whichever process it is: nothing is known but what the database tells."""
        await keep(self.database, self.clock)


async def keep(database: Database, clock: FakeClock) -> None:
    await keep_lines(database=database, knowledge=KNOWLEDGE, desk=COVERING, calendar=CALENDAR, clock=clock)


async def test_random_waits_through_the_database(stocked_file: Path, tmp_path: Path) -> None:
    covered = 0
    for seed in range(SCHEDULES):
        path = tmp_path / f"{seed}.db"
        shutil.copy(stocked_file, path)
        covered += await _schedule(f"sqlite:///{path}", random.Random(seed))  # noqa: S311 - seeded, no secret
    assert covered > SCHEDULES // 4


async def _schedule(url: str, draw: random.Random) -> int:
    """Live through one, opening the database anew in the middle; returns how many covers there were."""
    clock = FakeClock()
    answered_at: list[datetime] = []
    typed_at: list[datetime] = []
    for _ in range(2):
        async with open_database(url) as database:
            life = Life(database, clock)
            life.messages = 1_000 * len(answered_at) + draw.randrange(1_000_000)
            await life.arrives(Author(id="b"), draw.choice(("什么时候发货", NONSENSE, "发什么快递")))
            await life.decides()
            for _ in range(draw.randrange(2, 8)):
                match draw.choice(("buyer", "types", "answers", "waits", "waits")):
                    case "buyer":
                        await life.arrives(Author(id="b"), draw.choice(("在吗", NONSENSE)))
                        await life.decides()
                    case "types":
                        await life.types()
                        typed_at.append(clock.now())
                    case "answers":
                        await life.arrives(Author(kind="staff", id="s"), "来了")
                        answered_at.append(clock.now())
                    case _:
                        pass
                for _ in range(draw.choice((1, 5, 12))):
                    clock.advance(seconds=draw.choice((1, 3, 10)))
                    await life.ticks()
            judged = await database.read(_judged)
    covers = judged["covers"]
    assert len({row.asked_at for row in covers}) == len(covers)
    for row in covers:
        assert not [at for at in typed_at if _us(row.asked_at) <= at <= _us(row.fired_at)], "spoke after typing"
        assert not [at for at in answered_at if _us(row.asked_at) < at <= _us(row.fired_at)], "spoke after an answer"
    for row in judged["missed"]:
        word = [each for each in covers if each.asked_at == row.asked_at and each.fired_at <= row.fired_at]
        typed = [at for at in typed_at if _us(row.asked_at) <= at <= _us(row.fired_at)]
        assert word or typed or row.line == "reply-the-same-day", "waited past a line without a word"
    return len(covers)


def _us(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


def _judged(connection: Connection) -> dict[str, list[Any]]:
    rung = "SELECT asked_at, line, fired_at FROM rung WHERE action = :action AND (line = '') = :any"
    return {
        "covers": list(connection.execute(text(rung), {"action": "cover", "any": True}).all()),
        "missed": list(connection.execute(text(rung), {"action": "missed", "any": False}).all()),
    }


async def test_of_two_nodes_one_takes_each_step(postgres: Postgres, stocked_template: str) -> None:
    """Both look at the same moment, again and again; every buyer hears one word, and every step is taken once."""
    await postgres.run(f"CREATE DATABASE waits TEMPLATE {stocked_template}")
    clock = FakeClock()
    async with AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(open_database(postgres.url("waits"))) for _ in range(2)]
        life = Life(nodes[0], clock)
        for number in range(BUYERS):
            await life.arrives(Author(id=f"b-{number}"), "什么时候发货", conversation=f"c-{number}")
        await life.decides()
        for _ in range(25):
            clock.advance(seconds=10)
            await asyncio.gather(*(keep(node, clock) for node in nodes))
        steps = await nodes[0].read(_rows, STEPS)
        assert {row.action: row.many for row in steps} == dict.fromkeys(
            ("remind", "alert", "reassign", "cover"), 60
        ) | {"missed": 60}
        said = await nodes[0].read(_rows, "SELECT kind, count(*) AS many FROM outbox GROUP BY kind")
        assert {row.kind: row.many for row in said if row.kind != "handed_over"} == {"answer": BUYERS}
        told = await nodes[0].read(_rows, "SELECT kind, count(*) AS many FROM desk_event GROUP BY kind")
        assert {row.kind: row.many for row in told} == {"alert": 60, "cover": 30, "withheld": 30, "missed": 60}
    await postgres.run("DROP DATABASE waits WITH (FORCE)")


def _rows(connection: Connection, query: str) -> list[Any]:
    return list(connection.execute(text(query)).all())
