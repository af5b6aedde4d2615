"""Keep what a person has typed and not sent: it is there after a restart, in another tab, on another day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.clean import clean_text
from bot.domain.desk.conversations import LONGEST_DRAFT
from bot.storage.accounts.people import channel_of
from bot.storage.answering import beside

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.storage.engine.database import Connection, Database


async def save_draft(*, database: Database, clock: Clock, who: Staff, conversation_id: int, text: str) -> bool:
    """Keep it, the last one wins; empty forgets it. Returns whether this person may write there at all."""
    return await database.write(_save, who, conversation_id, clean_text(text)[:LONGEST_DRAFT], clock.now())


def _save(connection: Connection, who: Staff, conversation_id: int, text: str, at: datetime) -> bool:
    channel = channel_of(connection, conversation_id)
    if channel is None or not who.may_in("answer", channel):
        return False
    beside.save_draft(connection, conversation_id, who.id, text, at=at)
    return True
