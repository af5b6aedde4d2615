"""What we mean to say: a row before it is a request, one at a time for each conversation, settled by what happened."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, update

from adapters.contract import HandedOver, Outbound, Reply, Returned
from bot.storage.conversations import LEASE_MS
from bot.storage.database import announce
from bot.storage.dialects import database_time_ms, insert_new
from bot.storage.packing import unpack_outgoing
from bot.storage.tables import conversation, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.engine import Connection

    from bot.domain.conversation import Conversation

NOTICE_KINDS: Mapping[type[object], str] = {HandedOver: "handed_over", Returned: "returned"}
NOTICES = tuple(NOTICE_KINDS.values())
"""Rows for the shop's own desk rather than for the buyer."""
State = Literal["queued", "sent", "unknown", "expired", "failed"]
EVEN_AFTER_TAKEOVER = (*NOTICES, "staff")
"""What a person's word does not cancel: notices to his own desk, and his own replies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSend:
    """One row that is ours to send now; it is marked `sending` already."""

    id: int
    conversation_id: int
    channel: str
    kind: str
    tries: int
    asked_at: datetime | None
    """When the message that this answers arrived here."""
    outbound: Outbound


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What became of one send. `not_before` is when a row that goes back to the queue may be tried again."""

    id: int
    state: State
    settled_at: datetime
    not_before: datetime
    platform_message_id: str | None = None
    error: str = ""


def reply_key(channel: str, cause: str, part: int | str) -> str:
    """The stable id of one part of what follows from one cause: the same whenever and wherever it is worked out."""
    digest = hashlib.blake2b(f"{channel}\n{cause}\n{part}".encode(), digest_size=15).hexdigest()
    return f"r-{digest}"


def new_row(
    conversation: Conversation,
    content: Reply | HandedOver | Returned,
    *,
    key: str,
    at: datetime,
    deadline: datetime | None = None,
    asked_at: datetime | None = None,
    episode: int | None = None,
) -> dict[str, Any]:
    """A row for `insert`, queued for at once. `deadline` is when the reply window closes; notices have none."""
    return {
        "conversation_id": conversation.id,
        "channel": conversation.channel,
        "key": key,
        "epoch": conversation.epoch,
        "episode": conversation.episode if episode is None else episode,
        "kind": content.kind if isinstance(content, Reply) else NOTICE_KINDS[type(content)],
        "body": orjson.dumps(content),
        "text": content.text if isinstance(content, Reply) else "",
        "created_at": at,
        "not_before": at,
        "deadline": deadline,
        "asked_at": asked_at,
    }


def insert(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Queue these rows (all with the same columns). A key that is there already is left as it is: once means once."""
    if rows:
        connection.execute(insert_new(connection, outbox), list(rows))


def take(connection: Connection, *, node: str, now: datetime, slots: Mapping[str, int]) -> list[ToSend]:
    """Mark what may be sent now as `sending` and return it: the first unfinished row of each conversation.

    `slots` says how many sends each channel has room for. Only conversations that are ours, or nobody's, are touched;
    each stays ours for longer than a send may take.
    """
    now_ms = database_time_ms(connection)
    taken: list[Row[Any]] = []
    for channel, room in slots.items():
        if room > 0:
            taken += connection.execute(_sendable(channel, node=node, now=now, now_ms=now_ms).limit(room)).all()
    if not taken:
        return []
    conversations = [row.conversation_id for row in taken]
    connection.execute(
        update(conversation)
        .where(conversation.c.id.in_(conversations))
        .values(owner=node, lease_until_ms=now_ms + LEASE_MS)
    )
    connection.execute(
        update(outbox)
        .where(outbox.c.id.in_([row.id for row in taken]))
        .values(
            state="sending",
            tries=outbox.c.tries + 1,
            first_sent_at=func.coalesce(outbox.c.first_sent_at, bindparam("now", now, outbox.c.created_at.type)),
        )
    )
    return [_to_send(row) for row in taken]


def settle(connection: Connection, settlements: Sequence[Settlement]) -> None:
    """Write down what became of these sends. A row that an echo settled meanwhile stays as it is."""
    if not settlements:
        return
    statement = (
        update(outbox)
        .where(outbox.c.id == bindparam("row"), outbox.c.state == "sending")
        .values(
            state=bindparam("new_state"),
            settled_at=bindparam("at"),
            not_before=bindparam("again"),
            platform_message_id=func.coalesce(bindparam("their_id"), outbox.c.platform_message_id),
            last_error=bindparam("error"),
        )
    )
    connection.execute(
        statement,
        [
            {
                "row": each.id,
                "new_state": each.state,
                "at": each.settled_at,
                "again": each.not_before,
                "their_id": each.platform_message_id,
                "error": each.error,
            }
            for each in settlements
        ],
    )


def expire(connection: Connection, *, channel: str, now: datetime, reason: str) -> list[tuple[int, str]]:
    """Give up what may not be sent any more, with the reason in words. Returns conversation and key of each."""
    late = (outbox.c.state == "queued", outbox.c.deadline <= now, outbox.c.channel == channel)
    rows = connection.execute(
        update(outbox)
        .where(*late)
        .values(state="expired", settled_at=now, last_error=reason)
        .returning(outbox.c.conversation_id, outbox.c.key)
    )
    return [(row.conversation_id, row.key) for row in rows]


def recover(connection: Connection, *, node: str, now: datetime, same_key: Sequence[str]) -> int:
    """Rows that were on the wire when their process died: nobody knows whether they arrived.

    Where the platform drops a second delivery of the same key (`same_key` channels) they are queued again as they
    are; elsewhere they are `unknown`, are never repeated, and staff see them.
    """
    now_ms = database_time_ms(connection)
    gone = or_(
        conversation.c.owner.is_(None), and_(conversation.c.owner != node, conversation.c.lease_until_ms < now_ms)
    )
    orphaned = select(conversation.c.id).where(conversation.c.id == outbox.c.conversation_id, gone).exists()
    lost = update(outbox).where(outbox.c.state == "sending", orphaned)
    error = "the program stopped while this was on the wire"
    again = connection.execute(
        lost.where(outbox.c.channel.in_(same_key)).values(state="queued", not_before=now, last_error=error)
    )
    unknown = connection.execute(
        lost.where(outbox.c.channel.not_in(same_key)).values(state="unknown", settled_at=now, last_error=error)
    )
    return again.rowcount + unknown.rowcount


def count_states(connection: Connection) -> tuple[int, datetime | None, int]:
    """How many rows are queued, since when the oldest is, and how many sends are of unknown outcome."""
    queued = connection.execute(
        select(func.count(), func.min(outbox.c.created_at)).where(outbox.c.state.in_(("queued", "sending")))
    ).one()
    unknown = connection.execute(select(func.count()).where(outbox.c.state == "unknown")).scalar_one()
    return queued[0], queued[1], unknown


def changed(connection: Connection, sent: Sequence[ToSend]) -> None:
    """Tell other processes' open chat windows about these."""
    announce(connection, {f"{each.channel}/{each.outbound.conversation_id}" for each in sent})


def _sendable(channel: str, *, node: str, now: datetime, now_ms: int) -> Select[Any]:
    row, earlier = outbox.c, outbox.alias("earlier").c
    first_in_line = ~(
        select(earlier.id)
        .where(earlier.conversation_id == row.conversation_id, earlier.id < row.id)
        .where(earlier.state.in_(("queued", "sending")))
        .exists()
    )
    return (
        select(
            row.id,
            row.conversation_id,
            row.channel,
            row.key,
            row.kind,
            row.body,
            row.tries,
            row.created_at,
            row.asked_at,
            conversation.c.external_id,
        )
        .join(conversation, conversation.c.id == row.conversation_id)
        .where(row.state == "queued", row.channel == channel, row.not_before <= now)
        .where(or_(row.deadline.is_(None), row.deadline > now))
        .where(first_in_line, _may_speak(), _ours_or_free(node, now_ms))
        .order_by(row.id)
        .with_for_update(of=conversation, skip_locked=True)
    )


def _may_speak() -> ColumnElement[bool]:
    """A person always wins: a bot's row goes out only while no person has spoken since it was written."""
    unchanged = and_(conversation.c.mode != "human", conversation.c.epoch == outbox.c.epoch)
    return or_(unchanged, outbox.c.kind.in_(EVEN_AFTER_TAKEOVER))


def _ours_or_free(node: str, now_ms: int) -> ColumnElement[bool]:
    table = conversation.c
    return or_(table.owner.is_(None), table.owner == node, table.lease_until_ms < now_ms)


def _to_send(row: Row[Any]) -> ToSend:
    return ToSend(
        id=row.id,
        conversation_id=row.conversation_id,
        channel=row.channel,
        kind=row.kind,
        tries=row.tries + 1,
        asked_at=row.asked_at,
        outbound=Outbound(
            reply_id=row.key,
            conversation_id=row.external_id,
            created_at=row.created_at,
            content=unpack_outgoing(row.kind, row.body),
        ),
    )
