"""Tell why a message was set aside, and find those that were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

POISON = "state = 'poison'"


def upgrade() -> None:
    op.add_column("inbox", sa.Column("problem", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_inbox_poison", "inbox", ["id"], sqlite_where=sa.text(POISON), postgresql_where=sa.text(POISON))


def downgrade() -> None:
    op.drop_index("ix_inbox_poison", table_name="inbox")
    op.drop_column("inbox", "problem")
