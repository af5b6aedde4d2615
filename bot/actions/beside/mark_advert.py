"""Mark a conversation as an advertisement: nobody invites its sender to rate anything."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.storage.conversations import remember
from bot.storage.desk.clicks import Did

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def mark_advert(*, clicks: Clicks, who: Staff, click: Click, advert: bool) -> Answered:
    """It is one, or it is none after all."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did:
        del at
        remember(connection, found.id, dataclasses.replace(found.memory, advertised=advert))
        return Did(said={"advert": "yes" if advert else ""})

    return await clicks.carry_out(who, click, "mark_advert", work)
