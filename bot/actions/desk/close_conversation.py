"""Close a conversation that is over, and put it down for its invite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.conversations import NotPossible
from bot.storage import inbox
from bot.storage.desk.clicks import Did
from bot.storage.people.ending import close_episode

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def close_conversation(
    *, clicks: Clicks, who: Staff, click: Click, confirmed: bool, invite_delay: timedelta | None
) -> Answered:
    """Close it. While the buyer is owed an answer, only when `confirmed`; then nobody invites them either."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        if found.mode == "closed":
            return NotPossible(reason="closed_already")
        owed = found.unanswered_since is not None or inbox.has_new(connection, found.id)
        if owed and not confirmed:
            return NotPossible(reason="unanswered")
        close_episode(connection, found, invite_delay=invite_delay, now=at)
        return Did(said={"owed": "yes" if owed else ""})

    return await clicks.carry_out(who, click, "close", work)
