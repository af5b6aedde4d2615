"""Bring a person in from anywhere but a decision: for a reply that could not be sent, or a wait that is too long."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal

from adapters.contract import HandedOver
from bot.storage import outbox
from bot.storage.conversations import read_one, turn
from bot.storage.tables import Moment, conversation

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

log = logging.getLogger(__name__)


def call_person(
    connection: Connection,
    conversation_id: int,
    *,
    reason: str,
    key: str,
    at: datetime,
    announces: bool,
    urgent: bool = False,
) -> None:
    """The buyer waits for a person from now on, and the shop's desk is told why.

    Not when a person leads already, nor for a buyer who is blocked. The desk is told once for each `key`; channels
    that take no notices (`announces` False) are not told.
    """
    table, now = conversation.c, literal(at, Moment)
    first_unanswered = func.coalesce(table.unanswered_since, now)
    called = turn(
        connection,
        "person called",
        table.id == conversation_id,
        table.blocked_at.is_(None),
        waiting_since=func.coalesce(table.waiting_since, now),
        unanswered_since=case((table.mode == "waiting", table.unanswered_since), else_=first_unanswered),
    )
    found = read_one(connection, conversation_id)
    if called and found is not None:  # what a platform said stands after a colon, and is not for the log
        facts = {"channel": found.channel, "conversation": found.id, "reason": reason.partition(": ")[0]}
        log.info("handed over to a person", extra=facts)
    if announces and found is not None and found.mode == "waiting":
        notice = HandedOver(
            reason=reason, queue_position=found.waiting_ahead + 1, reply_by=found.reply_by, urgent=urgent
        )
        outbox.insert(connection, [outbox.new_row(found, notice, key=key, at=at)])
