"""Forces every order of what may happen to one conversation while the bot decides about it, and judges the outcome.

Each step of the program is one transaction. Here every transaction waits for its turn, and a seeded draw says whose
turn it is. The outcome must be one that some order of whole steps could have had, deciding counted as a single step:
whatever came in between was either seen or came after.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import text

from adapters.contract import Author, ConversationClosed, Inbound, Message, RatingCreated, Returned, Text
from adapters.webhook.adapter import WebhookAdapter
from bot.actions.block_buyer import block_buyer
from bot.actions.messages.decide_replies import decide_replies
from bot.actions.ratings.invite_ratings import invite_ratings
from bot.actions.reception.close_conversations import close_conversations
from bot.actions.reception.guard_windows import guard_windows
from bot.actions.reception.keep_lines import keep_lines
from bot.config import Hours, Invites
from bot.domain.calendar import ShopCalendar
from bot.domain.channels.channel import Channel
from bot.domain.delivering.outgoing import Outgoing
from bot.domain.desk.now import DeskNow
from bot.domain.planning.same_words import SameWords
from bot.domain.planning.slow_lane import SlowLane
from bot.domain.reply_windows.presets import chosen
from bot.live import Live
from bot.metrics import Metrics
from bot.storage import inbox, outbox
from bot.storage.conversations import read_one
from bot.storage.engine.database import open_database
from bot.storage.inbox import Arrival
from bot.storage.people import waiting
from bot.storage.people.ending import close_episode
from bot.storage.people.hand_over import NeedsPerson, hand_over
from knowledge.base import KnowledgeBase
from knowledge.reasons.reason import because
from tests.fakes import SECRET, FakeClock
from tests.small_manual import NONSENSE, small_manual
from tests.windows import WITHIN_THREE_MINUTES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from adapters.contract import Event
    from bot.dialogue.state import Conversation
    from bot.storage.engine.database import Database

P = ParamSpec("P")
T = TypeVar("T")

NODE = "here"
NO_DELAY = timedelta()
HALF_AN_HOUR = timedelta(minutes=30)
ZONE = ZoneInfo("Asia/Shanghai")
RUNS_OF_ONE_STORY = 40

EVERYTHING = (
    """SELECT mode, epoch, episode, memory, unanswered_since, waiting_since, last_staff_at, last_buyer_at,
       last_reply_at, reply_by, rung_due_at, blocked_at FROM conversation""",
    "SELECT kind, text, state, episode, epoch FROM outbox ORDER BY id",
    "SELECT external_id, state FROM inbox ORDER BY external_id",
    "SELECT outcome, entry, revision FROM decision ORDER BY id",
    "SELECT episode, state, reason FROM invite ORDER BY episode",
    "SELECT episode, score FROM rating ORDER BY episode",
)
TABLES = ("invited_day", "rating", "invite", "decision", "outbox", "inbox", "conversation")


class Turns:
    """Whose turn it is: every actor waits before each transaction until `run` lets it go on.

    With `whole_steps`, nobody comes between the turns of who `goes_on`.
    """

    def __init__(self, *, whole_steps: bool) -> None:
        self._whole_steps = whole_steps
        self._going_on: set[str] = set()
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._stirred = asyncio.Event()

    async def mine(self, name: str, *, goes_on: bool = False) -> None:
        (self._going_on.add if goes_on else self._going_on.discard)(name)
        self._waiting[name] = asyncio.get_running_loop().create_future()
        self._stirred.set()
        await self._waiting[name]

    async def run(self, actors: Mapping[str, Awaitable[object]], choose: Callable[[Sequence[str]], str]) -> None:
        async with asyncio.TaskGroup() as tasks:
            going = {name: tasks.create_task(_as_task(actor), name=name) for name, actor in actors.items()}
            for task in going.values():
                task.add_done_callback(lambda _done: self._stirred.set())
            while any(not task.done() for task in going.values()):
                if all(task.done() or name in self._waiting for name, task in going.items()):
                    self._waiting.pop(self._next(choose)).set_result(None)
                self._stirred.clear()
                if not all(task.done() or name in self._waiting for name, task in going.items()):
                    await self._stirred.wait()

    def _next(self, choose: Callable[[Sequence[str]], str]) -> str:
        going_on = self._going_on & self._waiting.keys() if self._whole_steps else set()
        return going_on.pop() if going_on else choose(sorted(self._waiting))


async def _as_task(work: Awaitable[object]) -> None:
    await work


@dataclass(kw_only=True)
class InTurn:
    """The database as one actor sees it: each transaction waits for its turn.

    What goes `in_rounds` begins each of them with a turn of its own: that is when it takes the manual in use.
    """

    database: Database
    turns: Turns
    name: str
    dialect: str = "sqlite"
    in_rounds: bool = False

    async def begins(self) -> None:
        await self.turns.mine(self.name)

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        await self.turns.mine(self.name, goes_on=self.in_rounds)
        return await self.database.write(work, *args, **kwargs)

    async def write_lightly(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        await self.turns.mine(self.name, goes_on=self.in_rounds)
        return await self.database.write_lightly(work, *args, **kwargs)

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        await self.turns.mine(self.name, goes_on=self.in_rounds)
        return await self.database.read(work, *args, **kwargs)

    @asynccontextmanager
    async def listening(self, heard: Callable[[str], None]) -> AsyncIterator[None]:
        del heard
        yield


class Nobody:
    """Sends nothing: what is queued stays queued, to be looked at."""

    def take_along(self, channels: object) -> Callable[[Connection], list[Any]]:
        del channels
        return lambda _connection: []

    def start(self, rows: object) -> None:
        del rows

    def show_reading(self, channel: str, *, conversation_id: str, message_id: str) -> None:
        del channel, conversation_id, message_id


@dataclass(frozen=True, kw_only=True)
class Story:
    """How things stand, and who does something to the conversation while its buyer's last message is decided about."""

    mode: str
    says: str
    actors: tuple[str, ...]


@dataclass(kw_only=True)
class World:
    """One shop with one conversation, begun anew for each run."""

    database: Database
    manuals: Sequence[KnowledgeBase]
    clock: FakeClock = field(default_factory=FakeClock)
    published: int = 0

    def __post_init__(self) -> None:
        self.arrived = 0
        self.slow_lane = SlowLane(clock=self.clock, received=lambda: self.arrived)

    @property
    def knowledge(self) -> KnowledgeBase:
        return self.manuals[self.published]

    async def begin(self, story: Story) -> None:
        """The conversation in the mode of the story for longer than anybody stays quiet, and one new message in it."""
        self.published = 0
        for table in TABLES:
            await self.database.write(_do, f"DELETE FROM {table}")  # noqa: S608 - names of ours
        await self.arrives("m-0", Message(author=Author(id="b-1"), content=Text("发什么快递")))
        await self.decide(self.database)
        long_ago = self.clock.now() - 2 * HALF_AN_HOUR
        waits = story.mode == "waiting"
        await self.database.write(
            _do,
            "UPDATE conversation SET mode = :mode, last_buyer_at = :at, last_reply_at = :at, last_staff_at = :staff,"
            " waiting_since = :waits, unanswered_since = :waits, rung_due_at = :waits",
            mode=story.mode,
            at=_us(long_ago),
            staff=_us(long_ago) if story.mode == "human" else None,
            waits=_us(long_ago) if waits else None,
        )
        await self.database.write(_do, "UPDATE outbox SET state = 'sent'")
        if story.mode == "closed":
            await self.database.write(_do, INVITE_DUE, at=_us(long_ago))
        await self.arrives("m-1", Message(author=Author(id="b-1"), content=Text(story.says)))

    async def arrives(
        self, key: str, event: Event, database: Database | None = None, *, conversation: str = "c-1"
    ) -> None:
        inbound = Inbound(external_id=key, conversation_id=conversation, event=event)
        self.arrived += 1
        arrival = Arrival(channel="tea", inbound=inbound, received_at=self.clock.now())
        await (database or self.database).write(inbox.store, [arrival])

    async def decide(self, database: Database) -> None:
        more = True
        while more:
            if isinstance(database, InTurn):
                await database.begins()
            done = await decide_replies(
                database=database,
                node=NODE,
                knowledge=self.knowledge,
                calendar=CALENDAR,
                desk=DESK,
                invite_delay=NO_DELAY,
                clock=self.clock,
                live=Live(),
                metrics=Metrics(),
                sender=Nobody(),
                same_words=SameWords(),
                slow_lane=self.slow_lane,
            )
            more = done.more

    async def outcome(self) -> tuple[object, ...]:
        """All that came of it, once everything that still waits has been decided about."""
        await self.decide(self.database)
        return tuple([await self.database.read(rows_of, query) for query in EVERYTHING])


INVITE_DUE = (
    "INSERT INTO invite (conversation_id, episode, closed_at, due_at, state)"
    " SELECT id, episode, :at, :at, 'due' FROM conversation"
)
CALENDAR = ShopCalendar(hours=Hours(), zone=ZONE)
CHANNELS = {
    "tea": Channel(
        name="tea",
        platform="webhook",
        adapter=WebhookAdapter.configure(
            channel="tea", settings={"secret": SECRET, "reply_url": "https://shop.example/replies"}
        ),
        windows=chosen([WITHIN_THREE_MINUTES]),
    )
}
DESK = DeskNow(channels=CHANNELS)


async def _person_speaks(world: World, database: Database) -> None:
    await world.arrives("s-1", Message(author=Author(kind="staff", id="s"), content=Text("我来说")), database)


async def _buyer_goes_on(world: World, database: Database) -> None:
    await world.arrives("m-2", Message(author=Author(id="b-1"), content=Text("新疆包邮吗")), database)


async def _platform_closes(world: World, database: Database) -> None:
    await world.arrives("e-1", ConversationClosed(), database)


async def _platform_brings_a_rating(world: World, database: Database) -> None:
    await world.arrives("e-2", RatingCreated(score=5), database)


async def _close_job(world: World, database: Database) -> None:
    await close_conversations(
        database=database,
        desk=DESK,
        quiet_close=HALF_AN_HOUR,
        hand_back_after=HALF_AN_HOUR,
        invite_delay=NO_DELAY,
        clock=world.clock,
    )


async def _window_job(world: World, database: Database) -> None:
    await guard_windows(database=database, knowledge=world.knowledge, desk=DESK, clock=world.clock)


async def _line_job(world: World, database: Database) -> None:
    clock, knowledge = world.clock, world.knowledge
    await keep_lines(database=database, knowledge=knowledge, desk=DESK, calendar=CALENDAR, clock=clock)


async def _invite_job(world: World, database: Database) -> None:
    await invite_ratings(
        database=database,
        knowledge=world.knowledge,
        desk=DESK,
        settings=Invites(),
        zone=ZONE,
        clock=world.clock,
    )


async def _reply_fails(world: World, database: Database) -> None:
    found = await world.database.read(rows_of, "SELECT id FROM conversation")
    need = NeedsPerson(
        conversation_id=found[0][0],
        reason=because("nobody_has_spoken"),
        key="f-1",
        announces=True,
    )
    await database.write(hand_over, need, at=world.clock.now())


async def _desk_closes(world: World, database: Database) -> None:
    """What closes a conversation without a look at how long it has been quiet."""
    await database.write(_close, world.clock.now())


def _close(connection: Connection, now: datetime) -> None:
    close_episode(connection, _the_one(connection), invite_delay=NO_DELAY, now=now)


async def _desk_hands_back(world: World, database: Database) -> None:
    """What gives it back to the bot without a look at how long the person has been quiet."""
    await database.write(_hand_back, world.clock.now())


def _hand_back(connection: Connection, now: datetime) -> None:
    found = _the_one(connection)
    waiting.hand_back(connection, found)
    if found.mode == "human":
        outbox.insert(connection, [Outgoing(conversation=found, content=Returned(), key="back", at=now)])


def _the_one(connection: Connection) -> Conversation:
    (row,) = rows_of(connection, "SELECT id FROM conversation")
    found = read_one(connection, row[0])
    assert found is not None
    return found


async def _blocks(world: World, database: Database) -> None:
    await block_buyer(database=database, channel="tea", buyer="b-1", lift=False, clock=world.clock)


async def _lets_in_again(world: World, database: Database) -> None:
    await block_buyer(database=database, channel="tea", buyer="b-1", lift=True, clock=world.clock)


async def _publishes(world: World, database: Database) -> None:
    await database.write(_do, "UPDATE pulse SET beat_at = 0")  # stands for the write of a manual, which takes its turn
    world.published = 1


ACTORS: Mapping[str, Callable[[World, Database], Awaitable[None]]] = MappingProxyType(
    {
        "a person speaks": _person_speaks,
        "the buyer goes on": _buyer_goes_on,
        "the platform closes": _platform_closes,
        "the platform brings a rating": _platform_brings_a_rating,
        "the close job": _close_job,
        "the window job": _window_job,
        "the line job": _line_job,
        "the invite job": _invite_job,
        "a reply fails": _reply_fails,
        "the desk closes": _desk_closes,
        "the desk hands back": _desk_hands_back,
        "staff block": _blocks,
        "staff let in again": _lets_in_again,
        "a manual is published": _publishes,
    }
)
MODES = ("bot", "waiting", "human", "closed")
WORDS = ("什么时候发货", "人工", "我要投诉你们", "5", "谢谢", NONSENSE)


def stories(draw: random.Random) -> Iterator[Story]:
    """Every pair of a mode and an actor at least once, then any: one to three actors each."""
    pairs = list(itertools.product(MODES, ACTORS))
    draw.shuffle(pairs)
    for mode, first in pairs:
        yield Story(mode=mode, says=draw.choice(WORDS), actors=(first,))
    while True:
        several = draw.sample(list(ACTORS), draw.randint(1, 3))
        yield Story(mode=draw.choice(MODES), says=draw.choice(WORDS), actors=tuple(sorted(several)))


async def play(
    world: World, story: Story, choose: Callable[[Sequence[str]], str], *, whole_steps: bool = False
) -> tuple[object, ...]:
    """Run the story with the turns so chosen, and return what came of it."""
    await world.begin(story)
    turns = Turns(whole_steps=whole_steps)
    seen = {
        name: InTurn(
            database=world.database,
            turns=turns,
            name=name,
            dialect=world.database.dialect,
            in_rounds=name == "decide",
        )
        for name in ("decide", *story.actors)
    }
    actors = {name: ACTORS[name](world, seen[name]) for name in story.actors}
    await turns.run({"decide": world.decide(seen["decide"]), **actors}, choose)
    return await world.outcome()


async def whole_orders(world: World, story: Story) -> list[tuple[object, ...]]:
    """What comes of it in each order of whole steps."""
    found: list[tuple[object, ...]] = []
    left: list[tuple[str, ...]] = [()]
    while left:
        prefix = left.pop()
        made: list[str] = []
        branches: list[tuple[str, ...]] = []

        def choose(
            waiting: Sequence[str],
            prefix: tuple[str, ...] = prefix,
            made: list[str] = made,
            branches: list[tuple[str, ...]] = branches,
        ) -> str:
            if len(made) < len(prefix):
                chosen = prefix[len(made)]
            else:
                chosen, *others = waiting
                branches += [(*made, other) for other in others]
            made.append(chosen)
            return chosen

        outcome = await play(world, story, choose, whole_steps=True)
        left += branches
        if outcome not in found:
            found.append(outcome)
    return found


@dataclass(kw_only=True)
class Report:
    """How many orders were forced, and those whose outcome no order of whole steps has."""

    orders: int = 0
    wrong: list[str] = field(default_factory=list)


async def attack(url: str, *, orders: int, seed: int) -> Report:
    """Force so many orders on a fresh database at this address."""
    manuals = [KnowledgeBase.build(revision=number, manual=small_manual()) for number in (1, 2)]
    draw, report = random.Random(seed), Report()  # noqa: S311 - the same seed, the same orders
    async with open_database(url) as database:
        world = World(database=database, manuals=manuals)
        for story in stories(draw):
            allowed = await whole_orders(world, story)
            for _ in range(min(RUNS_OF_ONE_STORY, max(2, orders // 100))):
                taken: list[str] = []
                outcome = await play(world, story, partial(_drawn, draw, taken))
                report.orders += 1
                if outcome not in allowed:
                    report.wrong.append(f"{story}: {taken}\n  {outcome}\n  none of {allowed}")
                if report.orders >= orders:
                    return report
    raise AssertionError("stories never end")


def _drawn(draw: random.Random, taken: list[str], waiting: Sequence[str]) -> str:
    taken.append(draw.choice(waiting))
    return taken[-1]


def _us(moment: Any) -> int:
    return int(moment.timestamp() * 1_000_000)


def _do(connection: Connection, /, statement: str, **values: object) -> None:
    connection.execute(text(statement), values)


def rows_of(connection: Connection, /, query: str, **values: object) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(query), values)]
