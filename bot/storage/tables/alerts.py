"""What people of the shop are told of outside the desk, and what became of it at each of their peers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    false,
    literal_column,
    text,
)

from bot.storage.tables.base import BIG_ID, Moment, metadata

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

UNROUTED = "NOT is_routed"
UNFINISHED = "state IN ('queued', 'sending')"

alert = Table(
    "alert",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("event", Text, nullable=False),
    Column("conversation_id", BigInteger),  # of no use once that is erased, and no reason to keep it
    Column("body", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("is_routed", Boolean, nullable=False, server_default=false()),
    Index("ix_alert_unrouted", "id", sqlite_where=text(UNROUTED), postgresql_where=text(UNROUTED)),
)

alert_delivery = Table(
    "alert_delivery",
    metadata,
    Column("alert_id", ForeignKey("alert.id"), nullable=False),
    Column("peer", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("settled_at", Moment),
    Column("last_error", Text, nullable=False, server_default=""),
    Column("fault", Text, nullable=False, server_default=""),
    PrimaryKeyConstraint("alert_id", "peer"),
    Index(
        "ix_alert_delivery_unfinished",
        "peer",
        "alert_id",
        sqlite_where=text(UNFINISHED),
        postgresql_where=text(UNFINISHED),
    ),
)

alert_peer = Table(
    "alert_peer",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text),
    Column("lease_until_ms", BigInteger, nullable=False, server_default="0"),
    Column("rests_until", Moment),
)


def is_unrouted() -> ColumnElement[bool]:
    """Alerts of which nobody has said yet which peers they are for."""
    return literal_column(UNROUTED)


def is_unfinished() -> ColumnElement[bool]:
    """Deliveries that are still to be made, or are on the wire."""
    return alert_delivery.c.state.in_([literal_column("'queued'"), literal_column("'sending'")])
