"""A person always wins: one step that silences the bot in a conversation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from bot.storage.conversations import turn
from bot.storage.outbox import EVEN_AFTER_TAKEOVER
from bot.storage.tables import conversation, is_unfinished, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection


def take_over(connection: Connection, conversation_ids: Sequence[int], *, at: datetime) -> None:
    """A person has spoken: the bot's queued replies are cancelled, and after this commit none starts.

    At most one reply can already be on the wire; it keeps its state until it is settled.
    """
    table = conversation.c
    turn(
        connection,
        "person spoke",
        table.id.in_(conversation_ids),
        epoch=table.epoch + 1,
        last_staff_at=at,
        unanswered_since=None,
    )
    connection.execute(
        update(outbox)
        .where(outbox.c.conversation_id.in_(conversation_ids), is_unfinished(), outbox.c.state == "queued")
        .where(outbox.c.kind.not_in(EVEN_AFTER_TAKEOVER))
        .values(state="cancelled", settled_at=at, last_error="a person took over")
    )
