"""How the desk stands, for commands that only look: from the settings, and the database where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.actions.reception.read_desk import read_desk
from bot.cli.shared.options import run
from bot.domain.desk.now import DeskNow
from bot.errors import StorageDown
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import is_there
from bot.storage.engine.schema import is_newest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import Config
    from bot.domain.channels.channel import Channel


def desk_of(config: Config, channels: Mapping[str, Channel]) -> DeskNow:
    """The desk as a server would find it; nothing is set and nobody is there before one has run."""
    try:
        return run(_read(config.database.url, channels))
    except StorageDown:  # what is wrong with it is told where it is needed
        return DeskNow(channels=channels)


async def _read(url: str, channels: Mapping[str, Channel]) -> DeskNow:
    if not is_there(url):
        return DeskNow(channels=channels)
    async with open_database(url) as database:
        if not await database.read(is_newest):
            return DeskNow(channels=channels)
        return await read_desk(database=database, channels=channels)
