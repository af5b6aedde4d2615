"""Conversations: claimed one process at a time, read whole, and written only by whoever still holds the claim."""

from __future__ import annotations

import dataclasses
import logging
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import BigInteger, Integer, and_, bindparam, case, func, literal, null, or_, select, update

from adapters.contract import Author, Message, Unsupported
from bot.clock import believable
from bot.config import LONGEST_PATIENCE_SECONDS, TRY_OUT_CHANNEL
from bot.dialogue.state import TURNS, Conversation, Memory, Mode
from bot.domain.planning.plan import Claimed, Unread
from bot.errors import in_short
from bot.storage.engine.dialects import DatabaseTimeMs
from bot.storage.engine.prepared import Prepared
from bot.storage.packing import UNREADABLE, pack_memory, unpack_event, unpack_memory
from bot.storage.tables.base import EPOCH, Moment
from bot.storage.tables.messages import conversation, inbox, invite, is_new, is_unfinished, outbox, rating
from bot.storage.tables.routing import desk_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import BindParameter, ColumnElement, Row
    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Event
    from bot.domain.planning.plan import Plan

log = logging.getLogger(__name__)

NOT_WAITING: Mapping[str, None] = {"waiting_since": None, "reply_by": None, "rung_due_at": None}
"""What holds of whoever does not wait for a person."""
FIRST_OF_ALL = EPOCH
LONGEST_PATIENCE = timedelta(seconds=LONGEST_PATIENCE_SECONDS)
LEASE_MS = 30_000
"""How long a claim lasts; longer than the slowest send, so nobody else sends what is still on the wire."""

UNREAD_AT_ONCE = 50
"""How much of what is new in one conversation is decided about together; the rest has its turn after the others'."""
MUCH_UNREAD = 10
"""A buyer who has sent more than this, and is not answered yet, waits behind those who sent less."""


def claim_unread(connection: Connection, *, node: str, now: datetime, limit: int) -> tuple[list[Claimed], int]:
    """Take up to `limit` conversations with something new, oldest first; also how many were taken from another node.

    What a dead node left on the wire is seen to first (`outbox.recover`): once the conversation is ours, its rows in
    `sending` would look like our own, for ever.
    """
    chosen = _WITH_NEWS.rows(connection, {"node": node, "now": now, "latest": now + LONGEST_PATIENCE, "most": limit})
    if not chosen:
        return [], 0
    ids = [row.id for row in chosen]
    rows = _CLAIM.rows(connection, {"ids": ids, "node": node, "lease_ms": LEASE_MS})
    stolen = sum(row.owner not in (None, node) for row in chosen)
    rows = sorted(rows, key=lambda row: ids.index(row.id))
    return _claimed(connection, rows, _places(connection, rows)), stolen


def release(connection: Connection, ids: Sequence[int], *, node: str) -> None:
    """Let other nodes have these, but for those with a reply on the wire: only its sender can say what became of it."""
    if ids:
        _RELEASE.run(connection, {"ids": list(ids), "node": node})


def release_all(connection: Connection, *, node: str | None = None) -> None:
    """Let go of every claim of this node; of every claim at all where no other process can be (SQLite at start)."""
    held = conversation.c.owner.is_not(None) if node is None else conversation.c.owner == node
    connection.execute(update(conversation).where(held).values(owner=None, lease_until_ms=0))


def held(connection: Connection, ids: Sequence[int], *, node: str) -> dict[int, tuple[int, int]]:
    """Those of these conversations that are still this node's, with their fence now, and the revision of the desk.

    On PostgreSQL the rows stay locked until this transaction ends, so a takeover comes wholly before or after it.
    """
    return {row.id: (row.fence, row.desk_revision) for row in _HELD.rows(connection, {"ids": list(ids), "node": node})}


def lock(connection: Connection, ids: Iterable[int]) -> None:
    """Before anything else is written about these: nodes that write the same ones in other orders wait in one line.

    Needless on SQLite, where one transaction writes at a time.
    """
    if connection.dialect.name == "postgresql":
        _LOCK.rows(connection, {"ids": sorted(set(ids))})


def save(connection: Connection, plans: Sequence[Plan]) -> None:
    """Write what each of these conversations becomes, and what is awaited in it."""
    _SAVE.run_each(connection, [_columns(plan) for plan in plans])


def change(connection: Connection, *which: ColumnElement[bool], **values: object) -> int:
    """Write these columns of the conversations that are meant, and move their fences; returns how many these are.

    Beside `save` and a claim this is the only way to change one: a decision upon what it was before is not written.
    """
    return connection.execute(update(conversation).where(*which).values(fence=_TALK.fence + 1, **values)).rowcount


def change_one(connection: Connection, conversation_id: int, **values: object) -> None:
    """Write these columns of one conversation, and move its fence."""
    change(connection, _TALK.id == conversation_id, **values)


def spoken(connection: Connection, found: Conversation, memory: Memory, *, at: datetime) -> None:
    """Note that the bot has said something beside its decisions, and what it remembers of that."""
    change_one(connection, found.id, last_reply_at=at, memory=pack_memory(memory))


def turn(connection: Connection, event: Event, *which: ColumnElement[bool], **values: object) -> int:
    """Let this happen to the conversations that are meant, as `TURNS` has it; returns to how many it did."""
    becomes = TURNS[event]
    leaves_queue = {} if "waiting" in becomes.values() else dict(NOT_WAITING)
    meaningless = set(get_args(Mode)) - becomes.keys()  # said so that no index of modes is taken for that of `which`
    meant = (*which, _TALK.mode.not_in(sorted(meaningless))) if meaningless else which
    return change(connection, *meant, mode=case(dict(becomes), value=_TALK.mode), **(leaves_queue | values))


def touch(connection: Connection, conversation_id: int) -> None:
    """Something beside it has changed: whoever has seen it as it was before has seen an older version."""
    change(connection, _TALK.id == conversation_id)


def remember(connection: Connection, conversation_id: int, memory: Memory) -> None:
    """The bot remembers this of it from now on."""
    change(connection, _TALK.id == conversation_id, memory=pack_memory(memory))


def is_with_person(connection: Connection, channel: str, external_id: str) -> bool:
    """Whether a person is wanted in this conversation (the platform's id), or has it."""
    found = select(_TALK.mode).where(_TALK.channel == channel, _TALK.external_id == external_id)
    return connection.execute(found).scalar_one_or_none() in {"waiting", "human"}


def read_one(connection: Connection, conversation_id: int) -> Conversation | None:
    """One conversation as it stands."""
    found = _read(connection, [conversation_id], with_places=True)
    return found[0].conversation if found else None


def read_several(connection: Connection, ids: Sequence[int], *, with_places: bool) -> list[Conversation]:
    """Those of these conversations that are there, as they stand, by number. Places in the queue take a look at it."""
    return [each.conversation for each in _read(connection, ids, with_places=with_places)] if ids else []


def count_waiting(connection: Connection) -> int:
    """How many buyers wait for a person; whoever tries the bot out is none."""
    return int(_QUEUES[False].rows(connection, {})[0].waiting)


def _read(connection: Connection, ids: Sequence[int], *, with_places: bool) -> list[Claimed]:
    rows = _BY_ID.rows(connection, {"ids": list(ids)})
    return _claimed(connection, rows, _places(connection, rows) if with_places else {})


def _claimed(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]], places: Mapping[int, int]) -> list[Claimed]:
    """The conversations of these rows with what is new in each. `places`: conversation → how many wait before it."""
    unread = _unread(connection, [row.id for row in rows])
    open_invites = _open_invites(connection, [row for row in rows if _may_be_invited(row)])
    return [
        Claimed(
            conversation=_conversation(row, places.get(row.id, 0), open_invites.get(row.id)),
            unread=tuple(unread[row.id]),
        )
        for row in rows
    ]


def _may_be_invited(row: Row[*tuple[Any, ...]]) -> bool:
    """Whether an invite may have gone out there: after an end, or by the hand of a person."""
    return row.mode == "closed" or row.episode > 1 or row.last_staff_at is not None


def _unread(connection: Connection, ids: Sequence[int]) -> dict[int, list[Unread]]:
    rows = _UNREAD.rows(connection, {"ids": list(ids)})
    unread: dict[int, list[Unread]] = defaultdict(list)
    for row in rows:
        unread[row.conversation_id].append(_readable(row))
    return unread


def _readable(row: Row[*tuple[Any, ...]]) -> Unread:
    try:
        return unread_of(row)
    except UNREADABLE as problem:
        return Unread(
            id=row.id,
            external_id=row.external_id,
            event=Message(author=Author(), content=Unsupported("unreadable")),
            sent_at=row.received_at,
            received_at=row.received_at,
            problem=in_short(problem),
        )


def _memory(row: Row[*tuple[Any, ...]]) -> Memory:
    try:
        return unpack_memory(row.memory)
    except UNREADABLE:
        log.exception("a memory cannot be read; it is begun anew", extra={"conversation": row.id})
        return Memory()


def unread_of(row: Row[*tuple[Any, ...]]) -> Unread:
    """An inbox row as a value. A moment that no clock in use tells (an earlier version kept it) counts as not told."""
    event = unpack_event(row.kind, row.body)
    if isinstance(event, Message) and event.surroundings.pretend_at is not None:
        surroundings = event.surroundings
        pretended = believable(surroundings.pretend_at, now=row.received_at)
        event = dataclasses.replace(event, surroundings=dataclasses.replace(surroundings, pretend_at=pretended))
    return Unread(
        id=row.id,
        external_id=row.external_id,
        event=event,
        sent_at=believable(row.sent_at, now=row.received_at) or row.received_at,
        received_at=row.received_at,
    )


def _open_invites(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, int]:
    """The newest invite of each that was sent, unless a rating has answered it.

    Where a person leads and has spoken since, a "5" may answer them: there none is open.
    """
    if not rows:
        return {}
    spoke = {row.id: row.last_staff_at for row in rows if row.mode == "human" and row.last_staff_at is not None}
    found = _UNRATED.rows(connection, {"ids": [row.id for row in rows]})
    return {
        each.conversation_id: each.episode
        for each in found
        if each.conversation_id not in spoke or spoke[each.conversation_id] <= each.sent_at
    }


def _places(connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, int]:
    """How many wait for a person and came before each of these; a buyer who does not wait yet would come last.

    The shop's queue and that of the try-out page are each counted through once, however many of these stand in it.
    """
    places: dict[int, int] = {}
    for trying in {row.channel == TRY_OUT_CHANNEL for row in rows}:
        here = [row for row in rows if (row.channel == TRY_OUT_CHANNEL) == trying]
        later = [row.id for row in here if row.waiting_since is None]
        if later:
            places |= dict.fromkeys(later, _QUEUES[trying].rows(connection, {})[0].waiting)
        place, since = 0, FIRST_OF_ALL
        standing = sorted((row for row in here if row.waiting_since is not None), key=lambda row: row.waiting_since)
        for row in standing:
            until = {"from_since": since, "since": row.waiting_since, "own": row.id}
            place, since = place + int(_BEFORE[trying].rows(connection, until)[0].waiting), row.waiting_since
            places[row.id] = place + int(_BESIDE[trying].rows(connection, until)[0].waiting)
    return places


def _conversation(row: Row[*tuple[Any, ...]], waiting_ahead: int, open_invite: int | None) -> Conversation:
    return Conversation(
        id=row.id,
        channel=row.channel,
        external_id=row.external_id,
        buyer=row.buyer,
        mode=row.mode,
        epoch=row.epoch,
        episode=row.episode,
        fence=row.fence,
        memory=_memory(row),
        unanswered_since=row.unanswered_since,
        waiting_since=row.waiting_since,
        last_staff_at=row.last_staff_at,
        last_buyer_at=row.last_buyer_at,
        last_reply_at=row.last_reply_at,
        window_until=row.window_until,
        reply_by=row.reply_by,
        rung_due_at=row.rung_due_at,
        blocked_at=row.blocked_at,
        waiting_ahead=waiting_ahead,
        open_invite=open_invite,
    )


def _columns(plan: Plan) -> dict[str, Any]:
    """What a plan may change of its conversation's row, whose id is `key`."""
    becomes, awaits = plan.becomes, plan.awaits
    return {
        "key": becomes.id,
        "mode": becomes.mode,
        "episode": becomes.episode,
        "memory": pack_memory(becomes.memory),
        "last_staff_at": becomes.last_staff_at,
        "last_buyer_at": becomes.last_buyer_at,
        "last_reply_at": becomes.last_reply_at,
        "window_until": becomes.window_until,
        "unanswered_since": becomes.unanswered_since,
        "waiting_since": becomes.waiting_since,
        "reply_by": becomes.reply_by,
        "rung_due_at": becomes.rung_due_at,
        "patient_until": awaits.until if awaits else None,
        "looked_at_inbox_id": awaits.after_inbox_id if awaits else 0,
    }


# The statements

_TALK = conversation.c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_COUNT = select(func.count().label("waiting"))
_IS_TRYING = _TALK.channel == TRY_OUT_CHANNEL
_IN_QUEUE = {True: _COUNT.where(_IS_TRYING), False: _COUNT.where(~_IS_TRYING)}
"""Whether it is the try-out page's queue → how long it is. The shop has one queue over all its other channels."""
_SINCE = bindparam("since", type_=Moment)
_EARLIER = (_TALK.waiting_since >= bindparam("from_since", type_=Moment), _TALK.waiting_since < _SINCE)
_AT_ONCE = (_TALK.waiting_since == _SINCE, _TALK.id < bindparam("own", type_=BigInteger))
_NEWS = (
    select(
        inbox.c.conversation_id,
        func.min(inbox.c.id).label("oldest"),
        func.max(inbox.c.id).label("newest"),
        case((func.count() > MUCH_UNREAD, 1), else_=0).label("has_much"),
    )
    .where(is_new())
    .group_by(inbox.c.conversation_id)
    .subquery()
)
_ON_THE_WIRE = (
    select(outbox.c.id)
    .where(outbox.c.conversation_id == _TALK.id, is_unfinished(), outbox.c.state == "sending")
    .exists()
)
_WITH_NEWS = Prepared(
    select(
        _TALK.id,
        _TALK.owner,
    )
    .join(_NEWS, _NEWS.c.conversation_id == _TALK.id)
    .where(
        or_(
            _TALK.owner == bindparam("node"),
            and_(
                or_(_TALK.owner.is_(None), _TALK.lease_until_ms < DatabaseTimeMs()),
                ~_ON_THE_WIRE,
            ),
        )
    )
    .where(  # one whose rest is awaited: when that has come, or has been awaited long enough
        or_(
            _TALK.patient_until.is_(None),
            _TALK.patient_until <= bindparam("now", type_=Moment),
            _TALK.patient_until > bindparam("latest", type_=Moment),  # by a clock that has been set back since
            _TALK.looked_at_inbox_id < _NEWS.c.newest,
        )
    )
    .order_by(_NEWS.c.has_much, _NEWS.c.oldest)
    .limit(bindparam("most", type_=Integer))
    .with_for_update(of=conversation, skip_locked=True, key_share=True)
)
_CLAIM = Prepared(
    update(conversation)
    .where(_TALK.id.in_(_IDS))
    .values(
        owner=bindparam("node"),
        fence=_TALK.fence + 1,
        lease_until_ms=DatabaseTimeMs() + bindparam("lease_ms", type_=BigInteger),
    )
    .returning(*_TALK)
)
_RELEASE = Prepared(  # not while a reply is on the wire: nobody else may take its send for one whose process died
    update(conversation)
    .where(_TALK.id.in_(_IDS), _TALK.owner == bindparam("node"), ~_ON_THE_WIRE)
    .values(owner=null(), lease_until_ms=0)
)
_DESK_REVISION = select(func.max(desk_settings.c.id)).scalar_subquery()
_HELD = Prepared(
    select(_TALK.id, _TALK.fence, func.coalesce(_DESK_REVISION, 0).label("desk_revision"))
    .where(_TALK.id.in_(_IDS), _TALK.owner == bindparam("node"))
    .order_by(_TALK.id)
    .with_for_update(of=conversation, key_share=True)
)
_LOCK = Prepared(select(_TALK.id).where(_TALK.id.in_(_IDS)).order_by(_TALK.id).with_for_update(key_share=True))
_SAVE = Prepared(update(conversation).where(_TALK.id == bindparam("key")).values(fence=_TALK.fence + 1))
_BY_ID = Prepared(select(conversation).where(_TALK.id.in_(_IDS)).order_by(_TALK.id))
_NEW_ROWS = (
    select(
        inbox.c.id,
        inbox.c.conversation_id,
        inbox.c.external_id,
        inbox.c.kind,
        inbox.c.body,
        inbox.c.sent_at,
        inbox.c.received_at,
        func.row_number().over(partition_by=inbox.c.conversation_id, order_by=inbox.c.id).label("place"),
    )
    .where(inbox.c.conversation_id.in_(_IDS), is_new())
    .subquery()
)
_UNREAD = Prepared(select(_NEW_ROWS).where(_NEW_ROWS.c.place <= UNREAD_AT_ONCE).order_by(_NEW_ROWS.c.id))
_ANY_TIME = _TALK.waiting_since >= literal(FIRST_OF_ALL, Moment)  # said so for the index of those who wait
_QUEUES = {trying: Prepared(queue.where(_ANY_TIME)) for trying, queue in _IN_QUEUE.items()}
_BEFORE = {trying: Prepared(queue.where(*_EARLIER)) for trying, queue in _IN_QUEUE.items()}
_BESIDE = {trying: Prepared(queue.where(*_AT_ONCE)) for trying, queue in _IN_QUEUE.items()}
_NEWEST_INVITE = (
    select(
        invite.c.conversation_id,
        func.max(invite.c.episode).label("episode"),
        func.max(invite.c.sent_at).label("sent_at"),
    )
    .where(invite.c.conversation_id.in_(_IDS), invite.c.state == "sent")
    .group_by(invite.c.conversation_id)
    .subquery()
)
_INVITED = _NEWEST_INVITE.c
_RATED = and_(rating.c.conversation_id == _INVITED.conversation_id, rating.c.episode == _INVITED.episode)
_UNRATED = Prepared(select(_NEWEST_INVITE).outerjoin(rating, _RATED).where(rating.c.score.is_(None)))
