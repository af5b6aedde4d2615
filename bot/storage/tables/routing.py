"""Who of the shop's people is there, what they set for the desk, and what was done for buyers who wait.

As in the other tables of the desk, a conversation, a person and a group are named by their numbers.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
)

from bot.storage.tables.base import BIG_ID, Moment, metadata

desk_settings = Table(
    "desk_settings",
    metadata,
    Column("id", BIG_ID, primary_key=True, autoincrement=False),  # the revision: one more than the one it was made of
    Column("body", LargeBinary, nullable=False),  # JSON, the whole document
    Column("staff_id", Integer, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

presence = Table(
    "presence",
    metadata,
    Column("staff_id", Integer, primary_key=True, autoincrement=False),
    Column("seen_at", Moment, nullable=False),
)

routing_standing = Table(
    "routing_standing",
    metadata,
    Column("group_id", Integer, nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("standing", Integer, nullable=False),
    PrimaryKeyConstraint("group_id", "staff_id"),
)

rung = Table(
    "rung",
    metadata,
    Column("conversation_id", BigInteger, nullable=False),
    Column("asked_at", Moment, nullable=False),  # which wait: the buyer's first unanswered message
    Column("line", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("fired_at", Moment, nullable=False),
    PrimaryKeyConstraint("conversation_id", "asked_at", "line", "action"),
    Index("ix_rung_fired_at", "fired_at"),
)

desk_event = Table(
    "desk_event",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("kind", Text, nullable=False),
    Column("conversation_id", BigInteger, nullable=False),
    Column("staff_id", Integer),  # whom it is for; none: the group, or everybody
    Column("group_id", Integer),
    Column("detail", LargeBinary, nullable=False),  # JSON
    Index("ix_desk_event_conversation_id_id", "conversation_id", "id"),
    Index("ix_desk_event_at", "at"),
)

bot_draft = Table(
    "bot_draft",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("conversation_id", BigInteger, nullable=False),
    Column("first_inbox_id", BigInteger, nullable=False),
    Column("last_inbox_id", BigInteger, nullable=False),
    Column("voice", Text, nullable=False),  # why it was not said: shadow, assist, cover
    Column("outcome", Text, nullable=False),
    Column("entry", Text),
    Column("confidence", Float),
    Column("texts", LargeBinary, nullable=False),  # JSON
    Column("at", Moment, nullable=False),
    Index("ix_bot_draft_conversation_id_id", "conversation_id", "id"),
    Index("ix_bot_draft_voice_at", "voice", "at"),
)
