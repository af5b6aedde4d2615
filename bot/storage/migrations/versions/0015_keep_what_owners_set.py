"""Keep what owners set in the console, and what people need not look at any more; find what did not arrive."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNHEARD = sa.text("state IN ('failed', 'expired', 'unknown')")


def upgrade() -> None:
    op.create_table(
        "given_up",
        sa.Column("outbox_id", BIG_ID, autoincrement=False, nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_given_up_outbox_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_given_up")),
    )
    op.create_table(
        "owner_setting",
        sa.Column("section", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("section", name=op.f("pk_owner_setting")),
    )
    op.create_index("ix_outbox_unheard", "outbox", ["id"], sqlite_where=UNHEARD, postgresql_where=UNHEARD)


def downgrade() -> None:
    op.drop_index("ix_outbox_unheard", table_name="outbox")
    op.drop_table("owner_setting")
    op.drop_table("given_up")
