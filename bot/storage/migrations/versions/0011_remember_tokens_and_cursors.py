"""Keep each channel's access token and cursor, and what a platform hands out at the end of a talk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "channel_state",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("channel", "what", name=op.f("pk_channel_state")),
    )
    op.add_column("invite", sa.Column("reply_reference", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("invite", "reply_reference")
    op.drop_table("channel_state")
