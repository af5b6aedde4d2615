"""Write a note that colleagues read and the buyer never does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.clean import clean_text
from bot.domain.desk.conversations import LONGEST_TEXT, NotPossible
from bot.domain.desk.mentions import called_in
from bot.storage.answering import beside
from bot.storage.desk import colleagues
from bot.storage.desk.clicks import Did

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered, Click
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def write_note(*, clicks: Clicks, who: Staff, click: Click, text: str) -> Answered:
    """Keep the note. Colleagues whose names stand in it behind an @ are called, where they may see the conversation."""
    words = clean_text(text).strip()
    if words == "":
        return NotPossible(reason="nothing_to_send")
    if len(words) > LONGEST_TEXT:
        return NotPossible(reason="too_long")

    def work(connection: Connection, found: Conversation, at: datetime) -> Did:
        others = [each for each in called_in(words, colleagues.everybody(connection)) if each.id != who.id]
        able = [each for each in others if each.may_in("see", found.channel)]
        mentions = [each.id for each in able]
        number = beside.write_note(connection, found.id, words, who=who, mentions=mentions, at=at)
        return Did(bubbles=(f"n{number}",), not_called=tuple(each.name for each in others if each not in able))

    return await clicks.carry_out(who, click, "note", work)
