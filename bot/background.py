"""Background work has a name and an owner: a step that is repeated for as long as the program runs."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from bot.errors import StorageDown

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

AFTER_AN_OUTAGE_SECONDS = 0.5


async def repeat(name: str, step: Callable[[], Awaitable[None]]) -> None:
    """Run one step after the other until cancelled. While the database is away it waits, and says so once.

    Any other exception ends the work, and with it the program: its owner is a task group that hears of it.
    """
    away = False
    while True:
        try:
            await step()
        except StorageDown as problem:
            if not away:
                log.error("storage is down", extra={"work": name, "problem": str(problem)})  # noqa: TRY400 - the trace says no more
            away = True
            await asyncio.sleep(AFTER_AN_OUTAGE_SECONDS)
        else:
            if away:
                log.warning("storage is back", extra={"work": name})
            away = False
