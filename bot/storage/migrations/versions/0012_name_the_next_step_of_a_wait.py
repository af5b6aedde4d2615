"""Let one column say when the next step for a buyer who waits is due."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename("holding_due_at", "rung_due_at")


def downgrade() -> None:
    _rename("rung_due_at", "holding_due_at")


def _rename(before: str, after: str) -> None:
    op.drop_index(f"ix_conversation_{before}", "conversation")
    op.execute(f"ALTER TABLE conversation RENAME COLUMN {before} TO {after}")
    op.create_index(f"ix_conversation_{after}", "conversation", [after])
