"""Keep of who is there only when they were seen: nobody could ever be there without taking buyers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("presence") as table:
        table.drop_column("away")


def downgrade() -> None:
    with op.batch_alter_table("presence") as table:
        table.add_column(sa.Column("away", sa.Boolean(), server_default=sa.false(), nullable=False))
