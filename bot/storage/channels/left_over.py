"""What is left of channels that are gone: replies that nobody will send any more are failed, where people see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, func, select, update

from bot.storage.outbox import PAGE
from bot.storage.tables.messages import conversation, is_queued, is_unfinished, is_waiting, outbox

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection

REMOVED = "the channel was removed before this was sent"
UNKNOWN = "no channel of this name is in the settings any more"
_ROW = outbox.c


def fail_removed(connection: Connection, channel: str, *, until: datetime, now: datetime) -> int:
    """Give up what is queued on a channel that was removed, and was written down by then: a page. How many."""
    return _fail(connection, and_(_ROW.channel == channel, _ROW.created_at <= until), REMOVED, now)


def fail_unknown(connection: Connection, known: Collection[str], *, before: datetime, now: datetime) -> int:
    """Give up what has been queued since `before` on channels that are none of the `known`: a page. How many.

    A node that was restarted already may know a channel that this one does not; in a day every node does.
    """
    return _fail(connection, and_(_ROW.channel.not_in(known), _ROW.created_at < before), UNKNOWN, now)


def under_way(connection: Connection, channel: str) -> tuple[int, int]:
    """How many replies are still to be sent there, and how many buyers wait for a person."""
    replies = connection.execute(select(func.count(_ROW.id)).where(is_unfinished(), _ROW.channel == channel))
    buyers = connection.execute(
        select(func.count(conversation.c.id)).where(is_waiting(), conversation.c.channel == channel)
    )
    return int(replies.scalar_one()), int(buyers.scalar_one())


def has_conversations(connection: Connection, channel: str) -> bool:
    """Whether anybody has ever written on a channel of this name, and is not forgotten."""
    return bool(connection.execute(select(exists().where(conversation.c.channel == channel))).scalar_one())


def _fail(connection: Connection, which: ColumnElement[bool], problem: str, now: datetime) -> int:
    found = connection.execute(
        select(_ROW.id)
        .join(conversation, conversation.c.id == _ROW.conversation_id)
        .where(is_queued(), which)
        .order_by(_ROW.channel, _ROW.deadline)  # as the index of what is queued has them
        .limit(PAGE)
        .with_for_update(of=conversation, skip_locked=True, key_share=True)
    )
    ids = list(found.scalars())
    failed = {"state": "failed", "settled_at": now, "last_error": problem, "fault": "channel_gone"}
    if ids:
        connection.execute(update(outbox).where(_ROW.id.in_(ids), is_queued()).values(failed))
    return len(ids)
