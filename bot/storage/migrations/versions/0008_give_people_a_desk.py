"""Give people a desk: who has which conversation, what they did, said and kept beside it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "buyer_tag",
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("buyer", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("channel", "buyer", "tag", name=op.f("pk_buyer_tag")),
    )
    op.create_table(
        "media",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("conversation", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_media")),
    )
    op.create_index("ix_media_at", "media", ["at"])
    op.create_index("ix_media_channel_conversation", "media", ["channel", "conversation"])
    op.create_table(
        "quick_phrase",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("bubbles", sa.LargeBinary(), nullable=False),
        sa.Column("used", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quick_phrase")),
    )
    op.create_index("ix_quick_phrase_scope_owner_id", "quick_phrase", ["scope", "owner_id"])
    op.create_table(
        "should_have_been",
        sa.Column(
            "decision_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name=op.f("fk_should_have_been_decision_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("decision_id", name=op.f("pk_should_have_been")),
    )
    op.create_table(
        "staff_reply",
        sa.Column(
            "outbox_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("edited", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["outbox_id"], ["outbox.id"], name=op.f("fk_staff_reply_outbox_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("outbox_id", name=op.f("pk_staff_reply")),
    )
    op.create_index("ix_staff_reply_cause", "staff_reply", ["cause"])
    op.create_table(
        "desk",
        sa.Column(
            "conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("assignee_name", sa.Text(), server_default="", nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", sa.BigInteger(), nullable=True),
        sa.Column("episode", sa.Integer(), server_default="0", nullable=False),
        sa.Column("snoozed_at", sa.BigInteger(), nullable=True),
        sa.Column("snoozed_until", sa.BigInteger(), nullable=True),
        sa.Column("read_inbox_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("heard_outbox_id", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("buyer_typed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_desk_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_desk")),
    )
    op.create_index("ix_desk_assignee_id", "desk", ["assignee_id"])
    op.create_index("ix_desk_group_id", "desk", ["group_id"])
    op.create_table(
        "draft",
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_draft_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "staff_id", name=op.f("pk_draft")),
    )
    op.create_table(
        "looking",
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("typed_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_looking_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "staff_id", name=op.f("pk_looking")),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_note_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
    )
    op.create_index("ix_note_conversation_id_id", "note", ["conversation_id", "id"])
    op.create_table(
        "proposal",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_proposal_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
    )
    op.create_index("ix_proposal_state_id", "proposal", ["state", "id"])
    op.create_index("ix_proposal_conversation_id", "proposal", ["conversation_id"])
    op.create_table(
        "rating_cause",
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_rating_cause_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "episode", "cause", name=op.f("pk_rating_cause")),
    )
    op.create_table(
        "reception",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.BigInteger(), nullable=False),
        sa.Column("owed_at_begin", sa.BigInteger(), nullable=True),
        sa.Column("first_answer_at", sa.BigInteger(), nullable=True),
        sa.Column("answers", sa.Integer(), server_default="0", nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_how", sa.Text(), server_default="", nullable=False),
        sa.Column("owed_at_end", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_reception_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reception")),
    )
    op.create_index("ix_reception_conversation_id_id", "reception", ["conversation_id", "id"])
    op.create_index(
        "ix_reception_open",
        "reception",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index("ix_reception_staff_id_began_at", "reception", ["staff_id", "began_at"])
    op.create_table(
        "staff_action",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("staff_name", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("owed_since", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversation.id"], name=op.f("fk_staff_action_conversation_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_action")),
        sa.UniqueConstraint("key", name=op.f("uq_staff_action_key")),
    )
    op.create_index("ix_staff_action_conversation_id_id", "staff_action", ["conversation_id", "id"])
    op.create_table(
        "mention",
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["note_id"], ["note.id"], name=op.f("fk_mention_note_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("note_id", "staff_id", name=op.f("pk_mention")),
    )
    op.create_index(
        "ix_mention_unseen",
        "mention",
        ["staff_id"],
        sqlite_where=sa.text("seen_at IS NULL"),
        postgresql_where=sa.text("seen_at IS NULL"),
    )

    calls = sa.text("outcome IN ('hand_over', 'away')")
    op.create_index("ix_decision_first_inbox_id", "decision", ["first_inbox_id"])
    op.create_index(
        "ix_decision_calls", "decision", ["conversation_id", "id"], sqlite_where=calls, postgresql_where=calls
    )


def downgrade() -> None:
    op.drop_index("ix_decision_calls", table_name="decision")
    op.drop_index("ix_decision_first_inbox_id", table_name="decision")
    op.drop_index("ix_mention_unseen", table_name="mention")
    op.drop_table("mention")
    op.drop_index("ix_staff_action_conversation_id_id", table_name="staff_action")
    op.drop_table("staff_action")
    op.drop_index("ix_reception_staff_id_began_at", table_name="reception")
    op.drop_index("ix_reception_open", table_name="reception")
    op.drop_index("ix_reception_conversation_id_id", table_name="reception")
    op.drop_table("reception")
    op.drop_table("rating_cause")
    op.drop_index("ix_proposal_conversation_id", table_name="proposal")
    op.drop_index("ix_proposal_state_id", table_name="proposal")
    op.drop_table("proposal")
    op.drop_index("ix_note_conversation_id_id", table_name="note")
    op.drop_table("note")
    op.drop_table("looking")
    op.drop_table("draft")
    op.drop_index("ix_desk_group_id", table_name="desk")
    op.drop_index("ix_desk_assignee_id", table_name="desk")
    op.drop_table("desk")
    op.drop_index("ix_staff_reply_cause", table_name="staff_reply")
    op.drop_table("staff_reply")
    op.drop_table("should_have_been")
    op.drop_index("ix_quick_phrase_scope_owner_id", table_name="quick_phrase")
    op.drop_table("quick_phrase")
    op.drop_index("ix_media_channel_conversation", table_name="media")
    op.drop_index("ix_media_at", table_name="media")
    op.drop_table("media")
    op.drop_table("buyer_tag")
