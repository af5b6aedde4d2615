"""The clock's jobs. APScheduler only ticks: what is due stands in the database, so a restart forgets nothing."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.errors import StorageDown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to look after again and again. Running it early, late or twice does no harm."""

    name: str
    every_seconds: float
    work: Callable[[], Awaitable[object]]


@asynccontextmanager
async def ticking(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Run the jobs at their pace until the block ends; a late job runs once, not once for each missed tick."""
    scheduler = AsyncIOScheduler(timezone=UTC)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # a tick that finds its job still at work is no news
    running: set[asyncio.Task[None]] = set()
    for job in jobs:
        scheduler.add_job(
            _run,
            "interval",
            args=(job, running),
            seconds=job.every_seconds,
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


async def _run(job: Job, running: set[asyncio.Task[None]]) -> None:
    work = asyncio.create_task(_work(job), name=job.name)  # noqa: TID251 - owned by `ticking`, which ends it
    running.add(work)
    try:
        with suppress(asyncio.CancelledError):  # ended by `ticking`, perhaps before it had begun
            await work
    finally:
        running.discard(work)


async def _work(job: Job) -> None:
    try:
        await job.work()
    except StorageDown as problem:
        log.warning("job waits for storage", extra={"job": job.name, "problem": str(problem)})
    except asyncio.CancelledError:
        log.debug("job stopped with the program", extra={"job": job.name})
    except Exception:  # the job runner: the next tick tries again, and the trace is kept
        log.exception("job failed", extra={"job": job.name})
