"""Keep how a buyer can be reached who left a message while nobody was there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "buyer", "kind", name=op.f("pk_contact")),
    )
    op.create_index("ix_contact_at", "contact", ["at"])


def downgrade() -> None:
    op.drop_index("ix_contact_at", table_name="contact")
    op.drop_table("contact")
