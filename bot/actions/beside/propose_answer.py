"""Propose a question and its answer for the manual: nothing of it is in use before an editor takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.clean import clean_text
from bot.domain.desk.conversations import LONGEST_TEXT, NotPossible
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


async def propose_answer(
    *, clicks: Clicks, who: Staff, click: Click, manual: Manual, question: str, answer: str, entry: str | None = None
) -> Answered:
    """Keep the pair: another question for this entry of the manual, or a new one."""
    asked, told = clean_text(question).strip(), clean_text(answer).strip()
    if not (asked and told):
        return NotPossible(reason="nothing_to_send")
    if max(len(asked), len(told)) > LONGEST_TEXT:
        return NotPossible(reason="too_long")
    if entry is not None and entry not in {each.id for each in manual.entries}:
        return NotPossible(reason="no_such_entry")

    def work(connection: Connection, found: Conversation, at: datetime) -> Did:
        for_the_manual.propose(connection, found.id, question=asked, answer=told, entry=entry, who=who, at=at)
        return Did()

    return await clicks.carry_out(who, click, "propose", work)
