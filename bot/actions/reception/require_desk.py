"""Refuse to start with a channel whose buyers nobody of the shop could see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.now import DeskNow
from bot.errors import CannotStart
from bot.storage.engine.schema import upgrade
from bot.storage.guarding.answering import who_may_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.channels.channel import Channel
    from bot.storage.engine.database import Database


async def require_desk(*, database: Database, channels: Mapping[str, Channel]) -> None:
    """Raise `CannotStart` for each channel that `needs_desk` while nobody may answer its buyers at ours."""
    concerned = [name for name, channel in channels.items() if channel.adapter.capabilities.needs_desk]
    if not concerned:
        return
    await database.write(upgrade)
    answering = tuple(each.channels for each in await database.read(who_may_answer))
    desk = DeskNow(channels=channels, answering=answering)
    lonely = [name for name in concerned if not desk.has_desk(name)]
    if lonely:
        raise CannotStart(*(_sentence(name, channels[name].platform) for name in lonely))


def _sentence(name: str, platform: str) -> str:
    return (
        f"channel {name}: {platform} shows its chats to nobody but us once it is connected, and nobody may answer them "
        "at our desk; start without this channel, make an account at /console, and add the channel then"
    )
