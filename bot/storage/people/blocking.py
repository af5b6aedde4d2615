"""Buyers whom staff have blocked: no bot's word reaches them any more, in any of their conversations on a channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, literal, select, update

from bot.storage.conversations import change, turn
from bot.storage.engine.prepared import Prepared
from bot.storage.outbox import EVEN_AFTER_TAKEOVER, sent_no_more
from bot.storage.tables.base import Moment
from bot.storage.tables.messages import conversation, is_unfinished, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.engine import Connection


def block(connection: Connection, *, channel: str, buyer: str, at: datetime) -> int:
    """Block the buyer in all of their conversations there, and return how many these are.

    The replies that the bot had queued are cancelled, the buyer leaves the queue for a person, and a decision that is
    being made just now is not written. A person who leads the conversation may go on.
    """
    table = conversation.c
    changed = turn(
        connection,
        "blocked",
        *_is(channel, buyer),
        blocked_at=func.coalesce(table.blocked_at, literal(at, Moment)),
        epoch=table.epoch + 1,
        unanswered_since=None,
    )
    theirs = select(table.id).where(*_is(channel, buyer)).scalar_subquery()
    connection.execute(
        update(outbox)
        .where(outbox.c.conversation_id.in_(theirs), is_unfinished(), outbox.c.state == "queued")
        .where(outbox.c.kind.not_in(EVEN_AFTER_TAKEOVER))
        .values(settled_at=at, **sent_no_more("the buyer was blocked"))
    )
    return changed


def introduce(
    connection: Connection, conversation_id: int, *, channel: str, buyer: str, name: str, at: datetime
) -> None:
    """Note whose conversation it is, which was not known until now. A buyer blocked elsewhere is blocked here too."""
    change(connection, conversation.c.id == conversation_id, buyer=buyer, buyer_name=name)
    if blocked_since(connection, channel=channel, buyers=[buyer]):
        block(connection, channel=channel, buyer=buyer, at=at)


def unblock(connection: Connection, *, channel: str, buyer: str) -> int:
    """Let the bot answer the buyer again; returns in how many conversations they were blocked."""
    return change(connection, *_is(channel, buyer), conversation.c.blocked_at.is_not(None), blocked_at=None)


def blocked_since(connection: Connection, *, channel: str, buyers: Sequence[str]) -> dict[str, datetime]:
    """Those of these buyers who are blocked on that channel, and since when."""
    rows = _BLOCKED_SINCE.rows(connection, {"in_channel": channel, "buyers": list(buyers)})
    return {row.buyer: row.since for row in rows}


def _is(channel: str, buyer: str) -> tuple[ColumnElement[bool], ...]:
    return conversation.c.channel == channel, conversation.c.buyer == buyer


_BLOCKED_SINCE = Prepared(
    select(conversation.c.buyer, func.min(conversation.c.blocked_at).label("since"))
    .where(conversation.c.channel == bindparam("in_channel"), conversation.c.blocked_at.is_not(None))
    .where(conversation.c.buyer.in_(bindparam("buyers", expanding=True)))
    .group_by(conversation.c.buyer)
)
