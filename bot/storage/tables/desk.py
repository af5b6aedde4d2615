"""What people of the shop do in conversations, and what they keep beside them: the tables of the desk.

The tables that messages walk through do not know of these; whatever stands here goes with what it belongs to.
Numbers of staff and groups are kept as they are: what a person did stays, when they have left the shop.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    text,
)

from bot.storage.tables.base import BIG_ID, Moment, metadata

OPEN_RECEPTION = "ended_at IS NULL"
UNSEEN = "seen_at IS NULL"

desk = Table(
    "desk",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("assignee_id", Integer),
    Column("assignee_name", Text, nullable=False, server_default=""),
    Column("group_id", Integer),
    Column("assigned_at", Moment),
    Column("episode", Integer, nullable=False, server_default="0"),  # the one that the person or group has
    Column("snoozed_at", Moment),
    Column("snoozed_until", Moment),
    # how far each side has read what the other said
    Column("read_inbox_id", BigInteger, nullable=False, server_default="0"),
    Column("heard_outbox_id", BigInteger, nullable=False, server_default="0"),
    Column("buyer_typed_at", Moment),
    Index("ix_desk_assignee_id", "assignee_id"),
    Index("ix_desk_group_id", "group_id"),
)

looking = Table(
    "looking",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("typed_at", Moment),
    PrimaryKeyConstraint("conversation_id", "staff_id"),
)

reception = Table(
    "reception",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("group_id", Integer),
    Column("began_at", Moment, nullable=False),
    # since when the buyer had been owed an answer as it began, and as it ended
    Column("owed_at_begin", Moment),
    Column("first_answer_at", Moment),
    Column("answers", Integer, nullable=False, server_default="0"),
    Column("ended_at", Moment),
    Column("ended_how", Text, nullable=False, server_default=""),
    Column("owed_at_end", Moment),
    Index("ix_reception_conversation_id_id", "conversation_id", "id"),
    Index("ix_reception_staff_id_began_at", "staff_id", "began_at"),
    Index(
        "ix_reception_open",
        "conversation_id",
        unique=True,
        sqlite_where=text(OPEN_RECEPTION),
        postgresql_where=text(OPEN_RECEPTION),
    ),
)

staff_action = Table(
    "staff_action",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("staff_id", Integer),  # nobody's: a person in the platform's own client
    Column("staff_name", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("key", Text, nullable=False, unique=True),
    Column("version", BigInteger, nullable=False),
    Column("owed_since", Moment),
    Column("said", LargeBinary, nullable=False),
    Column("result", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_staff_action_conversation_id_id", "conversation_id", "id"),
)

staff_reply = Table(
    "staff_reply",
    metadata,
    Column("outbox_id", ForeignKey("outbox.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("cause", Text, nullable=False),  # what the rows of one answer share
    Column("staff_id", Integer, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("edited", Integer, nullable=False, server_default="0"),
    Index("ix_staff_reply_cause", "cause"),
)

note = Table(
    "note",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_note_conversation_id_id", "conversation_id", "id"),
)

mention = Table(
    "mention",
    metadata,
    Column("note_id", ForeignKey("note.id", ondelete="CASCADE"), nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("seen_at", Moment),
    PrimaryKeyConstraint("note_id", "staff_id"),
    Index("ix_mention_unseen", "staff_id", sqlite_where=text(UNSEEN), postgresql_where=text(UNSEEN)),
)

draft = Table(
    "draft",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("conversation_id", "staff_id"),
)

buyer_tag = Table(
    "buyer_tag",
    metadata,
    Column("channel", Text, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("tag", Text, nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "buyer", "tag"),
)

contact = Table(
    "contact",
    metadata,
    Column("channel", Text, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "buyer", "kind"),
    Index("ix_contact_at", "at"),
)

same_buyer = Table(
    "same_buyer",
    metadata,
    Column("channel", Text, nullable=False),
    Column("buyer", Text, nullable=False),
    Column("person", Text, nullable=False),  # what those who are one have in common
    Column("staff_id", Integer, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("channel", "buyer"),
    Index("ix_same_buyer_person", "person"),
)

quick_phrase = Table(
    "quick_phrase",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("scope", Text, nullable=False),
    Column("owner_id", Integer, nullable=False),  # of a person or a group; 0 for the shop's
    Column("title", Text, nullable=False),
    Column("bubbles", LargeBinary, nullable=False),
    Column("used", Integer, nullable=False, server_default="0"),
    Column("changed_at", Moment, nullable=False),
    Index("ix_quick_phrase_scope_owner_id", "scope", "owner_id"),
)

phrase_picture = Table(
    "phrase_picture",
    metadata,
    Column("name", Text, primary_key=True),
    Column("mime", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

media = Table(
    "media",
    metadata,
    Column("name", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("conversation", Text, nullable=False),  # the platform's id: a picture may come before the first message
    Column("staff_id", Integer),  # nobody's: the buyer sent it
    Column("mime", Text, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_media_channel_conversation", "channel", "conversation"),
    Index("ix_media_at", "at"),
)

proposal = Table(
    "proposal",
    metadata,
    Column("id", BIG_ID, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("entry", Text),
    Column("state", Text, nullable=False, server_default="open"),
    Column("at", Moment, nullable=False),
    Index("ix_proposal_state_id", "state", "id"),
    Index("ix_proposal_conversation_id", "conversation_id"),
)

should_have_been = Table(
    "should_have_been",
    metadata,
    Column("decision_id", ForeignKey("decision.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("entry", Text, nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("staff_name", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    Column("at", Moment, nullable=False),
)

rating_cause = Table(
    "rating_cause",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("episode", Integer, nullable=False),
    Column("cause", Text, nullable=False),
    Column("staff_id", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("conversation_id", "episode", "cause"),
)

indexed = Table(
    "indexed",
    metadata,
    Column("what", Text, primary_key=True),
    Column("upto_id", BigInteger, nullable=False),  # the rows up to here can be found by their words
)
