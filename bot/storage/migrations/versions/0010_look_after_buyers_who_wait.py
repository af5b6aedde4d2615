"""Keep who is there, what is set for the desk, and what was done for buyers who wait."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "desk_settings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_settings")),
    )
    op.create_table(
        "presence",
        sa.Column("staff_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("away", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "routing_standing",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("group_id", "staff_id", name=op.f("pk_routing_standing")),
    )
    op.create_table(
        "rung",
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("fired_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", "asked_at", "line", "action", name=op.f("pk_rung")),
    )
    op.create_index("ix_rung_fired_at", "rung", ["fired_at"])
    op.create_table(
        "desk_event",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("detail", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_desk_event")),
    )
    op.create_index("ix_desk_event_conversation_id_id", "desk_event", ["conversation_id", "id"])
    op.create_index("ix_desk_event_at", "desk_event", ["at"])
    op.create_table(
        "bot_draft",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=False),
        sa.Column("first_inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("last_inbox_id", sa.BigInteger(), nullable=False),
        sa.Column("voice", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("texts", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bot_draft")),
    )
    op.create_index("ix_bot_draft_conversation_id_id", "bot_draft", ["conversation_id", "id"])
    op.create_index("ix_bot_draft_voice_at", "bot_draft", ["voice", "at"])


def downgrade() -> None:
    for table in ("bot_draft", "desk_event", "rung", "routing_standing", "presence", "desk_settings"):
        op.drop_table(table)
