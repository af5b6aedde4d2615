"""Let the editor settle what people said should have been."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("should_have_been") as table:
        table.add_column(sa.Column("state", sa.Text(), server_default="open", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("should_have_been") as table:
        table.drop_column("state")
