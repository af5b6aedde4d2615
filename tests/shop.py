"""A whole bot in a test: its real front door and database, with a clock that is turned by hand and a fake platform.

async def test_an_answer(shop: Shop) -> None:
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, "下单后48小时内发货。"]
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import math
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from aiohttp import ClientSession
from sqlalchemy import text

from bot.app import running
from bot.config import Config
from bot.live import Bell
from bot.storage.conversations import LONGEST_PATIENCE
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade
from bot.storage.knowledge import fits, manuals
from bot.storage.tables.base import EPOCH
from bot.web.shared.doors import TRY_COOKIE
from knowledge.answers.templates import say
from knowledge.manual.files import to_json
from tests.fakes import FakeClock, FakePlatform

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.app import Running
    from knowledge.manual.entry import Manual
    from tests.fakes import Answered, Received

CHANNEL = "tea"
TRY_TOKEN = "try-" + "t" * 28
BUYER = "小王"
PUBLIC_URL = "https://chat.shop.example"
LOOK_AGAIN_SECONDS = 0.01
CLEARED_AWAY_EVERY = 10
RARELY_SECONDS = 60
_closed = itertools.count()
_fits: dict[str, bytes] = {}
"""What was fitted to each manual in this process: a fit of every shop's own would be a child process of every story."""
MICROSECOND = timedelta(microseconds=1)

UNSETTLED = """
SELECT count(*) FROM inbox JOIN conversation ON conversation.id = conversation_id WHERE state = 'new'
   AND (patient_until IS NULL OR patient_until <= :now OR patient_until > :latest OR looked_at_inbox_id < inbox.id)
UNION ALL
SELECT count(*) FROM outbox WHERE state = 'sending'
UNION ALL
SELECT count(*) FROM outbox AS it WHERE it.state = 'queued' AND it.not_before <= :now
   AND (it.deadline IS NULL OR it.deadline > :now)
   AND NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.conversation_id = it.conversation_id
                   AND earlier.id < it.id AND earlier.state IN ('queued', 'sending'))
   AND :resting NOT LIKE '%/' || it.channel || '/%'
"""
"""What is left to do without the clock moving on: messages to decide about, sends on the wire, replies that are due.

Those of a channel that is left alone just now are not."""


async def stock(url: str, manual: Manual) -> None:
    """Bring a database up to date and give it this manual, so that bots on it start at once."""
    async with open_database(url) as database:
        await database.write(upgrade)
        await database.write(manuals.publish_first, to_json(manual), author="tests", note="", at=FakeClock().now())


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a story changes of the configuration; each is a table of it, `channel` that of the shop's one channel."""

    hours: Mapping[str, Any]
    conversation: Mapping[str, Any]
    invites: Mapping[str, Any]
    retention: Mapping[str, Any]
    shop: Mapping[str, Any]
    alerts: Sequence[Mapping[str, Any]]
    """Where people of the shop are told; the keys of each kind stand under `settings`."""
    channel: Mapping[str, Any]
    own: Mapping[str, Any]
    """What the channel's adapter reads, beside the secret and the address."""

    @classmethod
    def make(
        cls,
        *,
        hours: Mapping[str, Any] | None = None,
        conversation: Mapping[str, Any] | None = None,
        invites: Mapping[str, Any] | None = None,
        retention: Mapping[str, Any] | None = None,
        shop: Mapping[str, Any] | None = None,
        alerts: Sequence[Mapping[str, Any]] = (),
        own: Mapping[str, Any] | None = None,
        **channel: object,
    ) -> Self:
        return cls(
            hours=hours or {},
            conversation=conversation or {},
            invites=invites or {},
            retention=retention or {},
            shop=shop or {},
            alerts=alerts,
            channel=channel,
            own=own or {},
        )


class Shop:
    """Verbs of a story. Each buyer has a conversation of their own, named after them.

    Verbs that make something happen return when the bot has nothing left to do, so what follows sees the end of it.
    """

    def __init__(self, *, url: str, clock: FakeClock, platform: FakePlatform, settings: Settings) -> None:
        self.url = url
        self.clock = clock
        self.platform = platform
        self._more_platforms: dict[str, FakePlatform] = {}
        self._settings = settings
        self._open = AsyncExitStack()
        self._life: asyncio.Task[None] | None = None
        self._close = asyncio.Event()
        self.bot: Running

    # Life

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self._session = await stack.enter_async_context(ClientSession())
            await self.opens()
            await self._keeps_fit()
            self._open = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stops()
        await self._open.aclose()
        if next(_closed) % CLEARED_AWAY_EVERY == 0:
            gc.collect()  # a bot holds megabytes of arrays in few objects, so that Python hardly ever looks

    async def opens(self) -> None:
        """Start the bot; returns when it is ready."""
        ready: asyncio.Future[Running] = asyncio.get_running_loop().create_future()
        self._close = asyncio.Event()
        self._life = asyncio.get_running_loop().create_task(self._live(ready), name="the shop's life")
        await asyncio.wait((ready, self._life), return_when=asyncio.FIRST_COMPLETED)
        self._still_alive()
        self.bot = ready.result()
        for name, platform in {CHANNEL: self.platform, **self._more_platforms}.items():
            platform.webhook_url = f"{self.bot.url}/webhooks/{name}"

    async def _keeps_fit(self) -> None:
        """As if another node had fitted the matcher: the bot begins with the quick one, and finds the better one."""
        quick, database = self.bot.in_use.base, self.bot.database
        if quick.is_refined:
            return
        if quick.fit_key not in _fits:
            _fits[quick.fit_key] = await asyncio.to_thread(quick.fitted)
        if await database.write(fits.claim, quick.fit_key, node="another"):
            await database.write(fits.keep, quick.fit_key, _fits[quick.fit_key], at=self.clock.now())

    async def stops(self) -> None:
        """Stop the bot in order, as SIGTERM does."""
        self._close.set()
        if self._life is not None:
            life, self._life = self._life, None
            await life

    async def restarts(self) -> None:
        """Stop the bot and start it anew on the same database, all settled."""
        await self.stops()
        await self.opens()
        await self.runs_jobs()

    async def _live(self, ready: asyncio.Future[Running]) -> None:
        async with running(self.config, clock=self.clock, tick=False, try_token=TRY_TOKEN) as bot:
            ready.set_result(bot)
            await self._close.wait()

    def _still_alive(self) -> None:
        if self._life is not None and self._life.done():
            self._life.result()
            raise AssertionError("the bot ended by itself")

    @property
    def config(self) -> Config:
        settings = self._settings
        channels = [
            {
                "name": name,
                "platform": "webhook",
                **settings.channel,
                "settings": platform.channel_settings | dict(settings.own),
            }
            for name, platform in {CHANNEL: self.platform, **self._more_platforms}.items()
        ]
        return Config.model_validate(
            {
                "server": {"port": 0, "public_url": PUBLIC_URL if settings.alerts else ""},
                "database": {"url": self.url},
                "shop": {"name": "小满生活馆"} | dict(settings.shop),
                "hours": settings.hours,
                "conversation": {"patience_seconds": 0} | dict(settings.conversation),
                "invites": settings.invites,
                "retention": settings.retention,
                "channels": channels,
                "alerts": settings.alerts,
            }
        )

    async def has_another_channel(self, name: str) -> FakePlatform:
        """Connect a second platform; it counts from the next start on."""
        platform = await self._open.enter_async_context(FakePlatform(clock=self.clock))
        self._more_platforms[name] = platform
        return platform

    def gives_up_channel(self, name: str) -> None:
        """Take a channel out of the configuration, from the next start on; its conversations stay."""
        del self._more_platforms[name]

    # What people do

    async def buyer_says(self, words: str, buyer: str = BUYER, **more: Any) -> list[str]:
        """Let a buyer write and everything follow from it; returns what they heard after that."""
        heard = len(self.heard(buyer))
        accepted(await self.delivers(words, buyer, **more))
        await self.settles()
        return self.heard(buyer)[heard:]

    async def delivers(self, words: str, buyer: str = BUYER, **more: Any) -> Answered:
        """Deliver a buyer's message and wait for the front door's answer only."""
        return await self.platform.buyer_says(
            words, **{"conversation": conversation_of(buyer), "buyer": buyer, "name": buyer, **more}
        )

    async def staff_says(self, words: str, buyer: str = BUYER) -> None:
        """A person answers in the platform's own client."""
        accepted(await self.platform.staff_says(words, conversation=conversation_of(buyer)))
        await self.settles()

    async def closes(self, buyer: str = BUYER, *, closed_by: str = "staff") -> None:
        """The conversation is ended on the platform."""
        accepted(await self.platform.close(conversation=conversation_of(buyer), closed_by=closed_by))
        await self.settles()

    async def buyer_rates(self, score: int, buyer: str = BUYER, comment: str = "") -> None:
        """The buyer rates on the platform itself."""
        accepted(await self.platform.rate(score, conversation=conversation_of(buyer), comment=comment))
        await self.settles()

    async def time_passes(
        self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0
    ) -> list[str]:
        """Turn the clock and let the jobs do what is due; returns what the usual buyer heard meanwhile."""
        heard = len(self.buyer_heard)
        self.clock.advance(seconds=seconds, minutes=minutes, hours=hours, days=days)
        await self.runs_jobs()
        return self.buyer_heard[heard:]

    async def it_is(self, moment: datetime) -> list[str]:
        """Turn the clock to a moment, as `time_passes`."""
        return await self.time_passes(seconds=(moment - self.clock.now()).total_seconds())

    async def runs_jobs(self) -> None:
        """Run every job as its turn comes round, until nothing is left to do at this moment.

        What they give each other to do is done in the second round, without those that come round rarely.
        """
        for rarest_seconds in (math.inf, RARELY_SECONDS):
            for job in self.bot.jobs.values():
                if job.every_seconds < rarest_seconds:
                    await job.work()
            await self.settles()

    async def publishes(self, manual: Manual) -> None:
        """Another process publishes a manual; it is in use when this returns."""
        async with open_database(self.url) as database:
            await database.write(manuals.publish, to_json(manual), author="tests", note="", at=self.clock.now())
        await self.bot.jobs["manual"].work()

    # What came of it

    @property
    def buyer_heard(self) -> list[str]:
        """All that the usual buyer has seen of us, in order."""
        return self.heard(BUYER)

    def heard(self, buyer: str) -> list[str]:
        return self.platform.heard(conversation_of(buyer))

    def replies(self, buyer: str = BUYER) -> list[Received]:
        return self.platform.replies(conversation_of(buyer))

    @property
    def desk_heard(self) -> list[tuple[str, str]]:
        """The notices that the shop's desk got: type and buyer, in order."""
        return [(each.type, each.conversation_id.removeprefix("c-")) for each in self.platform.notices()]

    @property
    def notices(self) -> list[Mapping[str, object]]:
        """The data of those notices."""
        return [each.data for each in self.platform.notices()]

    async def rows(self, query: str, **values: object) -> list[Any]:
        """Look into the database."""
        return await self.bot.database.read(_rows, query, values)

    async def change(self, statement: str, **values: object) -> None:
        """Change the database behind the bot's back."""
        await self.bot.database.write(_change, statement, values)

    async def mode(self, buyer: str = BUYER) -> str:
        found = await self.rows("SELECT mode FROM conversation WHERE external_id = :id", id=conversation_of(buyer))
        return str(found[0].mode)

    async def outcomes(self, buyer: str = BUYER) -> list[str]:
        """What was decided about this buyer, turn by turn."""
        found = await self.rows(
            "SELECT outcome FROM decision JOIN conversation ON conversation.id = conversation_id"
            " WHERE external_id = :id ORDER BY decision.id",
            id=conversation_of(buyer),
        )
        return [row.outcome for row in found]

    async def states(self, buyer: str = BUYER) -> list[str]:
        """The state of each reply and notice to this buyer, in the order they were written."""
        found = await self.rows(
            "SELECT state FROM outbox JOIN conversation ON conversation.id = conversation_id"
            " WHERE external_id = :id ORDER BY outbox.id",
            id=conversation_of(buyer),
        )
        return [row.state for row in found]

    async def asks(self, path: str) -> tuple[int, str]:
        """GET a page of the bot: status and text."""
        async with self._session.get(f"{self.bot.url}{path}") as response:
            return response.status, await response.text()

    async def posts(self, path: str, body: Mapping[str, object]) -> int:
        """POST JSON as the bot's own page does for who has its link: the status of the answer."""
        cookie = f"{TRY_COOKIE}={TRY_TOKEN}"
        headers = {"Origin": self.bot.url, "Sec-Fetch-Site": "same-origin", "Cookie": cookie}
        async with self._session.post(f"{self.bot.url}{path}", json=body, headers=headers) as response:
            return response.status

    async def settles(self, *, within_seconds: float = 30.0) -> None:
        """Return when nothing is left to decide or to send at this moment of the clock."""
        bell = Bell()
        try:
            async with asyncio.timeout(within_seconds):
                while await self.unsettled():
                    await bell.wait(at_most_seconds=LOOK_AGAIN_SECONDS)
        except TimeoutError:
            left = await self.rows("SELECT id, conversation_id, kind, state, last_error FROM outbox")
            raise AssertionError(f"not settled within {within_seconds:g} s: {await self.unsettled()} {left}") from None

    async def unsettled(self) -> bool:
        """Whether the bot has anything to do at this moment of the clock."""
        self._still_alive()
        now = (self.clock.now() - EPOCH) // MICROSECOND
        resting = [name for name, standing in self.bot.standings.items() if standing.room() == 0]
        latest = now + LONGEST_PATIENCE // MICROSECOND  # who is patient for longer began by another clock
        found = await self.rows(UNSETTLED, now=now, latest=latest, resting=f"/{'//'.join(resting)}/")
        return any(row[0] for row in found)

    def say(self, line: str, **values: str) -> str:
        """One of the bot's own lines, as the manual in use has it; bubbles are joined by "|"."""
        return "|".join(say(self.bot.in_use.base.manual, line, values))

    @property
    def welcome(self) -> str:
        return self.say("welcome")


def conversation_of(buyer: str) -> str:
    return f"c-{buyer}"


def accepted(answered: Answered) -> None:
    assert (answered.status, answered.json) == (202, {"status": "accepted"}), answered


def _rows(connection: Connection, query: str, values: Mapping[str, object]) -> list[Any]:
    return list(connection.execute(text(query), values).all())


def _change(connection: Connection, statement: str, values: Mapping[str, object]) -> None:
    connection.execute(text(statement), values)
