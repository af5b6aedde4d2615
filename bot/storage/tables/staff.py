"""The shop's people: who they are, where they are signed in, links that let them in once, and what was done."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, Text

from bot.storage.tables.base import BIG_ID, Moment, metadata

staff = Table(
    "staff",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, unique=True),  # the name as it is compared; none once they have left
    Column("role", Text, nullable=False),
    Column("channels", Text),  # JSON list of those they may touch; none for all
    Column("password", Text, nullable=False, server_default=""),
    Column("code_secret", Text),  # of one-time codes; none where no code is asked for
    Column("code_step", BigInteger, nullable=False, server_default="0"),  # of the last code that was taken
    Column("made_at", Moment, nullable=False),
    Column("removed_at", Moment),
)

session = Table(
    "session",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("address", Text, nullable=False),
    Column("browser", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("proved_at", Moment, nullable=False),  # when a password or a code was last given
    Index("ix_session_staff_id", "staff_id"),
)

staff_link = Table(
    "staff_link",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # owner, invite, reset; code: half a sign-in
    Column("staff_id", ForeignKey("staff.id")),  # whom it is for, where they have an account already
    Column("role", Text, nullable=False, server_default=""),
    Column("channels", Text),
    Column("made_by", ForeignKey("staff.id")),
    Column("made_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
)

recovery_code = Table(
    "recovery_code",
    metadata,
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("code_hash", Text, nullable=False),
    PrimaryKeyConstraint("staff_id", "code_hash"),
)

known_browser = Table(
    "known_browser",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("staff_id", ForeignKey("staff.id"), nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("ix_known_browser_staff_id", "staff_id"),
)

throttle = Table(
    "throttle",
    metadata,
    Column("key", Text, primary_key=True),
    Column("level", Float, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_throttle_at", "at"),
)

given_up = Table(
    "given_up",
    metadata,
    Column("outbox_id", ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("staff_id", BigInteger, nullable=False),
    Column("at", Moment, nullable=False),
)

owner_setting = Table(
    "owner_setting",
    metadata,
    Column("section", Text, primary_key=True),  # as in the file of the configuration
    Column("body", Text, nullable=False),  # JSON: its keys as in the file
    Column("version", Integer, nullable=False),
    Column("staff_id", BigInteger),
    Column("set_at", Moment, nullable=False),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("staff_id", BigInteger),  # none: the shell, or nobody who is known
    Column("staff_name", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("detail", Text, nullable=False),  # JSON
    Column("address", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),  # of this row and the digest of the one before it
    Index("ix_audit_action_id", "action", "id"),
    Index("ix_audit_staff_id_id", "staff_id", "id"),
)
