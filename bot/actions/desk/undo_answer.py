"""Take back an answer that has not left yet: the buyer never sees it, and is owed one as before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.conversations import Click, NotPossible
from bot.storage.answering import beside
from bot.storage.desk import replies
from bot.storage.desk.clicks import Did, key_of
from bot.storage.people import receptions

if TYPE_CHECKING:
    from datetime import datetime

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Answered
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection


async def undo_answer(*, clicks: Clicks, who: Staff, click: Click, answer_key: str) -> Answered:
    """Take back what this person's click with `answer_key` queued; its words are their draft again.

    All of it or nothing: once any of it is on its way, it stands.
    """
    key = key_of(who, Click(conversation_id=click.conversation_id, seen_version=0, key=answer_key))

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        words = replies.take_back(connection, cause=key, at=at)
        if words is None:
            return NotPossible(reason="already_left")
        replies.owe_again(connection, found, key, at=at)
        receptions.took_back(connection, found)
        if not beside.draft_of(connection, found.id, who.id):
            beside.save_draft(connection, found.id, who.id, "\n".join(words), at=at)
        return Did()

    return await clicks.carry_out(who, click, "undo", work)
