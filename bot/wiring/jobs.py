"""The clock's jobs. APScheduler only ticks: what is due stands in the database, so a restart forgets nothing."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

from bot.background import pause_seconds
from bot.errors import StorageDown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from bot.metrics import Metrics

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to look after again and again. Running it early, late or twice does no harm."""

    name: str
    every_seconds: float
    work: Callable[[], Awaitable[object]]


@asynccontextmanager
async def ticking(jobs: Sequence[Job], *, metrics: Metrics) -> AsyncIterator[None]:
    """Run the jobs at their pace until the block ends; a late job runs once, not once for each missed tick.

    One that fails is logged, counted, and left alone for a while that grows; the others never hear of it.
    """
    scheduler = AsyncIOScheduler(timezone=Steady())
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that finds its job still at work is no news
    running: set[asyncio.Task[None]] = set()
    for job in jobs:
        scheduler.add_job(
            _Ticked(job, running, metrics).tick,
            Every(seconds=job.every_seconds),
            id=job.name,
            max_instances=1,
            coalesce=True,
            misfire_grace_time=None,
        )
    scheduler.start()
    try:
        yield
    finally:
        scheduler.pause()
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        scheduler.shutdown(wait=False)


class Steady(tzinfo):
    """The time zone that APScheduler lives in: whatever the clock on the wall is set to, its "now" only ever grows.

    It asks for the time in its zone, and so this zone is the only place where it can be told.
    """

    def fromutc(self, _moment: datetime) -> datetime:
        return datetime.min.replace(tzinfo=self) + timedelta(seconds=time.monotonic())

    def utcoffset(self, _moment: datetime | None) -> timedelta:
        return timedelta()

    def dst(self, _moment: datetime | None) -> timedelta:
        return timedelta()

    def tzname(self, _moment: datetime | None) -> str:
        return "steady"


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """Fires `seconds` after it fired last; missed ticks are not made up for."""

    def __init__(self, *, seconds: float) -> None:
        self._pause = timedelta(seconds=seconds)

    def get_next_fire_time(self, _previous: datetime | None, now: datetime) -> datetime:
        return now + self._pause


class _Ticked:
    """One job under its ticks."""

    def __init__(self, job: Job, running: set[asyncio.Task[None]], metrics: Metrics) -> None:
        self._job = job
        self._running = running
        self._metrics = metrics
        self._failures = 0
        self._rests_until = float("-inf")

    async def tick(self) -> None:
        if asyncio.get_running_loop().time() < self._rests_until:
            return
        work = asyncio.create_task(self._work(), name=self._job.name)  # noqa: TID251 - owned by `ticking`, which ends it
        self._running.add(work)
        try:
            with suppress(asyncio.CancelledError):  # ended by `ticking`, perhaps before it had begun
                await work
        finally:
            self._running.discard(work)

    async def _work(self) -> None:
        try:
            await self._job.work()
        except StorageDown as problem:
            log.warning("job waits for storage", extra={"job": self._job.name, "problem": str(problem)})
        except asyncio.CancelledError:
            log.debug("job stopped with the program", extra={"job": self._job.name})
        except Exception:  # the job runner: a later tick tries again, and the trace is kept
            self._failures += 1
            log.exception("job failed", extra={"job": self._job.name, "failures": self._failures})
            self._metrics.failures.labels(part=self._job.name).inc()
            self._rests_until = asyncio.get_running_loop().time() + pause_seconds(self._failures)
        else:
            self._failures = 0
