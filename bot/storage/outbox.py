"""Replies to send: a row before it is a request, one at a time for each conversation, settled by its outcome."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import BigInteger, Boolean, Integer, and_, bindparam, case, func, or_, select, update

from adapters.clean import clean_text
from adapters.contract import HandedOver, Outbound, Reply, Returned
from bot.storage.announcing import announce
from bot.storage.conversations import LEASE_MS
from bot.storage.engine.dialects import DatabaseTimeMs, insert_new
from bot.storage.engine.prepared import Prepared
from bot.storage.packing import UNREADABLE, unpack_outgoing
from bot.storage.tables.base import Moment
from bot.storage.tables.messages import conversation, is_queued, is_sending, is_unfinished, is_unknown, outbox

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from bot.domain.delivering.outgoing import Outgoing

log = logging.getLogger(__name__)

NOTICE_KINDS: Mapping[type[object], str] = {HandedOver: "handed_over", Returned: "returned"}
NOTICES = tuple(NOTICE_KINDS.values())
"""Rows for the shop's own desk rather than for the buyer."""
NEEDS_NO_PERSON = (*NOTICES, "invite", "thanks")
"""Nobody has to step in when one of these does not arrive."""
STOPPED = {"last_error": "the program stopped while this was on the wire", "fault": "stopped"}
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
    """What became of the send of one `row`. `again_at` is when one that goes back to the queue may be tried again.

    `perhaps_heard`: nobody can say whether the buyer has it.
    """

    row: int
    becomes: State
    at: datetime
    again_at: datetime
    their_id: str | None = None
    error: str = ""
    fault: str = ""
    perhaps_heard: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """A reply that its buyer does not get, or perhaps did not."""

    conversation_id: int
    channel: str
    key: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTo:
    """How many rows were seen to, and the replies among them that a person should hear of."""

    rows: int
    tell: tuple[Unheard, ...] = ()


def insert(connection: Connection, messages: Sequence[Outgoing]) -> None:
    """Queue these. A key that is there already is left as it is: once means once."""
    _INSERT.run_each(connection, [_columns(each) for each in messages])


def _columns(message: Outgoing) -> dict[str, Any]:
    """Words are cleaned here as those that come in are, so that both sides of an echo are the same."""
    conversation, content = message.conversation, message.content
    if isinstance(content, Reply):
        content = dataclasses.replace(content, text=clean_text(content.text))
    return {
        "conversation_id": conversation.id,
        "channel": conversation.channel,
        "key": message.key,
        "epoch": conversation.epoch,
        "episode": conversation.episode if message.episode is None else message.episode,
        "kind": _kind_of(content),
        "body": orjson.dumps(content),
        "text": content.text if isinstance(content, Reply) else "",
        "created_at": message.at,
        "not_before": message.not_before or message.at,
        "deadline": message.deadline,
        "asked_at": message.asked_at,
    }


def _kind_of(content: Reply | HandedOver | Returned) -> str:
    """Who may stop it: nobody what a person wrote, whatever it is."""
    if not isinstance(content, Reply):
        return NOTICE_KINDS[type(content)]
    return "staff" if content.author else content.kind


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
    to_send = _readable(connection, taken, now)
    if not to_send:
        return []
    short = [row.conversation_id for row in taken if row.owner != node or row.lease_left_ms < LEASE_MS // 2]
    if short:
        _LEASE.run(connection, {"ids": short, "node": node, "lease_ms": LEASE_MS})
    _MARK_SENDING.run(connection, {"ids": [each.id for each in to_send], "now": now})
    return to_send


def settle(connection: Connection, settlements: Sequence[Settlement]) -> None:
    """Write down what became of these sends. A row that an echo settled meanwhile stays as it is.

    What would be tried again, but a person has taken over meanwhile, is sent no more.
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
        "fault": settlement.fault,
        "unsure": settlement.perhaps_heard,
    }


def sent_no_more(why: str) -> dict[str, object]:
    """What becomes of a queued row that is not to be sent: cancelled, or unknown where the buyer may have heard it."""
    return {"state": case((_ROW.perhaps_heard, "unknown"), else_="cancelled"), "last_error": why}


def expire(connection: Connection, *, channel: str, now: datetime, reason: str) -> SeenTo:
    """Give up what may not be sent any more, with the reason in words: a page of it."""
    late = _LATE.rows(connection, {"channel": channel, "now": now})
    if not late:
        return SeenTo(rows=0)
    given_up = {"state": "expired", "settled_at": now, "last_error": reason}
    connection.execute(update(outbox).where(_ROW.id.in_([row.id for row in late]), is_queued()).values(given_up))
    return SeenTo(rows=len(late), tell=_unheard(late))


def recover(connection: Connection, *, now: datetime, same_key: Sequence[str]) -> SeenTo:
    """Rows that were on the wire when their process died: nobody knows whether they arrived. A page of them.

    A lease outlives every send, so a row whose lease has run out is nobody's, even if it was ours: the commit that
    marked it may have been lost with the connection.
    Where the platform drops a second delivery of the same key (`same_key` channels) they are queued again as they
    are; elsewhere they are `unknown`, are never repeated, and a person should hear of them.
    """
    lost = _LOST.rows(connection, {})
    if not lost:
        return SeenTo(rows=0)
    again = [row.id for row in lost if row.channel in same_key]
    unknown = [row.id for row in lost if row.channel not in same_key]
    for ids, becomes in (
        (again, {"state": "queued", "not_before": now, "settled_at": now, "perhaps_heard": True, **STOPPED}),
        (unknown, {"state": "unknown", "settled_at": now, **STOPPED}),
    ):
        connection.execute(update(outbox).where(_ROW.id.in_(ids), is_sending()).values(becomes))
    connection.execute(_SILENCE.where(_ROW.id.in_(again)))
    return SeenTo(rows=len(lost), tell=_unheard([row for row in lost if row.id in unknown]))


def _unheard(rows: Sequence[Row[Any]]) -> tuple[Unheard, ...]:
    return tuple(
        Unheard(conversation_id=row.conversation_id, channel=row.channel, key=row.key, words=row.text)
        for row in rows
        if row.kind not in NEEDS_NO_PERSON
    )


def count_since(connection: Connection, conversation_id: int, since: datetime) -> int:
    """How many messages to the buyer were written down since then, but for those that will never be sent."""
    lost = ("cancelled", "expired", "failed")
    theirs = (_ROW.conversation_id == conversation_id, _ROW.created_at >= since, _ROW.kind.not_in(NOTICES))
    counted = select(func.count(_ROW.id)).where(*theirs, _ROW.state.not_in(lost))
    return int(connection.execute(counted).scalar_one())


def count_states(connection: Connection) -> tuple[int, datetime | None, int]:
    """How many rows are queued, since when the oldest is, and how many sends are of unknown outcome."""
    queued = connection.execute(select(func.count(), func.min(outbox.c.created_at)).where(is_unfinished())).one()
    unknown = connection.execute(select(func.count(outbox.c.id)).where(is_unknown())).scalar_one()
    return queued[0], queued[1], unknown


def changed(connection: Connection, sent: Sequence[ToSend]) -> None:
    """Tell other processes' open chat windows about these."""
    announce(connection, {f"{each.channel}/{each.outbound.conversation_id}" for each in sent})


def _readable(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[ToSend]:
    """Those whose content can be read; one that no version of ours has packed fails, and holds up nobody."""
    readable: list[ToSend] = []
    bad: list[int] = []
    for row in rows:
        try:
            readable.append(_to_send(row))
        except UNREADABLE:
            log.exception("a reply cannot be read; it is given up", extra={"outbox": row.id})
            bad.append(row.id)
    if bad:
        failed = {"state": "failed", "settled_at": now, "last_error": "it cannot be read", "fault": "cannot_be_read"}
        connection.execute(update(outbox).where(outbox.c.id.in_(bad)).values(**failed))
    return readable


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
            is_repeat=row.tries > 0,
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
_NEVER_TRIED = (
    Prepared(  # what was written later than now, by a clock that has been set back since, was held long enough
        _SENDABLE.where(_ROW.tries == 0).where(
            or_(_ROW.not_before <= bindparam("now", type_=Moment), _ROW.created_at > bindparam("now", type_=Moment))
        )
    )
)
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
_LATE = Prepared(
    select(_ROW.id, _ROW.channel, _ROW.conversation_id, _ROW.key, _ROW.kind, _ROW.text)
    .join(conversation, _TALK.id == _ROW.conversation_id)
    .where(is_queued(), _ROW.channel == bindparam("channel"), _ROW.deadline <= bindparam("now", type_=Moment))
    .order_by(_ROW.deadline)
    .limit(PAGE)
    .with_for_update(of=conversation, skip_locked=True, key_share=True)
)
_LOST = Prepared(
    select(_ROW.id, _ROW.channel, _ROW.conversation_id, _ROW.key, _ROW.kind, _ROW.text)
    .join(conversation, _TALK.id == _ROW.conversation_id)
    .where(is_sending(), or_(_TALK.owner.is_(None), _TALK.lease_until_ms < DatabaseTimeMs()))
    .order_by(_ROW.conversation_id)
    .limit(PAGE)
    .with_for_update(of=conversation, skip_locked=True, key_share=True)
)
_TAKEN_OVER = select(_TALK.id).where(_TALK.id == _ROW.conversation_id, _TALK.epoch != _ROW.epoch).exists()
_SILENCE = (  # it could never be sent, and would stand in the way of what comes after it
    update(outbox)
    .where(is_unfinished(), _ROW.state == "queued", _ROW.kind.not_in(EVEN_AFTER_TAKEOVER), _TAKEN_OVER)
    .values(sent_no_more("a person took over"))
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
        fault=bindparam("fault"),
        perhaps_heard=or_(_ROW.perhaps_heard, bindparam("unsure", type_=Boolean)),
    )
)
