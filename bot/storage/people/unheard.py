"""Replies that did not arrive, or of which nobody knows: shown to people until they send them again or give them up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, literal, select

from bot.storage.engine.dialects import insert_new
from bot.storage.outbox import NOTICES
from bot.storage.tables.desk import staff_reply
from bot.storage.tables.messages import conversation, is_unheard, outbox
from bot.storage.tables.staff import given_up

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """One reply; `state` is failed, expired or unknown, and `fault` says why, by a code, as `problem` does in words.

    `may_be_sent` is False for a notice to the shop's own desk.
    """

    number: int
    conversation_id: int
    version: int
    channel: str
    buyer: str
    buyer_name: str
    state: str
    at: datetime
    problem: str
    fault: str
    words: str
    may_be_sent: bool


def read_all(connection: Connection, *, channels: Collection[str] | None, most: int) -> Sequence[Unheard]:
    """The newest of these channels (None: of all) that nobody has looked after yet."""
    return [_unheard(row) for row in connection.execute(_waiting(channels).order_by(outbox.c.id.desc()).limit(most))]


def find(connection: Connection, number: int, *, channels: Collection[str] | None) -> Unheard | None:
    """One of them."""
    row = connection.execute(_waiting(channels).where(outbox.c.id == number)).one_or_none()
    return None if row is None else _unheard(row)


def give_up(connection: Connection, number: int, *, staff_id: int, at: datetime) -> None:
    """Nobody need look at it any more."""
    values = {"outbox_id": number, "staff_id": staff_id, "at": at}
    connection.execute(insert_new(connection.dialect.name, given_up), [values])


def _waiting(channels: Collection[str] | None) -> Select[*tuple[Any, ...]]:
    row, talk = outbox.c, conversation.c
    again = literal("again:") + cast(row.conversation_id, Text) + ":" + cast(row.id, Text)
    sent_again = select(staff_reply.c.outbox_id).where(staff_reply.c.cause == again).exists()
    done_with = select(given_up.c.outbox_id).where(given_up.c.outbox_id == row.id).exists()
    where = () if channels is None else (row.channel.in_(channels),)
    return (
        select(outbox, talk.fence, talk.buyer, talk.buyer_name)
        .join(conversation, talk.id == row.conversation_id)
        .where(is_unheard(), ~sent_again, ~done_with, *where)
    )


def _unheard(row: Row[*tuple[Any, ...]]) -> Unheard:
    return Unheard(
        number=row.id,
        conversation_id=row.conversation_id,
        version=row.fence,
        channel=row.channel,
        buyer=row.buyer,
        buyer_name=row.buyer_name,
        state=row.state,
        at=row.settled_at or row.created_at,
        problem=row.last_error,
        fault=row.fault,
        words=row.text,
        may_be_sent=row.kind not in NOTICES,
    )
