"""Runs everything, and takes it down in stages. What it is made of is put together in `parts.py`."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import sys
from collections import defaultdict
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from adapters.http import open_session
from bot.actions.messages.deliver_replies import Deliverer
from bot.actions.messages.fetch_messages import FetchLoops
from bot.actions.reception.require_desk import require_desk
from bot.background import repeat, watch_loop
from bot.errors import StorageDown
from bot.storage import channel_states, conversations
from bot.storage.engine.database import open_database
from bot.storage.knowledge import fits
from bot.wiring.channels import open_channels
from bot.wiring.front import front_door
from bot.wiring.jobs import Job, ticking
from bot.wiring.parts import Parts
from bot.wiring.timetable import timetable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping

    from aiohttp import ClientSession

    from bot.actions.knowledge.keep_knowledge import KnowledgeInUse
    from bot.background import AtWork
    from bot.clock import Clock
    from bot.config import Config
    from bot.domain.channels.channel import Channel
    from bot.live import Live
    from bot.metrics import Metrics
    from bot.standing import Standing
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Database

log = logging.getLogger(__name__)

FINISH_SENDS_SECONDS = 5
THREAD_TURN_SECONDS = 0.0005
"""A thread that reads gives up its turn after every statement; at the usual 5 ms each would cost that much."""


@dataclass(frozen=True, kw_only=True)
class Running:
    """A whole bot at work. `jobs` may be run early by hand: they do no harm."""

    url: str
    database: Database
    live: Live
    clicks: Clicks
    channels: Mapping[str, Channel]
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
        _people_at_our_desk(database, channels),
        open_session() as session,
        _sessions() as sessions,
        asyncio.TaskGroup() as tasks,
    ):
        node = f"{socket.gethostname()}-{secrets.token_hex(4)}"
        bot = Parts(
            config=config,
            clock=clock,
            node=node,
            channels=channels,
            database=database,
            sessions=sessions,
            try_token=try_token,
        )
        await bot.prepare()
        deliverer = Deliverer(
            database=database,
            node=node,
            channels=bot.channels,
            wires=bot.wires,
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
        async with database.listening(bot.heard), front_door(bot, at_work) as port, _telling(bot, session, at_work):
            in_use = await bot.stock_shelf()
            bot.connect_model(session)
            bot.not_ready = ""
            following = at_work("follow the desk", bot.follow_desk)
            deciding = at_work("decide", partial(bot.decide_next, in_use, deliverer))
            delivering = at_work("deliver", deliverer.deliver_next)
            fetching = FetchLoops(bot.fetcher, at_work=at_work)
            bot.channels.follow(fetching)
            watching = at_work("watch the loop", partial(watch_loop, bot.metrics))
            jobs = {job.name: job for job in timetable(bot, in_use)}
            try:
                async with ticking(tuple(jobs.values()) if tick else (), metrics=bot.metrics):
                    yield Running(
                        url=f"http://{config.server.host}:{port}",
                        database=database,
                        live=bot.live,
                        clicks=bot.clicks,
                        channels=bot.channels,
                        in_use=in_use,
                        jobs=jobs,
                        metrics=bot.metrics,
                        standings=bot.standings,
                    )
            finally:
                bot.not_ready = "stopping"
                watching.cancel()
                fetching.stop()
                following.cancel()
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
            await database.write(channel_states.release_all, node=node)


@asynccontextmanager
async def _people_at_our_desk(database: Database, channels: Mapping[str, Channel]) -> AsyncIterator[None]:
    """Nothing is begun where a channel would leave its buyers to nobody."""
    await require_desk(database=database, channels=channels)
    yield


@asynccontextmanager
async def _telling(bot: Parts, session: ClientSession, at_work: AtWork) -> AsyncIterator[None]:
    """Tell people of the shop, each peer by itself, until the block ends; what is on the wire may still come back."""
    senders = {name: bot.alert_sender(name, session) for name in bot.alert_peers}
    owners = [at_work(f"alerts {name}", sender.deliver_next) for name, sender in senders.items()]
    try:
        yield
    finally:
        await asyncio.gather(*(each.finish(at_most_seconds=FINISH_SENDS_SECONDS) for each in senders.values()))
        for owner in owners:
            owner.cancel()


@asynccontextmanager
async def _sessions() -> AsyncIterator[Mapping[str, ClientSession]]:
    """Connections of its own for each channel: one that hangs keeps none from another, even at the same host.

    They outlive a channel that is removed, so that what is on the wire can come back.
    """
    sessions: defaultdict[str, ClientSession] = defaultdict(open_session)
    try:
        yield sessions
    finally:
        for each in sessions.values():
            await each.close()


@contextmanager
def _while_storage_answers() -> Iterator[None]:
    try:
        yield
    except StorageDown:
        log.warning("storage is down while stopping: what was under way is looked at after the next start")
