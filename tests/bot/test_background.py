from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from bot import background
from bot.background import pause_seconds, repeat
from bot.errors import StorageDown
from bot.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AFTER_AN_OUTAGE_SECONDS", 0)


def _steps(*outcomes: BaseException | None) -> tuple[list[None], Callable[[], object]]:
    """A step that ends so in turn, and the list of the steps that were made."""
    made: list[None] = []
    left = list(outcomes)

    async def step() -> None:
        made.append(None)
        outcome = left.pop(0)
        if outcome is not None:
            raise outcome

    return made, step


async def test_a_step_is_repeated_until_it_is_cancelled() -> None:
    enough, done = asyncio.Event(), 0

    async def step() -> None:
        nonlocal done
        done += 1
        if done == 3:
            enough.set()
            await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        work = tasks.create_task(repeat("count", step, metrics=Metrics()))
        await enough.wait()
        work.cancel()
    assert done == 3


async def test_an_outage_is_waited_out_and_told_once_in_either_direction(caplog: pytest.LogCaptureFixture) -> None:
    class Enough(BaseException):
        pass

    made, step = _steps(StorageDown("gone"), StorageDown("gone"), None, StorageDown("gone"), None, Enough())
    with caplog.at_level(logging.WARNING), pytest.raises(Enough):
        await repeat("decide", step, metrics=Metrics())  # type: ignore[arg-type]  # only its verbs are used
    assert len(made) == 6
    assert [record.message for record in caplog.records] == [
        "storage is down",
        "storage is back",
        "storage is down",
        "storage is back",
    ]


async def test_any_other_trouble_is_logged_counted_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    class Enough(BaseException):
        pass

    metrics = Metrics()
    made, step = _steps(None, RuntimeError("a mistake of ours"), OverflowError("too far"), None, Enough())
    with pytest.raises(Enough):
        await repeat("decide", step, metrics=metrics)  # type: ignore[arg-type]  # only its verbs are used
    assert len(made) == 5
    assert [record.message for record in caplog.records] == ["background work failed"] * 2
    assert all(record.exc_info for record in caplog.records)
    assert metrics.registry.get_sample_value("xiaoer_failures_total", {"part": "decide"}) == 2


def test_what_fails_again_is_left_alone_for_longer_up_to_half_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AFTER_AN_OUTAGE_SECONDS", 0.5)
    assert [pause_seconds(failures) for failures in (1, 2, 3, 7, 1_000)] == [0.5, 1, 2, 30, 30]
