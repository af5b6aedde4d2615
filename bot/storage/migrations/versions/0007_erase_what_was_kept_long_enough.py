"""Remember how far each kind of what is kept has been erased, and find the days that are over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erased",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("upto_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_erased")),
    )
    op.create_index("ix_invited_day_day", "invited_day", ["day"])


def downgrade() -> None:
    op.drop_index("ix_invited_day_day", table_name="invited_day")
    op.drop_table("erased")
