"""Find at once who waits before whom, what is due, and the conversations of a buyer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_conversation_mode_last_buyer_at", "conversation", ["mode", "last_buyer_at"], None),
    ("ix_conversation_waiting", "conversation", ["waiting_since", "id", "channel"], "waiting_since IS NOT NULL"),
    ("ix_conversation_channel_buyer", "conversation", ["channel", "buyer"], None),
    ("ix_outbox_deadline", "outbox", ["channel", "deadline"], "state = 'queued'"),
    ("ix_outbox_under_way", "outbox", ["conversation_id"], "state = 'sending'"),
)


def upgrade() -> None:
    op.drop_index("ix_conversation_mode_channel", table_name="conversation")
    for name, table, columns, where in INDEXES:
        condition = None if where is None else sa.text(where)
        op.create_index(name, table, columns, sqlite_where=condition, postgresql_where=condition)


def downgrade() -> None:
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table_name=table)
    op.create_index("ix_conversation_mode_channel", "conversation", ["mode", "channel"])
