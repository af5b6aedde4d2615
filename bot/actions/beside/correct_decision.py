"""Say which entry a decision should have been about; the manual's editor finds it there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.conversations import NotPossible
from bot.storage.desk.clicks import Did
from bot.storage.knowledge import for_the_manual

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection
    from knowledge.manual.entry import Manual


async def correct_decision(
    *, clicks: Clicks, who: Staff, click: Click, manual: Manual, decision_id: int, entry: str
) -> Answered:
    """Keep it; the decision must be of this conversation and the entry of the manual."""
    if entry not in {each.id for each in manual.entries}:
        return NotPossible(reason="no_such_entry")

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        if not for_the_manual.is_of(connection, decision_id, found.id):
            return NotPossible(reason="no_such_decision")
        for_the_manual.correct(connection, decision_id, entry=entry, who=who, at=at)
        return Did()

    return await clicks.carry_out(who, click, "correct", work)
