"""Put a conversation off until later: it leaves the queue until then, or until the buyer writes again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.conversations import NotPossible
from bot.storage.conversations import touch
from bot.storage.desk.clicks import Did
from bot.storage.people import receptions

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def snooze(*, clicks: Clicks, who: Staff, click: Click, until: datetime | None) -> Answered:
    """Put it off until this moment; None brings it back at once."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        if until is not None and until <= at:
            return NotPossible(reason="in_the_past")
        if found.mode == "closed":
            return NotPossible(reason="closed_already")
        receptions.put(connection, found.id, {"snoozed_at": at, "snoozed_until": until})
        touch(connection, found.id)
        return Did(said={"until": until.isoformat() if until else ""})

    return await clicks.carry_out(who, click, "snooze", work)
