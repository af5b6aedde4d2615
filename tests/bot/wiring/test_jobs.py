from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta, tzinfo
from typing import Self

import apscheduler.schedulers.base
import pytest

from bot.errors import StorageDown
from bot.metrics import Metrics
from bot.wiring.jobs import Job, ticking

SOON_SECONDS = 0.01


class Work:
    """Work that ends so in turn, and after that well; `done` is set when it has been done so many times."""

    def __init__(self, *outcomes: Exception, times: int) -> None:
        self.done = asyncio.Event()
        self._outcomes = list(outcomes)
        self._left = times

    async def __call__(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.done.set()
        if self._outcomes:
            raise self._outcomes.pop(0)


async def test_jobs_are_done_again_and_again() -> None:
    first, second = Work(times=2), Work(times=2)
    jobs = [Job(name=name, every_seconds=SOON_SECONDS, work=work) for name, work in (("a", first), ("b", second))]
    async with ticking(jobs, metrics=Metrics()), asyncio.timeout(10):
        await first.done.wait()
        await second.done.wait()


async def test_a_job_that_fails_is_tried_at_the_next_tick_and_its_trace_is_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    work = Work(RuntimeError("a mistake of ours"), times=2)
    jobs = [Job(name="invites", every_seconds=SOON_SECONDS, work=work)]
    async with ticking(jobs, metrics=Metrics()), asyncio.timeout(10):
        await work.done.wait()
    (failed,) = [record for record in caplog.records if record.message == "job failed"]
    assert failed.exc_info is not None
    assert failed.__dict__["job"] == "invites"


async def test_a_job_waits_for_storage_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    work = Work(StorageDown("gone"), times=2)
    jobs = [Job(name="invites", every_seconds=SOON_SECONDS, work=work)]
    async with ticking(jobs, metrics=Metrics()), asyncio.timeout(10):
        await work.done.wait()
    (waits,) = [record for record in caplog.records if record.message == "job waits for storage"]
    assert waits.levelno == logging.WARNING
    assert waits.exc_info is None


class WallClock(datetime):
    """What APScheduler asks for the time: a wall clock that is set at every look, back or forward."""

    step_seconds = 0
    looks = 0

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        cls.looks += 1
        return cls.fromtimestamp(cls.step_seconds * cls.looks, tz)


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1), timedelta(days=1)])
async def test_jobs_go_on_whatever_the_clock_on_the_wall_is_set_to(
    step: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WallClock, "step_seconds", step.total_seconds())
    monkeypatch.setattr(WallClock, "looks", 0)
    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", WallClock)
    work = Work(times=5)
    async with ticking([Job(name="a", every_seconds=SOON_SECONDS, work=work)], metrics=Metrics()), asyncio.timeout(10):
        await work.done.wait()
    assert WallClock.looks > 0
