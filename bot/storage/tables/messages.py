"""Conversations, what came in and goes out, decisions, invites, manuals: the tables that messages walk through."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    text,
)

from bot.storage.tables.base import BIG_ID, Moment, metadata

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, FromClause

BLOCKED = "blocked_at IS NOT NULL"
POISON = "state = 'poison'"
WAITING = "waiting_since IS NOT NULL"
QUEUED = "state = 'queued'"
SENDING = "state = 'sending'"

conversation = Table(
    "conversation",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("buyer_name", Text, nullable=False, server_default=""),
    Column("mode", Text, nullable=False, server_default="bot"),
    Column("epoch", Integer, nullable=False, server_default="0"),
    Column("episode", Integer, nullable=False, server_default="1"),
    Column("memory", LargeBinary, nullable=False),
    # who works on it just now; moments of the lease are the database's own clock, in milliseconds
    Column("owner", Text),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("lease_until_ms", BigInteger, nullable=False, server_default="0"),
    # the moments that jobs look at
    Column("created_at", Moment, nullable=False),
    Column("last_buyer_at", Moment),
    Column("last_reply_at", Moment),
    Column("last_staff_at", Moment),
    Column("window_until", Moment),
    Column("unanswered_since", Moment),
    Column("waiting_since", Moment),
    Column("reply_by", Moment),
    Column("rung_due_at", Moment),
    Column("blocked_at", Moment),
    # while the rest of a thought is awaited: until when, and which message was the last one looked at
    Column("patient_until", Moment),
    Column("looked_at_inbox_id", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("channel", "external_id"),
    Index("ix_conversation_mode_last_buyer_at", "mode", "last_buyer_at"),
    Index(
        "ix_conversation_waiting",
        "waiting_since",
        "id",
        "channel",
        sqlite_where=text(WAITING),
        postgresql_where=text(WAITING),
    ),
    Index("ix_conversation_channel_buyer", "channel", "buyer"),
    Index("ix_conversation_rung_due_at", "rung_due_at"),
    Index("ix_conversation_blocked", "channel", "buyer", sqlite_where=text(BLOCKED), postgresql_where=text(BLOCKED)),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("author", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("state", Text, nullable=False, server_default="new"),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("problem", Text, nullable=False, server_default=""),
    UniqueConstraint("channel", "external_id"),
    Index("ix_inbox_conversation_id_id", "conversation_id", "id"),
    Index("ix_inbox_poison", "id", sqlite_where=text(POISON), postgresql_where=text(POISON)),
    Index(
        "ix_inbox_new",
        "conversation_id",
        "id",
        sqlite_where=text("state = 'new'"),
        postgresql_where=text("state = 'new'"),
    ),
)

UNKNOWN = "state = 'unknown'"
UNHEARD = "state IN ('failed', 'expired', 'unknown')"
UNFINISHED = "state IN ('queued', 'sending')"

outbox = Table(
    "outbox",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("channel", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("epoch", Integer, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("state", Text, nullable=False, server_default="queued"),
    Column("created_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("deadline", Moment),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("asked_at", Moment),
    Column("first_sent_at", Moment),
    Column("settled_at", Moment),
    Column("platform_message_id", Text),
    Column("echoed_at", Moment),
    Column("last_error", Text, nullable=False, server_default=""),
    Column("fault", Text, nullable=False, server_default=""),
    Column("perhaps_heard", Boolean, nullable=False, server_default=false()),
    Index("ix_outbox_conversation_id_id", "conversation_id", "id"),
    Index(
        "ix_outbox_unfinished",
        "conversation_id",
        "id",
        sqlite_where=text(UNFINISHED),
        postgresql_where=text(UNFINISHED),
    ),
    Index(
        "ix_outbox_unfinished_channel",
        "channel",
        "id",
        sqlite_where=text(UNFINISHED),
        postgresql_where=text(UNFINISHED),
    ),
    Index("ix_outbox_deadline", "channel", "deadline", sqlite_where=text(QUEUED), postgresql_where=text(QUEUED)),
    Index("ix_outbox_under_way", "conversation_id", sqlite_where=text(SENDING), postgresql_where=text(SENDING)),
    Index("ix_outbox_unknown", "id", sqlite_where=text(UNKNOWN), postgresql_where=text(UNKNOWN)),
    Index("ix_outbox_unheard", "id", sqlite_where=text(UNHEARD), postgresql_where=text(UNHEARD)),
    Index("ix_outbox_platform_message_id", "platform_message_id"),
)

CALLS = "outcome IN ('hand_over', 'away')"

decision = Table(
    "decision",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("first_inbox_id", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("entry", Text),
    Column("confidence", Float),
    Column("revision", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("situation", LargeBinary, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_decision_conversation_id_id", "conversation_id", "id"),
    Index("ix_decision_first_inbox_id", "first_inbox_id"),
    Index("ix_decision_calls", "conversation_id", "id", sqlite_where=text(CALLS), postgresql_where=text(CALLS)),
)

invite = Table(
    "invite",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("closed_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", Text, nullable=False, server_default="due"),
    Column("reason", Text, nullable=False, server_default=""),
    Column("sent_at", Moment),
    Column("reply_reference", LargeBinary, nullable=True),
    PrimaryKeyConstraint("conversation_id", "episode"),
    Index("ix_invite_due", "due_at", sqlite_where=text("state = 'due'"), postgresql_where=text("state = 'due'")),
)

invited_day = Table(
    "invited_day",
    metadata,
    Column("channel", Text, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("day", Text, nullable=False),  # ISO, in the shop's zone
    PrimaryKeyConstraint("channel", "buyer", "day"),
    Index("ix_invited_day_day", "day"),
)

rating = Table(
    "rating",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("comment", Text, nullable=False, server_default=""),
    Column("source", Text, nullable=False),
    Column("rated_at", Moment, nullable=False),
    PrimaryKeyConstraint("conversation_id", "episode"),
)

manual_revision = Table(
    "manual_revision",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False, server_default=""),
    Column("published_at", Moment, nullable=False),
)

echo_habit = Table(
    "echo_habit",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("habit", Text, nullable=False),
)

matcher_fit = Table(
    "matcher_fit",
    metadata,
    Column("key", Text, primary_key=True),
    Column("body", LargeBinary, nullable=True),
    Column("owner", Text, nullable=True),
    Column("due_ms", BigInteger, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("made_at", Moment, nullable=True),
)

erased = Table(
    "erased",
    metadata,
    Column("what", Text, primary_key=True),
    Column("upto_id", BigInteger, nullable=False),
)

pulse = Table(
    "pulse",
    metadata,
    Column("node", Text, primary_key=True),
    Column("beat_at", Moment, nullable=False),
)


# Only a condition that says the same words as a partial index can use it, so these stand in the text of a statement


def is_new(rows: FromClause = inbox) -> ColumnElement[bool]:
    """Inbox rows that wait for a decision."""
    return rows.c.state == literal_column("'new'")


def is_poison(rows: FromClause = inbox) -> ColumnElement[bool]:
    """Inbox rows that could not be decided about and are set aside for people."""
    return rows.c.state == literal_column("'poison'")


def is_unfinished(rows: FromClause = outbox) -> ColumnElement[bool]:
    """Outbox rows that are still to be sent, or are on the wire."""
    return rows.c.state.in_([literal_column("'queued'"), literal_column("'sending'")])


def is_queued(rows: FromClause = outbox) -> ColumnElement[bool]:
    """Outbox rows that are still to be sent."""
    return rows.c.state == literal_column("'queued'")


def is_sending(rows: FromClause = outbox) -> ColumnElement[bool]:
    """Outbox rows that are on the wire."""
    return rows.c.state == literal_column("'sending'")


def is_waiting(rows: FromClause = conversation) -> ColumnElement[bool]:
    """Conversations whose buyer waits for a person."""
    return rows.c.mode == literal_column("'waiting'")


def is_unheard(rows: FromClause = outbox) -> ColumnElement[bool]:
    """Outbox rows that did not arrive, or of which nobody can say whether they did."""
    return rows.c.state.in_([literal_column("'failed'"), literal_column("'expired'"), literal_column("'unknown'")])


def is_unknown(rows: FromClause = outbox) -> ColumnElement[bool]:
    """Outbox rows of which nobody can say whether they arrived."""
    return rows.c.state == literal_column("'unknown'")


def is_due(rows: FromClause = invite) -> ColumnElement[bool]:
    """Invites that nobody has seen to yet."""
    return rows.c.state == literal_column("'due'")


def calls(rows: FromClause = decision) -> ColumnElement[bool]:
    """Decisions that called a person."""
    return rows.c.outcome.in_([literal_column("'hand_over'"), literal_column("'away'")])
