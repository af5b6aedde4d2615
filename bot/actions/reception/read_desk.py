"""Read how the desk stands: what was set for it, and who may answer buyers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.now import DeskNow
from bot.storage.guarding import answering, settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.channels.channel import Channel
    from bot.storage.engine.database import Connection, Database


async def read_desk(*, database: Database, channels: Mapping[str, Channel], known: DeskNow | None = None) -> DeskNow:
    """The desk as it is; `known` itself where nothing has changed since. Raises `StorageDown`."""
    return await database.read(_read, channels, known)


def _read(connection: Connection, channels: Mapping[str, Channel], known: DeskNow | None) -> DeskNow:
    theirs = tuple(each.channels for each in answering.who_may_answer(connection))
    if known is not None and known.answering == theirs and known.revision == settings.newest(connection):
        return known
    revision, found = settings.read(connection)
    return DeskNow(channels=channels, settings=found, revision=revision, answering=theirs)
