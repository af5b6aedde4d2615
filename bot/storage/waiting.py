"""Conversations whose time has come: a buyer who waits too long, a person gone quiet, a chat that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from bot.storage.conversations import change, read_one, turn
from bot.storage.tables import conversation, inbox, is_new, is_unfinished, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from bot.domain.conversation import Conversation

AT_ONCE = 200


def late(connection: Connection, *, now: datetime) -> list[Conversation]:
    """Buyers who wait for a person and whose holding line is due. Locked, and marked so that it comes once."""
    found = _lock(connection, conversation.c.mode == "waiting", conversation.c.holding_due_at <= now)
    change(connection, conversation.c.id.in_([each.id for each in found]), holding_due_at=None)
    return found


def forgotten(connection: Connection, *, before: datetime) -> list[Conversation]:
    """Conversations that a person leads and in which nobody has said anything since `before`."""
    table = conversation.c
    silent = (or_(said.is_(None), said < before) for said in (table.last_staff_at, table.last_buyer_at))
    return _lock(connection, table.mode == "human", _all_read(), *silent)


def quiet(connection: Connection, *, before: datetime) -> list[Conversation]:
    """Conversations that the bot leads, in which nobody has said anything since `before` nor is going to."""
    table = conversation.c
    replied = or_(table.last_reply_at.is_(None), table.last_reply_at < before)
    unfinished = (outbox.c.conversation_id == table.id, is_unfinished())
    said_all = ~select(outbox.c.id).where(*unfinished).exists()
    return _lock(connection, table.mode == "bot", table.last_buyer_at < before, replied, said_all, _all_read())


def given_up(connection: Connection, *, before: datetime, channels: Sequence[str] | None = None) -> list[Conversation]:
    """Buyers who waited for a person in vain, silent since `before`: they would only lengthen the queue.

    `channels` None: on any channel.
    """
    there = () if channels is None else (conversation.c.channel.in_(channels),)
    table = conversation.c
    return _lock(connection, table.mode == "waiting", table.last_buyer_at < before, _all_read(), *there)


def hand_back(connection: Connection, found: Conversation) -> None:
    """The person has left it; the bot has it again."""
    turn(connection, "person left", conversation.c.id == found.id)


def close(connection: Connection, found: Conversation) -> None:
    """The episode is over."""
    turn(connection, "ended", conversation.c.id == found.id)


def _all_read() -> ColumnElement[bool]:
    return ~select(inbox.c.id).where(inbox.c.conversation_id == conversation.c.id, is_new()).exists()


def _lock(connection: Connection, *wanted: ColumnElement[bool]) -> list[Conversation]:
    ids = connection.execute(
        select(conversation.c.id)
        .where(*wanted)
        .order_by(conversation.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    ).scalars()
    return [found for each in ids.all() if (found := read_one(connection, each)) is not None]
