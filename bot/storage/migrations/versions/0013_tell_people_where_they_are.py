"""Keep what people of the shop are told outside the desk, and what became of it at each of their peers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNROUTED = "NOT is_routed"
UNFINISHED = "state IN ('queued', 'sending')"


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("is_routed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("key", name=op.f("uq_alert_key")),
    )
    op.create_index(
        "ix_alert_unrouted", "alert", ["id"], sqlite_where=sa.text(UNROUTED), postgresql_where=sa.text(UNROUTED)
    )
    op.create_table(
        "alert_delivery",
        sa.Column("alert_id", BIG_ID, nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="queued", nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_delivery_alert_id")),
        sa.PrimaryKeyConstraint("alert_id", "peer", name=op.f("pk_alert_delivery")),
    )
    op.create_index(
        "ix_alert_delivery_unfinished",
        "alert_delivery",
        ["peer", "alert_id"],
        sqlite_where=sa.text(UNFINISHED),
        postgresql_where=sa.text(UNFINISHED),
    )
    op.create_table(
        "alert_peer",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("lease_until_ms", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rests_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alert_peer")),
    )


def downgrade() -> None:
    op.drop_table("alert_peer")
    op.drop_index("ix_alert_delivery_unfinished", table_name="alert_delivery")
    op.drop_table("alert_delivery")
    op.drop_index("ix_alert_unrouted", table_name="alert")
    op.drop_table("alert")
