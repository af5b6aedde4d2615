"""What the bot would have said where it was not to speak: for people to send, for a cover, and to be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import func, insert, select

from bot.storage.engine.prepared import Prepared
from bot.storage.packing import NAMES
from bot.storage.tables.messages import inbox
from bot.storage.tables.routing import bot_draft

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.domain.channels.modes import Voice
    from bot.domain.planning.plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class BotDraft:
    """What the bot would have said to the messages of these inbox rows."""

    conversation_id: int
    first_inbox_id: int
    last_inbox_id: int
    voice: Voice
    outcome: str
    entry: str | None
    confidence: float | None
    texts: tuple[str, ...]
    at: datetime
    id: int = 0


def add(connection: Connection, plans: Sequence[Plan]) -> None:
    """Keep what these plans leave unsaid."""
    _INSERT.run_each(connection, [row for plan in plans for row in _rows(plan)])


def newest(
    connection: Connection, conversation_ids: Sequence[int], *, since: Mapping[int, datetime]
) -> dict[int, BotDraft]:
    """The newest of each conversation, where it is about what the buyer has said `since` then."""
    last = select(func.max(bot_draft.c.id)).where(bot_draft.c.conversation_id.in_(conversation_ids))
    ids = last.group_by(bot_draft.c.conversation_id)
    rows = connection.execute(
        select(bot_draft, inbox.c.sent_at)
        .join(inbox, inbox.c.id == bot_draft.c.last_inbox_id)
        .where(bot_draft.c.id.in_(ids))
    )
    return {row.conversation_id: _draft(row) for row in rows if row.sent_at >= since[row.conversation_id]}


def _rows(plan: Plan) -> list[dict[str, object]]:
    if plan.unsaid is None or plan.decided is None:
        return []
    act = plan.unsaid.decision.act
    row: dict[str, object] = {
        "conversation_id": plan.conversation.id,
        "first_inbox_id": plan.inbox_ids[0],
        "last_inbox_id": plan.inbox_ids[-1],
        "voice": plan.unsaid.voice,
        "outcome": NAMES[type(act)],
        "entry": getattr(act, "entry", None),
        "confidence": getattr(act, "confidence", None),
        "texts": orjson.dumps(plan.unsaid.texts),
        "at": plan.decided.at,
    }
    return [row]


def _draft(row: Any) -> BotDraft:  # noqa: ANN401 - a row of the database
    return BotDraft(
        id=row.id,
        conversation_id=row.conversation_id,
        first_inbox_id=row.first_inbox_id,
        last_inbox_id=row.last_inbox_id,
        voice=row.voice,
        outcome=row.outcome,
        entry=row.entry,
        confidence=row.confidence,
        texts=tuple(orjson.loads(row.texts)),
        at=row.at,
    )


_INSERT = Prepared(insert(bot_draft))
