"""The clock's jobs. APScheduler only ticks: what is due stands in the database, so a restart forgets nothing."""

from __future__ import annotations

import logging
from contextlib import asynccontextmanager
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
    for job in jobs:
        scheduler.add_job(
            _run,
            "interval",
            args=(job,),
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
        scheduler.shutdown(wait=False)


async def _run(job: Job) -> None:
    try:
        await job.work()
    except StorageDown as problem:
        log.warning("job waits for storage", extra={"job": job.name, "problem": str(problem)})
    except Exception:  # the job runner: the next tick tries again, and the trace is kept
        log.exception("job failed", extra={"job": job.name})
