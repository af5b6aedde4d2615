"""Replies to send: a row before it is a request, one at a time for each conversation, settled by its outcome."""

from __future__ import annotations

import dataclasses
import hashlib
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import BigInteger, Integer, and_, bindparam, func, or_, select, update

from adapters.clean import clean_text
from adapters.contract import HandedOver, Outbound, Reply, Returned
from bot.storage.announcing import announce
from bot.storage.conversations import LEASE_MS
from bot.storage.engine.dialects import DatabaseTimeMs, insert_new
from bot.storage.engine.prepared import Prepared
from bot.storage.packing import UNREADABLE, unpack_outgoing
from bot.storage.tables import Moment, conversation, is_queued, is_sending, is_unfinished, is_unknown, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation

log = logging.getLogger(__name__)

NOTICE_KINDS: Mapping[type[object], str] = {HandedOver: "handed_over", Returned: "returned"}
NOTICES = tuple(NOTICE_KINDS.values())
"""Rows for the shop's own desk rather than for the buyer."""
NEEDS_NO_PERSON = (*NOTICES, "invite", "thanks")
"""Nobody has to step in when one of these does not arrive."""
PAGE = 25
"""How many rows a job moves in one transaction: everything else waits for that."""
State = Literal["queued", "sent", "unknown", "expired", "failed"]
EVEN_AFTER_TAKEOVER = (*NOTICES, "staff")
"""What a person's word does not cancel: notices to people, and people's own replies."""


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
    """What became of the send of one `row`. `again_at` is when one that goes back to the queue may be tried again."""

    row: int
    becomes: State
    at: datetime
    again_at: datetime
    their_id: str | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expired:
    """How many rows were given up, and conversation and key of each that a person should hear of."""

    rows: int
    tell: tuple[tuple[int, str], ...]


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
    """A row for `insert`, queued for at once. `deadline` is when the reply window closes; notices have none.

    Words are cleaned here as those that come in are, so that both sides of an echo are the same.
    """
    if isinstance(content, Reply):
        content = dataclasses.replace(content, text=clean_text(content.text))
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
    _INSERT.run_each(connection, rows)


def take(
    connection: Connection,
    *,
    node: str,
    now: datetime,
    slots: Mapping[str, int],
    again: bool = True,
    resting: Sequence[int] = (),
) -> list[ToSend]:
    """Mark what may be sent now as `sending` and return it: the first unfinished row of each conversation.

    `slots` says how many sends each channel has room for: for what was never tried first, then, with `again`, for what
    has failed before and is not `resting` still, by a clock that nobody sets. Only conversations that are ours, or
    nobody's, are touched; each stays ours for longer than a send may take.
    """
    taken: list[Row[Any]] = []
    for channel, room in slots.items():
        left = room
        wanted = {"channel": channel, "node": node, "now": now}
        if left > 0:
            taken += _NEVER_TRIED.rows(connection, wanted | {"room": left})
            left = room - sum(row.channel == channel for row in taken)
        if left > 0 and again:
            taken += _TRIED_BEFORE.rows(connection, wanted | {"room": left, "resting": list(resting)})
    taken = _readable(connection, taken, now)
    if not taken:
        return []
    short = [row.conversation_id for row in taken if row.owner != node or row.lease_left_ms < LEASE_MS // 2]
    if short:
        _LEASE.run(connection, {"ids": short, "node": node, "lease_ms": LEASE_MS})
    _MARK_SENDING.run(connection, {"ids": [row.id for row in taken], "now": now})
    return [_to_send(row) for row in taken]


def settle(connection: Connection, settlements: Sequence[Settlement]) -> None:
    """Write down what became of these sends. A row that an echo settled meanwhile stays as it is.

    What would be tried again, but a person has taken over meanwhile, is cancelled.
    """
    _SETTLE.run_each(connection, [_as_parameters(each) for each in settlements])
    again = [each.row for each in settlements if each.becomes == "queued"]
    if again:
        connection.execute(_SILENCE.where(_ROW.id.in_(again)))


def _as_parameters(settlement: Settlement) -> dict[str, object]:
    return {
        "row": settlement.row,
        "becomes": settlement.becomes,
        "at": settlement.at,
        "again_at": settlement.again_at,
        "their_id": settlement.their_id,
        "error": settlement.error,
    }


def expire(connection: Connection, *, channel: str, now: datetime, reason: str) -> Expired:
    """Give up what may not be sent any more, with the reason in words: a page of it."""
    late = connection.execute(
        select(_ROW.id, _ROW.conversation_id, _ROW.key, _ROW.kind)
        .join(conversation, _TALK.id == _ROW.conversation_id)
        .where(is_queued(), _ROW.channel == channel, _ROW.deadline <= now)
        .order_by(_ROW.deadline)
        .limit(PAGE)
        .with_for_update(of=conversation, skip_locked=True, key_share=True)
    ).all()
    given_up = {"state": "expired", "settled_at": now, "last_error": reason}
    connection.execute(update(outbox).where(_ROW.id.in_([row.id for row in late]), is_queued()).values(given_up))
    heard_of = tuple((row.conversation_id, row.key) for row in late if row.kind not in NEEDS_NO_PERSON)
    return Expired(rows=len(late), tell=heard_of)


def recover(connection: Connection, *, now: datetime, same_key: Sequence[str]) -> int:
    """Rows that were on the wire when their process died: nobody knows whether they arrived. A page of them.

    A lease outlives every send, so a row whose lease has run out is nobody's, even if it was ours: the commit that
    marked it may have been lost with the connection.
    Where the platform drops a second delivery of the same key (`same_key` channels) they are queued again as they
    are; elsewhere they are `unknown`, are never repeated, and staff see them.
    """
    gone = or_(_TALK.owner.is_(None), _TALK.lease_until_ms < DatabaseTimeMs())
    lost = connection.execute(
        select(_ROW.id, _ROW.channel)
        .join(conversation, _TALK.id == _ROW.conversation_id)
        .where(is_sending(), gone)
        .order_by(_ROW.conversation_id)
        .limit(PAGE)
        .with_for_update(of=conversation, skip_locked=True, key_share=True)
    ).all()
    if not lost:
        return 0
    error = "the program stopped while this was on the wire"
    again = [row.id for row in lost if row.channel in same_key]
    unknown = [row.id for row in lost if row.channel not in same_key]
    for ids, becomes in (
        (again, {"state": "queued", "not_before": now, "settled_at": now, "last_error": error}),
        (unknown, {"state": "unknown", "settled_at": now, "last_error": error}),
    ):
        connection.execute(update(outbox).where(_ROW.id.in_(ids), is_sending()).values(becomes))
    connection.execute(_SILENCE.where(_ROW.id.in_(again)))
    return len(lost)


def count_states(connection: Connection) -> tuple[int, datetime | None, int]:
    """How many rows are queued, since when the oldest is, and how many sends are of unknown outcome."""
    queued = connection.execute(select(func.count(), func.min(outbox.c.created_at)).where(is_unfinished())).one()
    unknown = connection.execute(select(func.count(outbox.c.id)).where(is_unknown())).scalar_one()
    return queued[0], queued[1], unknown


def changed(connection: Connection, sent: Sequence[ToSend]) -> None:
    """Tell other processes' open chat windows about these."""
    announce(connection, {f"{each.channel}/{each.outbound.conversation_id}" for each in sent})


def _readable(connection: Connection, rows: list[Row[Any]], now: datetime) -> list[Row[Any]]:
    """Those whose content can be read; one that no version of ours has packed fails, and holds up nobody."""
    bad: list[int] = []
    for row in rows:
        try:
            unpack_outgoing(row.kind, row.body)
        except UNREADABLE:
            log.exception("a reply cannot be read; it is given up", extra={"outbox": row.id})
            bad.append(row.id)
    if not bad:
        return rows
    failed = {"state": "failed", "settled_at": now, "last_error": "it cannot be read"}
    connection.execute(update(outbox).where(outbox.c.id.in_(bad)).values(**failed))
    return [row for row in rows if row.id not in bad]


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


# The statements

_ROW = outbox.c
_TALK = conversation.c
_EARLIER = outbox.alias("earlier")

_FIRST_IN_LINE = ~(
    select(_EARLIER.c.id)
    .where(_EARLIER.c.conversation_id == _ROW.conversation_id, _EARLIER.c.id < _ROW.id, is_unfinished(_EARLIER))
    .exists()
)
_MAY_SPEAK = or_(  # a person always wins: a bot's row goes out only while no person has spoken since it was written
    and_(_TALK.mode != "human", _TALK.epoch == _ROW.epoch, _TALK.blocked_at.is_(None)),
    _ROW.kind.in_(EVEN_AFTER_TAKEOVER),
)
_OURS_OR_FREE = or_(
    _TALK.owner.is_(None),
    _TALK.owner == bindparam("node"),
    _TALK.lease_until_ms < DatabaseTimeMs(),
)
_INSERT = Prepared(lambda dialect: insert_new(dialect, outbox))
_SENDABLE = (
    select(
        _ROW.id,
        _ROW.conversation_id,
        _ROW.channel,
        _ROW.key,
        _ROW.kind,
        _ROW.body,
        _ROW.tries,
        _ROW.created_at,
        _ROW.asked_at,
        _TALK.external_id,
        _TALK.owner,
        (_TALK.lease_until_ms - DatabaseTimeMs()).label("lease_left_ms"),
    )
    .join(conversation, _TALK.id == _ROW.conversation_id)
    .where(is_unfinished(), _ROW.state == "queued", _ROW.channel == bindparam("channel"))
    .where(or_(_ROW.deadline.is_(None), _ROW.deadline > bindparam("now", type_=Moment)))
    .where(_FIRST_IN_LINE, _MAY_SPEAK, _OURS_OR_FREE)
    .order_by(_ROW.id)
    .limit(bindparam("room", type_=Integer))
    .with_for_update(of=conversation, skip_locked=True, key_share=True)
)
_NEVER_TRIED = Prepared(_SENDABLE.where(_ROW.tries == 0))
_TRIED_BEFORE = Prepared(  # what was settled later than now, by a clock that has been set back since, has rested
    _SENDABLE.where(_ROW.tries > 0, _ROW.id.not_in(bindparam("resting", expanding=True))).where(
        or_(_ROW.not_before <= bindparam("now", type_=Moment), _ROW.settled_at > bindparam("now", type_=Moment))
    )
)
_LEASE = Prepared(
    update(conversation)
    .where(_TALK.id.in_(bindparam("ids", expanding=True)))
    .values(owner=bindparam("node"), lease_until_ms=DatabaseTimeMs() + bindparam("lease_ms", type_=BigInteger))
)
_MARK_SENDING = Prepared(
    update(outbox)
    .where(_ROW.id.in_(bindparam("ids", expanding=True)))
    .values(
        state="sending",
        tries=_ROW.tries + 1,
        first_sent_at=func.coalesce(_ROW.first_sent_at, bindparam("now", type_=Moment)),
    )
)
_TAKEN_OVER = select(_TALK.id).where(_TALK.id == _ROW.conversation_id, _TALK.epoch != _ROW.epoch).exists()
_SILENCE = (  # it could never be sent, and would stand in the way of what comes after it
    update(outbox)
    .where(is_unfinished(), _ROW.state == "queued", _ROW.kind.not_in(EVEN_AFTER_TAKEOVER), _TAKEN_OVER)
    .values(state="cancelled", last_error="a person took over")
)
_SETTLE = Prepared(
    update(outbox)
    .where(_ROW.id == bindparam("row"), _ROW.state == "sending")
    .values(
        state=bindparam("becomes"),
        settled_at=bindparam("at"),
        not_before=bindparam("again_at"),
        platform_message_id=func.coalesce(bindparam("their_id"), _ROW.platform_message_id),
        last_error=bindparam("error"),
    )
)
