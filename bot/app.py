"""Wires everything, once and in reading order, and takes it down in stages."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from adapters.http import open_session
from adapters.web.adapter import WebAdapter
from bot.actions.close_conversations import close_conversations
from bot.actions.decide_replies import Round, SlowLane, decide_replies
from bot.actions.deliver_replies import Deliverer
from bot.actions.erase_old import erase_old
from bot.actions.guard_windows import guard_windows
from bot.actions.invite_ratings import invite_ratings
from bot.actions.keep_knowledge import KnowledgeInUse, newest_knowledge
from bot.actions.publish_manual import publish_manual
from bot.actions.read_meanings import MeaningReader
from bot.actions.receive_messages import Receiver
from bot.actions.watch_figures import watch_figures
from bot.background import repeat, watch_loop
from bot.channels import open_channels, own_hosts
from bot.clock import SystemClock
from bot.domain.calendar import ShopCalendar
from bot.domain.same_words import SameWords
from bot.embeddings_server import Embeddings
from bot.errors import StorageDown
from bot.jobs import Job, ticking
from bot.live import Bell, Live
from bot.metrics import Metrics
from bot.standing import Standing
from bot.storage import conversations, fits
from bot.storage.conversations import TRY_OUT
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade
from bot.web.console.try_page import TryOut
from bot.web.console.wording import load_wording
from bot.web.platform.health import Health, Pulse
from bot.web.platform.webhooks import Webhooks
from bot.web.server import application, connections_at_most, serving
from bot.web.shared.connections import Connections
from bot.web.shared.doors import Doors, is_loopback
from bot.web.shared.pages import load_pages
from bot.web.shared.rate_limit import RateLimit
from bot.web.widget.chat import STREAMS_AT_MOST, Chat, Streams
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractAsyncContextManager

    from aiohttp import ClientSession

    from bot.background import AtWork
    from bot.clock import Clock
    from bot.config import Config
    from bot.domain.channel import Channel
    from bot.storage.engine.database import Database
    from knowledge.base import KnowledgeBase

log = logging.getLogger(__name__)

FINISH_SENDS_SECONDS = 5
POLL_SECONDS = 0.5
THREAD_TURN_SECONDS = 0.0005
"""A thread that reads gives up its turn after every statement; at the usual 5 ms each would cost that much."""
AUTHOR_OF_STARTER = "starter manual"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A whole bot at work. `jobs` may be run early by hand: they do no harm."""

    url: str
    database: Database
    live: Live
    in_use: KnowledgeInUse
    jobs: Mapping[str, Job]
    metrics: Metrics
    standings: Mapping[str, Standing]


@asynccontextmanager
async def running(config: Config, *, clock: Clock, tick: bool = True, try_token: str = "") -> AsyncIterator[Running]:
    """Run everything until the block ends; it is ready when the block begins.

    `tick` False leaves the jobs to the caller. A browser with `try_token` may use the try-out page; "" opens it to
    nobody.
    Raises `CannotStart` before anything was started. Background work that fails is logged, counted and tried again; it
    never ends the block.
    """
    channels = open_channels(config)
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    async with (
        open_database(config.database.url, exclusive=True) as database,
        open_session() as session,
        _sessions(channels) as sessions,
        asyncio.TaskGroup() as tasks,
    ):
        node = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        bot = _Bot(config=config, clock=clock, node=node, channels=channels, database=database, try_token=try_token)
        await bot.prepare()
        deliverer = Deliverer(
            database=database,
            node=node,
            channels=channels,
            sessions=sessions,
            standings=bot.standings,
            tasks=tasks,
            clock=clock,
            to_send=bot.to_send,
            live=bot.live,
            metrics=bot.metrics,
        )

        def at_work(name: str, step: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
            return tasks.create_task(repeat(name, step, metrics=bot.metrics), name=name)

        writing = at_work("write what arrives", bot.receiver.write_next)
        async with database.listening(bot.heard), bot.serving(at_work) as port:
            in_use = await bot.stock_shelf()
            bot.connect_model(session)
            bot.not_ready = ""
            deciding = at_work("decide", partial(bot.decide_next, in_use, deliverer))
            delivering = at_work("deliver", deliverer.deliver_next)
            watching = at_work("watch the loop", partial(watch_loop, bot.metrics))
            jobs = {job.name: job for job in bot.jobs(in_use)}
            try:
                async with ticking(tuple(jobs.values()) if tick else (), metrics=bot.metrics):
                    yield Running(
                        url=f"http://{config.server.host}:{port}",
                        database=database,
                        live=bot.live,
                        in_use=in_use,
                        jobs=jobs,
                        metrics=bot.metrics,
                        standings=bot.standings,
                    )
            finally:
                bot.not_ready = "stopping"
                watching.cancel()
                async with bot.deciding:  # a round that is under way is written and its replies are started
                    deciding.cancel()
                with _while_storage_answers():
                    await deliverer.finish(at_most_seconds=FINISH_SENDS_SECONDS)
                delivering.cancel()
        await bot.receiver.flushed()
        writing.cancel()
        with _while_storage_answers():
            await database.write(conversations.release_all, node=node)
            await database.write(fits.release_all, node=node)


@asynccontextmanager
async def _sessions(channels: Iterable[str]) -> AsyncIterator[Mapping[str, ClientSession]]:
    """Connections of its own for each channel: one that hangs keeps none from another, even at the same host."""
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(open_session()) for name in channels}


@contextmanager
def _while_storage_answers() -> Iterator[None]:
    try:
        yield
    except StorageDown:
        log.warning("storage is down while stopping: what was under way is looked at after the next start")


class _Bot:
    """The parts of one running bot, and the steps its background work repeats."""

    def __init__(
        self,
        *,
        config: Config,
        clock: Clock,
        node: str,
        channels: Mapping[str, Channel],
        database: Database,
        try_token: str,
    ) -> None:
        self.try_token = try_token
        self.config = config
        self.clock = clock
        self.node = node
        self.channels = channels
        self.database = database
        self.not_ready = "starting"
        self.calendar = ShopCalendar(hours=config.hours, zone=config.shop.timezone)
        self.metrics = Metrics()
        self.standings = {name: Standing(name, clock=clock, metrics=self.metrics) for name in channels}
        self.facts: dict[str, Callable[[], str]] = {
            f"channel {name}": standing.says for name, standing in self.standings.items()
        }
        self.live = Live()
        self.to_decide, self.to_send = Bell(), Bell()
        self.deciding = asyncio.Lock()
        self.receiver = Receiver(
            database=database,
            echoes={name: channel.echoes for name, channel in channels.items()},
            clock=clock,
            to_decide=self.to_decide,
            live=self.live,
            metrics=self.metrics,
        )
        self._same_words = SameWords()
        self._slow_lane = SlowLane(clock=SystemClock())
        self._own_hosts = own_hosts(config, channels.values())
        self._embeddings: Embeddings | None = None
        self._meanings: MeaningReader | None = None
        self._manual = starter_manual()
        self._titles = {entry.id: entry.title for entry in self._manual.entries}
        self._invite_delay = timedelta(minutes=config.invites.delay_minutes) if config.invites.enabled else None

    async def prepare(self) -> None:
        """Bring the database up to date, and give an empty one the starter manual."""
        await self.database.write(upgrade)
        if self.database.dialect == "sqlite":
            await self.database.write(conversations.release_all)
            await self.database.write(fits.release_all)
        await publish_manual(
            database=self.database,
            manual=self._manual,
            author=AUTHOR_OF_STARTER,
            note="",
            clock=self.clock,
            only_first=True,
        )
        warning = self.calendar.warning(self.clock.now())
        if warning is not None:
            log.warning(warning)

    def serving(self, at_work: AtWork) -> AbstractAsyncContextManager[int]:
        """Open the port. It answers from the first moment; `/readyz` says no until the manual is in memory."""
        pages, server = load_pages(), self.config.server
        connections = Connections(clock=SystemClock(), at_most=connections_at_most())
        doors = Doors(
            trusted_proxies=server.trusted_proxies,
            public_url=server.public_url,
            public_try_out=server.public_try_out,
            listens_here_only=is_loopback(server.host),
            try_token=self.try_token,
            metrics_token=server.metrics_token,
        )
        web_channels = {
            name: channel.adapter for name, channel in self.channels.items() if isinstance(channel.adapter, WebAdapter)
        }
        health = Health(
            pulse=Pulse(database=self.database, node=self.node, clock=self.clock),
            metrics=self.metrics,
            not_ready=lambda: self.not_ready,
            doors=doors,
            facts=self.facts,
        )
        signed = {name: channel for name, channel in self.channels.items() if name not in web_channels}
        chat = Chat(
            pages=pages,
            wording=load_wording(self.title_of),
            channels=web_channels,
            receiver=self.receiver,
            database=self.database,
            live=self.live,
            clock=self.clock,
            shop_name=self.config.shop.name,
            doors=doors,
            streams=Streams(at_most=min(STREAMS_AT_MOST, connections.at_most // 2)),
        )
        try_out = TryOut(
            pages=pages,
            channel=TRY_OUT,
            adapter=web_channels[TRY_OUT],
            receiver=self.receiver,
            manual=lambda: self._manual,
            calendar=self.calendar,
            clock=self.clock,
            shop_name=self.config.shop.name,
            doors=doors,
        )
        webhooks = Webhooks(
            channels=signed,
            standings=self.standings,
            receiver=self.receiver,
            clock=self.clock,
            buyers={
                name: RateLimit(per_minute=channel.adapter.messages_per_minute, clock=self.clock)
                for name, channel in signed.items()
            },
        )
        return serving(
            application(health=health, webhooks=webhooks, chat=chat, try_out=try_out, doors=doors),
            host=server.host,
            port=server.port,
            connections=connections,
            at_work=at_work,
        )

    async def stock_shelf(self) -> KnowledgeInUse:
        """Take the newest manual into memory."""
        base = await newest_knowledge(self.database, shop_name=self.config.shop.own_name)
        if base is None:
            raise RuntimeError("the database holds no manual although one was just published")
        self._use(base)
        in_use = KnowledgeInUse(
            base,
            database=self.database,
            node=self.node,
            clock=self.clock,
            metrics=self.metrics,
            shop_name=self.config.shop.own_name,
        )
        self.facts["matcher"] = in_use.matcher_says
        return in_use

    def connect_model(self, session: ClientSession) -> None:
        """Let a model of meaning help, if the owner has named one."""
        settings = self.config.semantic
        if settings.endpoint != "":
            self._embeddings = Embeddings(settings=settings, session=session, clock=self.clock)
            self._meanings = MeaningReader(embedder=self._embeddings, within_seconds=settings.timeout_ms / 1000)

    def title_of(self, entry_id: str) -> str:
        """What people call an entry of the manual in use."""
        return self._titles.get(entry_id, entry_id)

    def heard(self, topic: str) -> None:
        """Another process says that this conversation has changed."""
        self.live.heard(topic)
        self.to_decide.ring()
        self.to_send.ring()

    async def decide_next(self, in_use: KnowledgeInUse, deliverer: Deliverer) -> None:
        """Decide about what is new, or wait for something new."""
        async with self.deciding:
            done = await self._decide(in_use, deliverer)
        if done.look_again_in_seconds is not None:
            asyncio.get_running_loop().call_later(done.look_again_in_seconds, self.to_decide.ring)
        if not done.more:
            await self.to_decide.wait(at_most_seconds=POLL_SECONDS)

    async def _decide(self, in_use: KnowledgeInUse, deliverer: Deliverer) -> Round:
        reader, meanings = self._meanings, in_use.meanings
        return await decide_replies(
            database=self.database,
            node=self.node,
            knowledge=in_use.base,
            calendar=self.calendar,
            channels=self.channels,
            invite_delay=self._invite_delay,
            clock=self.clock,
            live=self.live,
            metrics=self.metrics,
            sender=deliverer,
            same_words=self._same_words,
            slow_lane=self._slow_lane,
            patience_seconds=self.config.conversation.patience_seconds,
            answer_within=timedelta(hours=self.config.conversation.answer_within_hours),
            own_hosts=self._own_hosts,
            read_meanings=None if reader is None or meanings is None else partial(reader.read, meanings=meanings),
        )

    async def refresh_manual(self, in_use: KnowledgeInUse) -> None:
        """Take in a manual that somebody has published."""
        if await in_use.refresh():
            self._use(in_use.base)

    def jobs(self, in_use: KnowledgeInUse) -> tuple[Job, ...]:
        """What the clock looks after."""
        config, database, clock, channels = self.config, self.database, self.clock, self.channels
        talk = config.conversation

        async def guard() -> None:
            await guard_windows(database=database, knowledge=in_use.base, channels=channels, clock=clock)
            self.to_send.ring()

        async def close() -> None:
            await close_conversations(
                database=database,
                channels=channels,
                quiet_close=timedelta(minutes=talk.quiet_close_minutes),
                hand_back_after=timedelta(minutes=talk.hand_back_after_minutes),
                invite_delay=self._invite_delay,
                clock=clock,
            )

        async def invite() -> None:
            await invite_ratings(
                database=database,
                knowledge=in_use.base,
                settings=config.invites,
                zone=config.shop.timezone,
                clock=clock,
            )
            self.to_send.ring()

        return (
            Job(name="manual", every_seconds=1, work=partial(self.refresh_manual, in_use)),
            Job(name="matcher", every_seconds=1, work=in_use.refine),
            *self._model_jobs(in_use),
            Job(name="windows", every_seconds=1, work=guard),
            Job(name="close", every_seconds=5, work=close),
            Job(name="invites", every_seconds=5, work=invite),
            Job(
                name="erase",
                every_seconds=600,
                work=partial(erase_old, database=database, retention=config.retention, clock=clock),
            ),
            Job(
                name="figures",
                every_seconds=5,
                work=partial(watch_figures, database=database, clock=clock, metrics=self.metrics),
            ),
        )

    def _model_jobs(self, in_use: KnowledgeInUse) -> tuple[Job, ...]:
        if self._embeddings is None:
            return ()
        return (Job(name="meanings", every_seconds=1, work=partial(in_use.learn_meanings, self._embeddings)),)

    def _use(self, base: KnowledgeBase) -> None:
        self._manual = base.manual
        self._titles = {entry.id: entry.title for entry in base.manual.entries}
