"""Recognise each echo once, and keep whether a channel echoes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox", sa.Column("echoed_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "echo_habit",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("habit", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_echo_habit")),
    )


def downgrade() -> None:
    op.drop_table("echo_habit")
    op.drop_column("outbox", "echoed_at")
