"""Bring a person in from anywhere but a decision: for a reply that could not be sent, or a wait that is too long."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal

from bot.domain.desk_notices import notice_of
from bot.storage import outbox
from bot.storage.conversations import read_several, turn
from bot.storage.tables import Moment, conversation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation
    from knowledge.reasons.reason import Reason

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsPerson:
    """A buyer who needs a person, and why. The desk is told once for each `key`, where the channel `announces`."""

    conversation_id: int
    reason: Reason
    key: str
    announces: bool
    urgent: bool = False


def hand_over(connection: Connection, need: NeedsPerson, *, at: datetime) -> None:
    """The buyer waits for a person from now on, and the shop's desk is told why.

    Not when a person leads already, nor for a buyer who is blocked.
    """
    hand_over_several(connection, [need], at=at)


def hand_over_several(connection: Connection, needs: Sequence[NeedsPerson], *, at: datetime) -> None:
    """The same for several buyers, of whom each is named once: the queue is looked at a single time."""
    table, now = conversation.c, literal(at, Moment)
    first_unanswered = func.coalesce(table.unanswered_since, now)
    ids = sorted(need.conversation_id for need in needs)
    turn(
        connection,
        "person called",
        table.id.in_(ids),
        table.blocked_at.is_(None),
        waiting_since=func.coalesce(table.waiting_since, now),
        unanswered_since=case((table.mode == "waiting", table.unanswered_since), else_=first_unanswered),
    )
    found = {each.id: each for each in read_several(connection, ids, with_places=True) if each.mode == "waiting"}
    handed_over = [(need, found[need.conversation_id]) for need in needs if need.conversation_id in found]
    for need, waits in handed_over:
        if waits.waiting_since == at:
            facts = {"channel": waits.channel, "conversation": waits.id, "reason": need.reason.code}
            log.info("handed over to a person", extra=facts)
    outbox.insert(connection, [_notice(need, waits, at) for need, waits in handed_over if need.announces])


def _notice(need: NeedsPerson, waits: Conversation, at: datetime) -> dict[str, object]:
    said = notice_of(need.reason, queue_position=waits.waiting_ahead + 1, reply_by=waits.reply_by, urgent=need.urgent)
    return outbox.new_row(waits, said, key=need.key, at=at)
