"""Keep on which day each buyer was asked how it went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "invited_day",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "buyer", "day", name=op.f("pk_invited_day")),
    )


def downgrade() -> None:
    op.drop_table("invited_day")
