"""Background work has a name and an owner: a step that is repeated for as long as the program runs."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

from bot.errors import StorageDown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.metrics import Metrics

log = logging.getLogger(__name__)

AFTER_AN_OUTAGE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0
LOOK_AT_THE_LOOP_SECONDS = 0.5


class AtWork(Protocol):
    """Starts to repeat a step under a name; whoever asks cancels the task."""

    def __call__(self, name: str, step: Callable[[], Awaitable[None]]) -> asyncio.Task[None]: ...


async def repeat(name: str, step: Callable[[], Awaitable[None]], *, metrics: Metrics) -> None:
    """Run one step after the other until cancelled. While the database is away it waits, and says so once.

    A step that fails otherwise never ends the program: it is logged with its trace, counted, and tried again after a
    pause that grows.
    """
    away, failures = False, 0
    while True:
        try:
            await step()
        except StorageDown as problem:
            if not away:
                log.error("storage is down", extra={"work": name, "problem": str(problem)})  # noqa: TRY400 - the trace says no more
            away = True
            await asyncio.sleep(AFTER_AN_OUTAGE_SECONDS)
        except Exception:  # the owner of all background work: one sick part leaves the others at work
            failures += 1
            log.exception("background work failed", extra={"work": name, "failures": failures})
            metrics.failures.labels(part=name).inc()
            await asyncio.sleep(pause_seconds(failures))
        else:
            if away:
                log.warning("storage is back", extra={"work": name})
            away, failures = False, 0


def pause_seconds(failures: int) -> float:
    """How long to rest after this many failures in a row: half a second, doubled, up to half a minute."""
    return float(min(LONGEST_PAUSE_SECONDS, AFTER_AN_OUTAGE_SECONDS * 2 ** min(failures - 1, 10)))


async def watch_loop(metrics: Metrics) -> None:
    """Measure once how much later than asked the event loop comes round."""
    loop = asyncio.get_running_loop()
    due = loop.time() + LOOK_AT_THE_LOOP_SECONDS
    await asyncio.sleep(LOOK_AT_THE_LOOP_SECONDS)
    metrics.loop_lag_seconds.set(max(0.0, loop.time() - due))
