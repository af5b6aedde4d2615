"""Two people, a bot, a buyer and the sending side, all at once in one conversation: in any order that a seed chooses.

    python -m tests.reliability.desk_races --races 5000 --seed 20261130

Everything is the product's own: its actions, its decisions, its deliverer; only the platform is a list of what it got.
After each race: no bot's bubble that had not started by the commit of a takeover has left, no bubble of a person left
twice or after it was taken back, and none that they were told of as done is missing.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from adapters.contract import Author, Capabilities, Message, Reply, Sent, Text
from bot.actions.desk.answer_buyer import answer_buyer
from bot.actions.desk.close_conversation import close_conversation
from bot.actions.desk.take_over import take_over
from bot.actions.desk.transfer import transfer
from bot.actions.desk.undo_answer import undo_answer
from bot.actions.messages.deliver_replies import Deliverer
from bot.domain.accounts.staff import Staff
from bot.domain.channels.channel import Channel
from bot.domain.desk.conversations import Click, Done, SomebodyWasFaster
from bot.live import Bell, Live
from bot.metrics import Metrics
from bot.standing import Standing
from bot.storage.desk.clicks import Clicks
from bot.storage.desk.replies import Said
from bot.storage.engine.database import open_database
from knowledge.base import KnowledgeBase
from tests.reliability.interleaving import CHANNELS, NODE, InTurn, Turns, World, rows_of
from tests.shop import stock
from tests.small_manual import small_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence

    from sqlalchemy.engine import Connection

    from adapters.contract import Outbound
    from bot.domain.desk.conversations import Answered
    from bot.storage.engine.database import Database

P = ParamSpec("P")
T = TypeVar("T")

PEOPLE = (Staff(id=1, name="小李", role="agent"), Staff(id=2, name="小张", role="agent"))
WORDS = ("什么时候发货", "人工", "发什么快递", "我要投诉你们")
UNDO_SECONDS = 5.0
ROUNDS = 4
ROUNDS_AT_MOST = 100
UNFINISHED = "SELECT count(*) FROM outbox WHERE state IN ('queued', 'sending')"
STARTED = """
SELECT id, epoch FROM outbox
 WHERE kind NOT IN ('staff', 'handed_over', 'returned') AND conversation_id = :talk
   AND state NOT IN ('queued', 'cancelled')"""
DEEDS = ("answers", "answers", "answers", "takes over", "passes on", "closes")


class Wire:
    """A platform that takes everything, and writes down what it got."""

    capabilities = Capabilities(resend="never", echoes="no")

    def __init__(self) -> None:
        self.got: list[tuple[str, str, str]] = []

    async def send(self, *, outbound: Outbound, **_: object) -> Sent:
        await asyncio.sleep(0)
        if isinstance(outbound.content, Reply):
            by = outbound.content.author or "bot"
            self.got.append((outbound.conversation_id, by, outbound.content.text))
        return Sent()


class NoWires:
    """Nothing goes out: an adapter is asked at once."""

    async def call(self, channel: str, work: Callable[[Any], Awaitable[T]]) -> T:
        del channel
        return await work(None)


class Switch:
    """The deliverer's way to the database, which leads through the turns of a race while that goes on."""

    dialect = ""

    def __init__(self, leads_to: Database) -> None:
        self.leads_to = leads_to

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.leads_to.write(work, *args, **kwargs)


@dataclass(kw_only=True)
class Race:
    """What the two of them did, as they were told of it."""

    talk: int
    seed: int
    said: dict[str, str] = field(default_factory=dict)
    """The words of each answer that was done."""
    refused: list[str] = field(default_factory=list)
    taken_back: set[str] = field(default_factory=set)
    takeovers: list[tuple[int, frozenset[int]]] = field(default_factory=list)
    """The epoch that each takeover began, and the bot's rows that had started when it was committed."""
    faster: int = 0


class Watched(InTurn):
    """A person's view of the database: with each transaction it is seen what of the bot's had started by its commit."""

    race: Race

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        await self.turns.mine(self.name)

        def doing(connection: Connection) -> T:
            return work(connection, *args, **kwargs)

        return await self.database.write(self._and_look, doing, kwargs.get("verb"))

    def _and_look(self, connection: Connection, /, work: Callable[[Connection], T], verb: object) -> T:
        answered = work(connection)
        started = frozenset(row[0] for row in rows_of(connection, STARTED, talk=self.race.talk))
        (now,) = rows_of(connection, "SELECT mode, epoch FROM conversation WHERE id = :talk", talk=self.race.talk)
        if now[0] == "human" and verb in {"answer", "take_over"} and _is_done(answered):
            self.race.takeovers.append((now[1], started))
        return answered


class Freely(Turns):
    """No turns at all: whoever comes first comes first, after a moment that the seed chooses."""

    def __init__(self, draw: random.Random) -> None:
        super().__init__(whole_steps=False)
        self._draw = draw

    async def mine(self, name: str, *, goes_on: bool = False) -> None:
        del name, goes_on
        await asyncio.sleep(self._draw.random() * 0.004)

    async def run(self, actors: Mapping[str, Awaitable[object]], choose: Callable[[Sequence[str]], str]) -> None:
        del choose
        await asyncio.gather(*actors.values())


@dataclass(kw_only=True)
class Hall:
    """One shop in which race follows race, each in a conversation of its own."""

    world: World
    deliverer: Deliverer
    switch: Switch
    wire: Wire
    to_send: Bell
    takes_turns: bool

    async def race(self, seed: int) -> list[str]:
        """Run one race, and return what is wrong with how it ended."""
        draw = random.Random(seed)  # noqa: S311 - the same seed, the same race
        name = f"c-{seed}"
        author = Author(id=f"b-{seed}")
        words = draw.choice(WORDS)
        await self.world.arrives(f"m-{seed}", Message(author=author, content=Text(words)), conversation=name)
        if draw.random() < 0.5:
            await self.world.decide(self.world.database)
        (row,) = await self.world.database.read(
            rows_of, "SELECT id, fence FROM conversation WHERE external_id = :name", name=name
        )
        race = Race(talk=row[0], seed=seed)
        turns = Turns(whole_steps=False) if self.takes_turns else Freely(draw)
        dialect = self.world.database.dialect

        def seen_by(who: str, kind: type[InTurn] = InTurn) -> InTurn:
            return kind(database=self.world.database, turns=turns, name=who, dialect=dialect)

        people = {}
        for who in PEOPLE:
            watched = seen_by(who.name, Watched)
            assert isinstance(watched, Watched)
            watched.race = race
            people[who.name] = self._person(race, who, watched, row[1], draw)
        goes_on = Message(author=author, content=Text("新疆包邮吗"))
        actors = {
            "decide": self.world.decide(seen_by("decide")),
            "deliver": self._delivers(seen_by("deliver")),
            "buyer": self.world.arrives(f"n-{seed}", goes_on, seen_by("buyer"), conversation=name),
            **people,
        }
        await turns.run(actors, draw.choice)
        await self._comes_to_rest()
        return [f"race {seed}: {problem}" for problem in await self._what_is_wrong(race, name)]

    async def _person(self, race: Race, who: Staff, database: InTurn, seen: int, draw: random.Random) -> None:
        clicks = Clicks(database=database, live=Live(), to_send=self.to_send, clock=self.world.clock)
        for number in range(draw.randint(1, 3)):
            key, deed = f"{race.seed}-{who.id}-{number}", draw.choice(DEEDS)
            click = Click(conversation_id=race.talk, seen_version=seen, key=key)
            undo_seconds = draw.choice((0.0, UNDO_SECONDS))
            twice = draw.random() < 0.3
            answered = await self._do(deed, clicks, who, click, undo_seconds)
            if twice:
                first, answered = answered, await self._do(deed, clicks, who, click, undo_seconds)
                if isinstance(first, Done) and answered != first:
                    race.refused.append(f"{key}: the same click came to something else")
            race.faster += isinstance(answered, SomebodyWasFaster)
            if not isinstance(answered, Done):
                seen = answered.version if isinstance(answered, SomebodyWasFaster) else seen
                continue
            seen = answered.version
            if deed != "answers":
                continue
            race.said[key] = _words(key)
            if undo_seconds and draw.random() < 0.5:
                again = Click(conversation_id=race.talk, seen_version=seen, key=f"{key}-u")
                undone = await undo_answer(clicks=clicks, who=who, click=again, answer_key=key)
                if isinstance(undone, Done):
                    race.taken_back.add(key)
                    seen = undone.version

    async def _do(self, deed: str, clicks: Clicks, who: Staff, click: Click, undo_seconds: float) -> Answered:
        match deed:
            case "answers":
                said = Said(texts=(_words(click.key),))
                return await answer_buyer(
                    clicks=clicks, who=who, click=click, said=said, channels=CHANNELS, undo_seconds=undo_seconds
                )
            case "takes over":
                return await take_over(clicks=clicks, who=who, click=click)
            case "passes on":
                return await transfer(
                    clicks=clicks, who=who, click=click, groups={7: "售后"}, reason="售后问题", to_group=7
                )
            case _:
                return await close_conversation(clicks=clicks, who=who, click=click, confirmed=True, invite_delay=None)

    async def _delivers(self, database: Database) -> None:
        self.switch.leads_to = database
        for _ in range(ROUNDS):
            self.to_send.ring()
            await self.deliverer.deliver_next()
        self.switch.leads_to = self.world.database

    async def _comes_to_rest(self) -> None:
        self.world.clock.advance(seconds=60)
        await self.world.decide(self.world.database)
        for _ in range(ROUNDS_AT_MOST):
            self.to_send.ring()
            await self.deliverer.deliver_next()
            (left,) = await self.world.database.read(rows_of, UNFINISHED)
            if left[0] == 0:
                return
        raise AssertionError("it never comes to rest")

    async def _what_is_wrong(self, race: Race, name: str) -> list[str]:
        got = Counter(text for talk, by, text in self.wire.got if talk == name and by != "bot")
        left = await self.world.database.read(rows_of, STARTED, talk=race.talk)
        wrong = list(race.refused)
        for key, words in race.said.items():
            expected = 0 if key in race.taken_back else 1
            if got[words] != expected:
                wrong.append(f"{words} was heard {got[words]} times, not {expected}")
        wrong += [f"{words} was heard and nobody was told so" for words in got if words not in race.said.values()]
        for epoch, started in race.takeovers:
            late = [row[0] for row in left if row[1] < epoch and row[0] not in started]
            wrong += [f"the bot's row {each} left after a person took over" for each in late]
        return wrong


def _words(key: str) -> str:
    return f"我是{key}"


def _is_done(answered: object) -> bool:
    return isinstance(answered, tuple) and isinstance(answered[0], Done)


@asynccontextmanager
async def hall(url: str, *, takes_turns: bool) -> AsyncIterator[Hall]:
    """A shop on this database for as many races as wanted."""
    wire, to_send = Wire(), Bell()
    async with open_database(url) as database, asyncio.TaskGroup() as tasks:
        world = World(database=database, manuals=[KnowledgeBase.build(revision=1, manual=small_manual())])
        metrics, switch = Metrics(), Switch(database)
        channel: Any = Channel(name="tea", platform="webhook", adapter=wire)  # type: ignore[arg-type]  # it only sends
        standing = Standing("tea", clock=world.clock, metrics=metrics)

        deliverer = Deliverer(
            database=switch,  # type: ignore[arg-type]  # a deliverer only writes
            node=NODE,
            channels={"tea": channel},
            wires=NoWires(),
            standings={"tea": standing},
            tasks=tasks,
            clock=world.clock,
            to_send=to_send,
            live=Live(),
            metrics=metrics,
        )
        yield Hall(world=world, deliverer=deliverer, switch=switch, wire=wire, to_send=to_send, takes_turns=takes_turns)


async def run_races(url: str, seeds: Sequence[int], *, takes_turns: bool) -> list[str]:
    """Run a race for each seed; returns all that went wrong."""
    async with hall(url, takes_turns=takes_turns) as shop:
        return [problem for seed in seeds for problem in await shop.race(seed)]


def _seeds(first: int, races: int) -> Iterator[int]:
    draw = random.Random(first)  # noqa: S311 - as above
    yield from (draw.randrange(10**9) for _ in range(races))


async def _main(races: int, seed: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'shop.db'}"
        await stock(url, small_manual())
        wrong = await run_races(url, list(_seeds(seed, races)), takes_turns=True)
    print(f"{races} races from seed {seed}: {len(wrong)} problems", *wrong[:20], sep="\n")  # noqa: T201 - its report
    return 1 if wrong else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--races", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=20_261_130)
    given = parser.parse_args()
    sys.exit(asyncio.run(_main(given.races, given.seed)))
