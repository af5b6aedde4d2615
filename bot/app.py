"""Runs everything, and takes it down in stages. What it is made of is put together in `parts.py`."""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import sys
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from adapters.http import open_session
from bot.actions.deliver_replies import Deliverer
from bot.background import repeat, watch_loop
from bot.channels import open_channels
from bot.errors import StorageDown
from bot.front import front_door
from bot.jobs import Job, ticking
from bot.parts import Parts
from bot.storage import conversations, fits
from bot.storage.engine.database import open_database
from bot.timetable import timetable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping

    from aiohttp import ClientSession

    from bot.actions.keep_knowledge import KnowledgeInUse
    from bot.clock import Clock
    from bot.config import Config
    from bot.live import Live
    from bot.metrics import Metrics
    from bot.standing import Standing
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
        bot = Parts(config=config, clock=clock, node=node, channels=channels, database=database, try_token=try_token)
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
        async with database.listening(bot.heard), front_door(bot, at_work) as port:
            in_use = await bot.stock_shelf()
            bot.connect_model(session)
            bot.not_ready = ""
            deciding = at_work("decide", partial(bot.decide_next, in_use, deliverer))
            delivering = at_work("deliver", deliverer.deliver_next)
            watching = at_work("watch the loop", partial(watch_loop, bot.metrics))
            jobs = {job.name: job for job in timetable(bot, in_use)}
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
