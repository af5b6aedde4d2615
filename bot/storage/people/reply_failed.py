"""A platform takes a reply and says later that the buyer does not get it: a person hears of it then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from bot.domain.delivering.delivery import not_heard
from bot.storage.outbox import NEEDS_NO_PERSON
from bot.storage.people.hand_over import NeedsPerson, hand_over
from bot.storage.tables.messages import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from adapters.contract import ReplyFailed


def reply_failed(
    connection: Connection, conversation_id: int, failed: ReplyFailed, *, announces: bool, at: datetime
) -> None:
    """Mark the reply, whether its send is settled yet or not, and call a person unless nobody has to step in."""
    theirs = failed.platform_message_id
    row = connection.execute(
        select(outbox.c.id, outbox.c.key, outbox.c.kind)
        .where(outbox.c.conversation_id == conversation_id, outbox.c.first_sent_at.is_not(None))
        .where(or_(outbox.c.platform_message_id == theirs, outbox.c.key == theirs))
        .order_by(outbox.c.id)
    ).first()
    if row is None:
        return
    fault = failed.fault or ""
    reason = {"state": "failed", "settled_at": at, "last_error": failed.reason, "fault": fault}
    connection.execute(update(outbox).where(outbox.c.id == row.id).values(reason))
    if row.kind not in NEEDS_NO_PERSON:
        need = NeedsPerson(
            conversation_id=conversation_id,
            reason=not_heard("failed", error=failed.reason, fault=fault),
            key=f"{row.key}-unheard",
            announces=announces,
        )
        hand_over(connection, need, at=at)
