"""The channels that owners made in the console, and what is kept of any channel between two calls of its platform."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from bot.storage.tables.base import Moment, metadata

made_channel = Table(
    "made_channel",
    metadata,
    Column("name", Text, primary_key=True),
    Column("platform", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),  # JSON: the settings and the secrets; empty once it is removed
    Column("sealed", Boolean, nullable=False),  # whether the body is encrypted
    Column("former_until", Moment, nullable=True),  # until when the secret before this one holds as well
    Column("state", Text, nullable=False),  # on, off or removed
    Column("version", Integer, nullable=False),
    Column("staff_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
)

channel_state = Table(
    "channel_state",
    metadata,
    Column("channel", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("body", LargeBinary, nullable=True),
    Column("until", Moment, nullable=True),
    # who works on it just now; by the database's own clock, in milliseconds
    Column("owner", Text, nullable=True),
    Column("lease_until_ms", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("channel", "what"),
)
