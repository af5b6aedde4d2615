"""Block a buyer on a channel, or let them in again: a blocked buyer hears nothing from the bot, not even an invite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.people import blocking

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.storage.engine.database import Database


async def block_buyer(*, database: Database, channel: str, buyer: str, lift: bool, clock: Clock) -> int:
    """In how many conversations the buyer is blocked from now on, or was until now (`lift`); 0 for an unknown buyer.

    `buyer` is the platform's id. What they write is still kept, and people may answer it. Conversations that they begin
    later are blocked as well. Raises `StorageDown`.
    """
    if lift:
        return await database.write(blocking.unblock, channel=channel, buyer=buyer)
    return await database.write(blocking.block, channel=channel, buyer=buyer, at=clock.now())
