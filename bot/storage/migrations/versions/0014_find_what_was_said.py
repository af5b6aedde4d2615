"""Find what was said by its words: an index that each database keeps in its own form, beside all tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SQLITE = (
    "CREATE VIRTUAL TABLE search_index USING fts5"
    "(words, content='', detail=none, tokenize='unicode61 remove_diacritics 0')"
)
POSTGRESQL = (
    "CREATE TABLE search_index (number BIGINT PRIMARY KEY, words TEXT[] NOT NULL)",
    "CREATE INDEX ix_search_index_words ON search_index USING gin (words) WITH (fastupdate = off)",
)


def upgrade() -> None:
    op.create_table(
        "indexed",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("upto_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_indexed")),
    )
    for statement in (SQLITE,) if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE search_index")
    op.drop_table("indexed")
