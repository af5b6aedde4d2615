"""How telling each peer has gone lately: for the page that lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from bot.storage.tables.alerts import alert_delivery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

_ROW = alert_delivery.c
NOT_TOLD = ("failed", "unknown", "expired")


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerStanding:
    """When the last alert arrived, when the last one did not and why, and how many wait."""

    told_at: datetime | None = None
    failed_at: datetime | None = None
    problem: str = ""
    fault: str = ""
    waiting: int = 0


def of_each(connection: Connection, peers: Sequence[str]) -> Mapping[str, PeerStanding]:
    """The standing of each of these. What is tried again counts as not arrived, once it has failed."""
    return {name: _standing(connection, name) for name in peers}


def _standing(connection: Connection, peer: str) -> PeerStanding:
    waits = case((_ROW.state.in_(("queued", "sending")), 1), else_=0)
    told = case((_ROW.state == "sent", _ROW.settled_at))
    row = connection.execute(
        select(func.max(told).label("told_at"), func.sum(waits).label("waiting")).where(_ROW.peer == peer)
    ).one()
    failed = connection.execute(
        select(_ROW.settled_at, _ROW.last_error, _ROW.fault)
        .where(_ROW.peer == peer, _ROW.settled_at.is_not(None))
        .where(_ROW.state.in_(NOT_TOLD) | ((_ROW.state == "queued") & (_ROW.last_error != "")))
        .order_by(_ROW.settled_at.desc())
        .limit(1)
    ).first()
    standing = PeerStanding(told_at=row.told_at, waiting=row.waiting or 0)
    if failed is None:
        return standing
    return PeerStanding(
        told_at=row.told_at,
        waiting=row.waiting or 0,
        failed_at=failed.settled_at,
        problem=failed.last_error,
        fault=failed.fault,
    )
