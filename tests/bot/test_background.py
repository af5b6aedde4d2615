from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from bot import background
from bot.background import repeat
from bot.errors import StorageDown

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(background, "AFTER_AN_OUTAGE_SECONDS", 0)


def _steps(*outcomes: Exception | None) -> tuple[list[None], Callable[[], object]]:
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
        work = tasks.create_task(repeat("count", step))
        await enough.wait()
        work.cancel()
    assert done == 3


async def test_an_outage_is_waited_out_and_told_once_in_either_direction(caplog: pytest.LogCaptureFixture) -> None:
    class Enough(Exception):
        pass

    made, step = _steps(StorageDown("gone"), StorageDown("gone"), None, StorageDown("gone"), None, Enough())
    with caplog.at_level(logging.WARNING), pytest.raises(Enough):
        await repeat("decide", step)  # type: ignore[arg-type]  # only its verbs are used
    assert len(made) == 6
    assert [record.message for record in caplog.records] == [
        "storage is down",
        "storage is back",
        "storage is down",
        "storage is back",
    ]


async def test_any_other_trouble_ends_the_work_and_is_heard_of() -> None:
    made, step = _steps(None, RuntimeError("a mistake of ours"), None)
    with pytest.raises(RuntimeError, match="a mistake of ours"):
        await repeat("decide", step)  # type: ignore[arg-type]  # only its verbs are used
    assert len(made) == 2
