"""Say by a code what keeps a reply or an alert from arriving, so that people read it in their language."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("outbox", "alert_delivery"):
        op.add_column(table, sa.Column("fault", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for table in ("outbox", "alert_delivery"):
        with op.batch_alter_table(table) as changed:
            changed.drop_column("fault")
