"""What the bot would have said, beside what people then said to the same messages."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from typing import TYPE_CHECKING

import orjson
from sqlalchemy import select

from bot.storage.tables.messages import inbox, outbox
from bot.storage.tables.routing import bot_draft
from bot.storage.transcript import words_kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

OF_PEOPLE = "staff"


def pairs(connection: Connection, *, since: datetime, most: int) -> list[tuple[str, str, str]]:
    """Entry, what the bot would have said, and what people said before its next thought about the same buyer.

    The newest `most` drafts that were answers; those upon which nobody said anything are left out.
    """
    drafts = connection.execute(
        select(bot_draft).where(bot_draft.c.at >= since).order_by(bot_draft.c.id.desc()).limit(most)
    ).all()[::-1]
    said = _said(connection, list({row.conversation_id for row in drafts}), since)
    ends: dict[int, datetime] = {}
    found = []
    for row in reversed(drafts):
        words = _between(said[row.conversation_id], row.at, ends.get(row.conversation_id))
        ends[row.conversation_id] = row.at
        texts = orjson.loads(row.texts)
        if words and texts and row.entry is not None:
            found.append((str(row.entry), "\n".join(texts), words))
    return found[::-1]


def _between(said: Sequence[tuple[datetime, str]], after: datetime, before: datetime | None) -> str:
    begins = bisect_right(said, after, key=lambda each: each[0])
    return "\n".join(words for at, words in said[begins:] if before is None or at <= before)


def _said(
    connection: Connection, conversation_ids: Sequence[int], since: datetime
) -> dict[int, list[tuple[datetime, str]]]:
    """What people said in these conversations, in the platform's client or at our desk, in order."""
    found: dict[int, list[tuple[datetime, str]]] = defaultdict(list)
    theirs = (inbox.c.conversation_id.in_(conversation_ids), inbox.c.received_at >= since)
    for row in connection.execute(select(inbox).where(*theirs, inbox.c.author == "staff", inbox.c.state == "human")):
        found[row.conversation_id].append((row.received_at, words_kept(row.kind, row.body)))
    ours = (outbox.c.conversation_id.in_(conversation_ids), outbox.c.created_at >= since)
    kept = (outbox.c.kind == OF_PEOPLE, outbox.c.state.not_in(("cancelled", "failed", "expired")))
    for row in connection.execute(select(outbox).where(*ours, *kept)):
        found[row.conversation_id].append((row.created_at, row.text))
    for each in found.values():
        each.sort(key=lambda said: said[0])
    return found
