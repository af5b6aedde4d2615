"""Keep which buyers of different channels are one person, as people of the shop say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "same_buyer",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "buyer", name=op.f("pk_same_buyer")),
    )
    op.create_index("ix_same_buyer_person", "same_buyer", ["person"])


def downgrade() -> None:
    op.drop_table("same_buyer")
