"""Which alerts wait at which peer, and what became of them there.

At one peer one node sends at a time, and what it has taken is marked `sending` before it leaves. A process that dies
in between leaves a row of unknown outcome, which nobody sends again: no peer drops a second copy.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import orjson
from sqlalchemy import Integer, bindparam, or_, select, update

from bot.domain.alerts import PERSON_NEEDED, Alert
from bot.storage.engine.dialects import DatabaseTimeMs, insert_new
from bot.storage.engine.prepared import Prepared
from bot.storage.tables.alerts import alert, alert_delivery, alert_peer, is_unfinished, is_unrouted
from bot.storage.tables.messages import conversation, inbox
from bot.storage.transcript import words_kept
from knowledge.reasons.reason import Reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from bot.config import AlertEvent

LEASE_MS = 30_000
"""How long a peer is one node's alone; longer than the slowest send."""
PAGE = 100
LONGEST_REST = timedelta(days=1)
STOPPED = "the program stopped while this was on the wire"
State = Literal["queued", "sent", "failed", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An alert that waits for its turn at one peer. `is_needless` once a person has spoken to the buyer."""

    id: int
    alert: Alert
    is_needless: bool


def route(connection: Connection, peers: Mapping[str, Sequence[AlertEvent]]) -> bool:
    """Queue a page of the new ones for each peer that wants them; returns whether there were any."""
    new = connection.execute(
        select(alert.c.id, alert.c.event)
        .where(is_unrouted())
        .order_by(alert.c.id)
        .limit(PAGE)
        .with_for_update(skip_locked=True)
    ).all()
    if not new:
        return False
    rows = [{"alert_id": row.id, "peer": peer} for peer, events in peers.items() for row in new if row.event in events]
    if rows:
        connection.execute(insert_new(connection.dialect.name, alert_delivery), rows)
    connection.execute(update(alert).where(alert.c.id.in_([row.id for row in new])).values(is_routed=True))
    return True


def expire(connection: Connection, *, before: datetime, now: datetime) -> int:
    """Give up what no peer has taken since then, as it helps nobody any more; returns how many deliveries."""
    old = select(alert.c.id).where(alert.c.created_at < before)
    late = update(alert_delivery).where(is_unfinished(), alert_delivery.c.alert_id.in_(old))
    return connection.execute(late.values(state="expired", settled_at=now)).rowcount


def waiting(connection: Connection, *, peer: str, now: datetime, most: int) -> list[Waiting] | None:
    """The oldest that wait at this peer; None where there is nothing to do there now.

    The list is empty where only something is on the wire: if a process left it there when it died, `claim` says so.
    """
    rows = _UNFINISHED.rows(connection, {"peer": peer, "most": most})
    if not rows or _rests(connection, peer, now):
        return None
    return [_waiting(connection, row) for row in rows if row.state == "queued"]


def claim(
    connection: Connection, *, peer: str, node: str, ids: Sequence[int], needless: Sequence[int], now: datetime
) -> list[int] | None:
    """Mark these as on the wire and return those that were still to be had; None while another node is at this peer.

    What is on the wire already was left there by a process that died, so nobody knows whether it arrived.
    """
    connection.execute(insert_new(connection.dialect.name, alert_peer), [{"name": peer}])
    free = (alert_peer.c.name == peer, alert_peer.c.lease_until_ms <= DatabaseTimeMs())
    lease = {"owner": node, "lease_until_ms": DatabaseTimeMs() + LEASE_MS}
    if connection.execute(update(alert_peer).where(*free).values(lease)).rowcount == 0:
        return None
    _change(connection, peer, "sending", state="unknown", settled_at=now, last_error=STOPPED, fault="stopped")
    _change(connection, peer, "queued", needless, state="needless", settled_at=now)
    queued = (alert_delivery.c.peer == peer, alert_delivery.c.state == "queued", alert_delivery.c.alert_id.in_(ids))
    claimed = list(connection.execute(select(alert_delivery.c.alert_id).where(*queued)).scalars())
    _change(connection, peer, "queued", claimed, state="sending")
    if not claimed:
        _let_go(connection, peer, node)
    return claimed


def take_turn(connection: Connection, *, peer: str, now: datetime, rests_until: datetime) -> bool:
    """Let the peer rest as after a message, for one that is no alert; False while it rests, or a node is at it."""
    connection.execute(insert_new(connection.dialect.name, alert_peer), [{"name": peer}])
    until = alert_peer.c.rests_until
    has_rested = or_(until.is_(None), until <= now, until > now + LONGEST_REST)
    free = (alert_peer.c.name == peer, alert_peer.c.lease_until_ms <= DatabaseTimeMs(), has_rested)
    return connection.execute(update(alert_peer).where(*free).values(rests_until=rests_until)).rowcount == 1


def settle(
    connection: Connection,
    *,
    peer: str,
    node: str,
    ids: Sequence[int],
    state: State,
    error: str,
    fault: str = "",
    rests_until: datetime,
    now: datetime,
) -> None:
    """Write down what became of the message that told these, and until when the peer is left alone."""
    _change(connection, peer, "sending", ids, state=state, settled_at=now, last_error=error, fault=fault)
    _let_go(connection, peer, node, rests_until=rests_until)


def release_all(connection: Connection, *, node: str | None = None) -> None:
    """Let go of the peers of that node, or of all where no other process can be (SQLite at start)."""
    held = alert_peer.c.owner.is_not(None) if node is None else alert_peer.c.owner == node
    connection.execute(update(alert_peer).where(held).values(owner=None, lease_until_ms=0))


def _waiting(connection: Connection, row: Row[Any]) -> Waiting:
    kept = orjson.loads(row.body)
    kept["buyer"] = row.buyer_name or row.buyer or kept["buyer"]
    kept["words"] = kept["words"] or _last_words(connection, row.conversation_id)
    for moment in ("since", "reply_by"):
        kept[moment] = None if kept[moment] is None else datetime.fromisoformat(kept[moment])
    kept["reason"] = None if kept["reason"] is None else Reason.from_plain(kept["reason"])
    told = Alert(key=row.key, event=row.event, at=row.created_at, conversation_id=row.conversation_id, **kept)
    spoke = row.mode == "human" and row.event in PERSON_NEEDED
    return Waiting(id=row.id, alert=told, is_needless=spoke)


def _last_words(connection: Connection, conversation_id: int | None) -> str:
    """What the buyer said last, where an alert has no words of its own."""
    said = select(inbox.c.kind, inbox.c.body).where(
        inbox.c.conversation_id == conversation_id, inbox.c.author == "buyer", inbox.c.kind == "message"
    )
    last = connection.execute(said.order_by(inbox.c.id.desc()).limit(1)).first()
    return "" if last is None else words_kept(last.kind, last.body)


def _rests(connection: Connection, peer: str, now: datetime) -> bool:
    """Whether it is left alone for now. A rest that never ends was begun by a clock that has been set back since."""
    until = connection.scalar(select(alert_peer.c.rests_until).where(alert_peer.c.name == peer))
    return until is not None and now < until <= now + LONGEST_REST


def _change(connection: Connection, peer: str, former: str, ids: Sequence[int] | None = None, **values: object) -> None:
    """Move the deliveries to this peer that are in the `former` state on: all of them, or those of these alerts."""
    table = alert_delivery.c
    meant = () if ids is None else (table.alert_id.in_(ids),)
    connection.execute(update(alert_delivery).where(table.peer == peer, table.state == former, *meant).values(**values))


def _let_go(connection: Connection, peer: str, node: str, **values: object) -> None:
    lets_go = {"owner": None, "lease_until_ms": 0, **values}
    ours = (alert_peer.c.name == peer, alert_peer.c.owner == node)
    connection.execute(update(alert_peer).where(*ours).values(lets_go))


_UNFINISHED = Prepared(
    select(
        alert.c.id,
        alert.c.key,
        alert.c.event,
        alert.c.conversation_id,
        alert.c.body,
        alert_delivery.c.state,
        alert.c.created_at,
        conversation.c.mode,
        conversation.c.buyer,
        conversation.c.buyer_name,
    )
    .join(alert_delivery, alert_delivery.c.alert_id == alert.c.id)
    .outerjoin(conversation, conversation.c.id == alert.c.conversation_id)
    .where(alert_delivery.c.peer == bindparam("peer"), is_unfinished())
    .order_by(alert.c.id)
    .limit(bindparam("most", type_=Integer))
)
