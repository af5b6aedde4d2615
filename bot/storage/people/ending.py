"""How a person's time with a buyer ends: given back to the bot, or to the queue where an answer is owed, or closed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from adapters.contract import Returned
from bot.domain.delivering.outgoing import Outgoing, reply_key
from bot.domain.planning.plan import Closing
from bot.storage import outbox
from bot.storage.people import receptions, waiting
from bot.storage.people.hand_over import NeedsPerson, hand_over
from bot.storage.satisfaction import invites

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation
    from bot.domain.desk.now import DeskNow
    from bot.storage.people.receptions import EndedHow
    from knowledge.reasons.reason import Reason

log = logging.getLogger(__name__)


def give_back(
    connection: Connection, found: Conversation, desk: DeskNow, *, at: datetime, how: EndedHow, reason: Reason
) -> None:
    """The bot has it again; a buyer left without an answer goes back to the queue for that reason, first of all."""
    channel = desk.channels.get(found.channel)
    waits = found.unanswered_since is not None and desk.has_desk(found.channel)
    receptions.let_go(connection, [found.id], at=at, how=how)
    waiting.hand_back(connection, found)
    log.info("taken back from a person", extra={"channel": found.channel, "conversation": found.id})
    announces = channel is not None and channel.adapter.capabilities.announces
    cause = f"back:{found.id}:{found.epoch}"
    if waits:
        key = reply_key(found.channel, cause, "urgent")
        need = NeedsPerson(conversation_id=found.id, reason=reason, key=key, announces=announces, urgent=True)
        hand_over(connection, need, at=at)
    elif announces:
        key = reply_key(found.channel, cause, "returned")
        outbox.insert(connection, [Outgoing(conversation=found, content=Returned(), key=key, at=at)])


def close_episode(
    connection: Connection, found: Conversation, *, invite_delay: timedelta | None, now: datetime
) -> None:
    """Close it, and note it for its invite (`invite_delay` None = never)."""
    receptions.let_go(connection, [found.id], at=now, how="closed")
    waiting.close(connection, found)
    log.info("conversation closed", extra={"channel": found.channel, "conversation": found.id})
    if invite_delay is not None:
        closing = Closing(conversation_id=found.id, episode=found.episode, closed_at=now, due_at=now + invite_delay)
        invites.open_for(connection, closing)
