"""Conversations whose time has come: a buyer who waits too long, a person gone quiet, a chat that is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, or_, select

from bot.storage.conversations import read_several, turn
from bot.storage.engine.prepared import Prepared
from bot.storage.tables.base import Moment
from bot.storage.tables.messages import conversation, inbox, is_new, is_unfinished, is_waiting, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation

AT_ONCE = 25
"""How many conversations a job moves in one transaction: everything else waits for that."""


def watched(connection: Connection, *, now: datetime) -> list[Conversation]:
    """Conversations that whoever keeps the lines has to look at by now: a page, locked, the longest due first."""
    ids = [row.id for row in _WATCHED.rows(connection, {"now": now})]
    return read_several(connection, sorted(ids), with_places=False)


def forgotten(connection: Connection, *, before: datetime) -> list[Conversation]:
    """Conversations that a person leads and in which nobody has said anything since `before`: a page of them."""
    table = conversation.c
    silent = (or_(said.is_(None), said < before) for said in (table.last_staff_at, table.last_buyer_at))
    return _lock(connection, table.mode == "human", _all_read(), *silent)


def quiet(connection: Connection, *, before: datetime) -> list[Conversation]:
    """Conversations that the bot leads, in which nobody has said anything since `before` nor is going to: a page.

    One in which the buyer never spoke (a platform or a person has opened it) counts from its beginning.
    """
    table = conversation.c
    replied = or_(table.last_reply_at.is_(None), table.last_reply_at < before)
    unfinished = (outbox.c.conversation_id == table.id, is_unfinished())
    said_all = ~select(outbox.c.id).where(*unfinished).exists()
    over = (table.mode == "bot", replied, said_all, _all_read())
    return _lock(connection, table.last_buyer_at < before, *over) or _lock(
        connection, table.last_buyer_at.is_(None), table.created_at < before, *over
    )


def given_up(connection: Connection, *, before: datetime, channels: Sequence[str] | None = None) -> list[Conversation]:
    """Buyers who waited for a person in vain, silent since `before`: a page. They would only lengthen the queue.

    `channels` None: on any channel.
    """
    there = () if channels is None else (conversation.c.channel.in_(channels),)
    return _lock(connection, is_waiting(), conversation.c.last_buyer_at < before, _all_read(), *there)


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
        select(conversation.c.id).where(*wanted).limit(AT_ONCE).with_for_update(skip_locked=True, key_share=True)
    ).scalars()
    return read_several(connection, sorted(ids.all()), with_places=False)


_WATCHED = Prepared(
    select(conversation.c.id)
    .where(conversation.c.rung_due_at <= bindparam("now", type_=Moment))
    .order_by(conversation.c.rung_due_at)
    .limit(AT_ONCE)
    .with_for_update(skip_locked=True, key_share=True)
)
