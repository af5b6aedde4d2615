"""What a buyer said last and is to be answered, for whoever thinks about the answer with the bot."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.domain.planning.plan import Claimed
from bot.storage.conversations import read_several, unread_of
from bot.storage.packing import UNREADABLE
from bot.storage.tables.messages import inbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from bot.domain.planning.plan import Unread

AT_MOST = 5


def read(connection: Connection, conversation_id: int) -> Claimed | None:
    """The conversation with the buyer's messages that nobody has answered; with their last one where all are."""
    found = next(iter(read_several(connection, [conversation_id], with_places=False)), None)
    if found is None:
        return None
    theirs = (inbox.c.conversation_id == found.id, inbox.c.author == "buyer", inbox.c.kind == "message")
    rows = connection.execute(select(inbox).where(*theirs).order_by(inbox.c.id.desc()).limit(AT_MOST)).all()
    since = found.unanswered_since
    owed = [row for row in rows if since is not None and row.received_at >= since]
    return Claimed(conversation=found, unread=tuple(_readable((owed or rows[:1])[::-1])))


def _readable(rows: Sequence[Row[Any]]) -> Iterator[Unread]:
    for row in rows:
        try:
            yield unread_of(row)
        except UNREADABLE:
            continue
