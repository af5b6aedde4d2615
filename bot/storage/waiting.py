"""Conversations whose time has come: a buyer who waits too long, a person gone quiet, a chat that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select, update

from bot.storage.conversations import read_one
from bot.storage.tables import conversation, is_unfinished, outbox

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from bot.domain.conversation import Conversation

AT_ONCE = 200


def late(connection: Connection, *, now: datetime) -> list[Conversation]:
    """Buyers who wait for a person and whose holding line is due. Locked, and marked so that it comes once."""
    found = _lock(connection, conversation.c.mode == "waiting", conversation.c.holding_due_at <= now)
    _mark(connection, found, holding_due_at=None)
    return found


def forgotten(connection: Connection, *, before: datetime) -> list[Conversation]:
    """Conversations that a person leads and in which nobody has said anything since `before`."""
    table = conversation.c
    silent = (or_(said.is_(None), said < before) for said in (table.last_staff_at, table.last_buyer_at))
    return _lock(connection, table.mode == "human", *silent)


def quiet(connection: Connection, *, before: datetime) -> list[Conversation]:
    """Conversations that the bot leads, in which nobody has said anything since `before` nor is going to."""
    table = conversation.c
    replied = or_(table.last_reply_at.is_(None), table.last_reply_at < before)
    unfinished = (outbox.c.conversation_id == table.id, is_unfinished())
    said_all = ~select(outbox.c.id).where(*unfinished).exists()
    return _lock(connection, table.mode == "bot", table.last_buyer_at < before, replied, said_all)


def given_up(connection: Connection, *, before: datetime) -> list[Conversation]:
    """Buyers who waited for a person in vain, silent since `before`: they would only lengthen the queue."""
    return _lock(connection, conversation.c.mode == "waiting", conversation.c.last_buyer_at < before)


def hand_back(connection: Connection, found: Conversation, *, mode: str, at: datetime) -> None:
    """The bot has it again; `mode` is bot, or waiting while the buyer's last word has no answer."""
    waiting_since = at if mode == "waiting" else None
    _mark(connection, [found], mode=mode, waiting_since=waiting_since)


def close(connection: Connection, found: Conversation) -> None:
    """The episode is over."""
    _mark(connection, [found], mode="closed", waiting_since=None, reply_by=None, holding_due_at=None)


def _lock(connection: Connection, *wanted: ColumnElement[bool]) -> list[Conversation]:
    ids = connection.execute(
        select(conversation.c.id)
        .where(*wanted)
        .order_by(conversation.c.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True, key_share=True)
    ).scalars()
    return [found for each in ids.all() if (found := read_one(connection, each)) is not None]


def _mark(connection: Connection, found: list[Conversation], **values: object) -> None:
    ids = [each.id for each in found]
    connection.execute(update(conversation).where(conversation.c.id.in_(ids)).values(**values))
