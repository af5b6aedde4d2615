"""Bring a person in from anywhere but a decision: for a reply that could not be sent, or a wait that is too long."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal

from bot.domain.alerts import alert_of_need
from bot.domain.delivering.outgoing import Outgoing
from bot.domain.desk.notices import notice_of
from bot.storage import outbox
from bot.storage.alerting import alerts
from bot.storage.conversations import read_several, turn
from bot.storage.tables.base import Moment
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.config import AlertEvent
    from bot.dialogue.state import Conversation
    from bot.domain.alerts import Alert
    from knowledge.reasons.reason import Reason

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsPerson:
    """A buyer who needs a person, and why. The desk is told once for each `key`, where the channel `announces`.

    `alert` is as what people are told of it elsewhere; `words` are then those that matter, or else the buyer's last.
    """

    conversation_id: int
    reason: Reason
    key: str
    announces: bool
    urgent: bool = False
    alert: AlertEvent = "hand_over"
    words: str = ""


def hand_over(connection: Connection, need: NeedsPerson, *, at: datetime) -> None:
    """The buyer waits for a person from now on, and the shop's desk is told why.

    Not when a person leads already, nor for a buyer who is blocked.
    """
    hand_over_several(connection, [need], at=at)


def hand_over_several(connection: Connection, needs: Sequence[NeedsPerson], *, at: datetime) -> None:
    """The same for several buyers, of whom each is named once: the queue is looked at a single time.

    Who keeps the lines looks at them next.
    """
    if not needs:
        return
    table, now = conversation.c, literal(at, Moment)
    first_unanswered = func.coalesce(table.unanswered_since, now)
    ids = sorted(need.conversation_id for need in needs)
    turn(
        connection,
        "person called",
        table.id.in_(ids),
        table.blocked_at.is_(None),
        waiting_since=func.coalesce(table.waiting_since, now),
        rung_due_at=now,
        unanswered_since=case((table.mode == "waiting", table.unanswered_since), else_=first_unanswered),
    )
    found = {each.id: each for each in read_several(connection, ids, with_places=True)}
    meant = [(need, found[need.conversation_id]) for need in needs if need.conversation_id in found]
    handed_over = [(need, waits) for need, waits in meant if waits.mode == "waiting"]
    for need, waits in handed_over:
        if waits.waiting_since == at:
            facts = {"channel": waits.channel, "conversation": waits.id, "reason": need.reason.code}
            log.info("handed over to a person", extra=facts)
    outbox.insert(connection, [_notice(need, waits, at) for need, waits in handed_over if need.announces])
    told = [each for each in meant if each in handed_over or each[0].alert == "unknown_send"]
    alerts.insert(connection, [_alert(need, talk, at) for need, talk in told])


def _notice(need: NeedsPerson, waits: Conversation, at: datetime) -> Outgoing:
    said = notice_of(need.reason, queue_position=waits.waiting_ahead + 1, reply_by=waits.reply_by, urgent=need.urgent)
    return Outgoing(conversation=waits, content=said, key=need.key, at=at)


def _alert(need: NeedsPerson, talk: Conversation, at: datetime) -> Alert:
    return alert_of_need(talk, need.alert, need.reason, key=need.key, words=need.words, at=at)
