"""A person begins to type: the word that the bot has written down for them, and not sent yet, is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from bot.domain.delivering.outgoing import reply_key
from bot.domain.guarding.cover import MOST_BUBBLES, cover_cause
from bot.storage.outbox import sent_no_more
from bot.storage.tables.messages import conversation, is_unfinished, outbox
from bot.storage.tables.routing import rung

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection


def withdraw_cover(connection: Connection, conversation_id: int, *, at: datetime) -> None:
    """Cancel what the bot was about to say for a late person in this wait; nothing where it was about to say nothing.

    Called once the conversation is locked: the bot's word is then written before this or not at all.
    """
    found = connection.execute(
        select(conversation.c.channel, conversation.c.unanswered_since)
        .join(rung, rung.c.conversation_id == conversation.c.id)
        .where(conversation.c.id == conversation_id, rung.c.asked_at == conversation.c.unanswered_since)
        .where(rung.c.action == "cover")
        .limit(1)
    ).first()
    if found is None:
        return
    cause = cover_cause(conversation_id, found.unanswered_since)
    keys = [reply_key(found.channel, cause, part) for part in range(1, MOST_BUBBLES + 1)]
    connection.execute(
        update(outbox)
        .where(outbox.c.conversation_id == conversation_id, outbox.c.key.in_(keys))
        .where(is_unfinished(), outbox.c.state == "queued")
        .values(settled_at=at, **sent_no_more("a person has begun to type"))
    )
