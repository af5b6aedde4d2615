"""The channels as a server would have them open, for commands: those of the file, and those of the console."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bot.actions.channels.keep_channels import ChannelKeeper
from bot.cli.shared.options import run
from bot.clock import SystemClock
from bot.domain.channels.in_use import ChannelsInUse
from bot.errors import StorageDown
from bot.seal import Seal
from bot.storage.engine.database import open_database
from bot.storage.engine.presence import is_there
from bot.storage.engine.schema import is_newest
from bot.wiring.channels import open_channels, open_made, open_sites

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.config import Config
    from bot.domain.channels.channel import Channel


def all_channels(config: Config) -> Mapping[str, Channel]:
    """Every channel by name. Raises `BadConfig`; those of the console are left out while there is no database."""
    return run(read_all_channels(config))


async def read_all_channels(config: Config) -> Mapping[str, Channel]:
    """The same for whoever is at work on a loop already."""
    return await _and_those_of_the_console(config, open_channels(config))


def all_sites(config: Config, *, and_channel: str) -> Mapping[str, Channel]:
    """Of the file no more than its sites and that channel, so that nothing else wrong in it is in the way."""
    return run(_and_those_of_the_console(config, open_sites(config, and_channel=and_channel)))


async def _and_those_of_the_console(config: Config, of_file: Mapping[str, Channel]) -> Mapping[str, Channel]:
    in_use = ChannelsInUse()
    in_use.replace(of_file)
    if is_there(config.database.url):
        try:
            await _add_those_of_the_console(config, in_use, of_file)
        except StorageDown:  # what is wrong with it is told where it is needed
            return of_file
    return in_use.now


async def _add_those_of_the_console(config: Config, in_use: ChannelsInUse, of_file: Mapping[str, Channel]) -> None:
    key = config.database.encryption_key
    async with open_database(config.database.url) as database:
        if await database.read(is_newest):
            keeper = ChannelKeeper(
                database=database,
                of_file=of_file,
                in_use=in_use,
                open_made=partial(open_made, public_url=config.server.public_url),
                seal=Seal.read(key) if key else None,
                clock=SystemClock(),
            )
            await keeper.refresh()
