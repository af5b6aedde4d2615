"""What commands do with the shop's database: open it, bring it up to date, do one thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from bot.cli.shared.options import run
from bot.storage.engine.database import open_database
from bot.storage.engine.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.storage.engine.database import Database

T = TypeVar("T")


def run_on(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do this on the database at that address, made where there is none."""
    return run(_opened(url, work))


async def _opened(url: str, work: Callable[[Database], Awaitable[T]]) -> T:
    async with open_database(url) as database:
        await database.write(upgrade)
        return await work(database)
