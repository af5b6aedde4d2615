"""Block the buyer of a conversation, or let them in again: on their channel, in all their conversations there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.storage.desk.clicks import Did
from bot.storage.people.blocking import block as block_buyer
from bot.storage.people.blocking import unblock as unblock_buyer

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def block(*, clicks: Clicks, who: Staff, click: Click, lift: bool = False) -> Answered:
    """No bot's word, invite or reminder reaches the buyer any more, until somebody lifts it."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did:
        if lift:
            unblock_buyer(connection, channel=found.channel, buyer=found.buyer)
        else:
            block_buyer(connection, channel=found.channel, buyer=found.buyer, at=at)
        return Did()

    return await clicks.carry_out(who, click, "unblock" if lift else "block", work)
