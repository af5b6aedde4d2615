"""A person always wins: one step that silences the bot in a conversation."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from bot.storage.conversations import turn
from bot.storage.outbox import EVEN_AFTER_TAKEOVER, sent_no_more
from bot.storage.tables.messages import conversation, is_unfinished, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation


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
    _silence(connection, conversation_ids, at=at)


def step_in(connection: Connection, found: Conversation, *, at: datetime) -> Conversation:
    """A person leads from now on and has said nothing yet: what the bot does not say any more is still owed.

    Whoever keeps the lines looks at it next. Returns the conversation with what is owed.
    """
    row, table = outbox.c, conversation.c
    silenced = connection.execute(select(func.min(row.asked_at)).where(*_silent([found.id]))).scalar()
    owed = min((since for since in (found.unanswered_since, silenced) if since is not None), default=None)
    values = {"epoch": table.epoch + 1, "last_staff_at": at, "unanswered_since": owed, "rung_due_at": at}
    turn(connection, "person spoke", table.id == found.id, **values)
    _silence(connection, [found.id], at=at)
    return dataclasses.replace(found, unanswered_since=owed)


def _silence(connection: Connection, conversation_ids: Sequence[int], *, at: datetime) -> None:
    connection.execute(
        update(outbox).where(*_silent(conversation_ids)).values(settled_at=at, **sent_no_more("a person took over"))
    )


def _silent(conversation_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """The bot's rows that are still to be sent."""
    row = outbox.c
    to_send = (row.conversation_id.in_(conversation_ids), is_unfinished(), row.state == "queued")
    return *to_send, row.kind.not_in(EVEN_AFTER_TAKEOVER)
