"""Hand a conversation back: to the bot, or to the queue where the buyer is owed an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.conversations import NotPossible
from bot.storage.desk.clicks import Did
from bot.storage.people.ending import give_back
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.domain.desk.now import DeskNow
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def hand_back(*, clicks: Clicks, who: Staff, click: Click, desk: DeskNow) -> Answered:
    """The bot has it again; a turn that is owed stays that of whoever leaves it, and any person may take it."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        if found.mode != "human":
            return NotPossible(reason="not_open")
        owed = "yes" if found.unanswered_since is not None else ""
        reason = because("person_handed_back")
        give_back(connection, found, desk, at=at, how="handed_back", reason=reason)
        return Did(said={"owed": owed})

    return await clicks.carry_out(who, click, "hand_back", work)
