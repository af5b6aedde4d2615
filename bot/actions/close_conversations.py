"""End what is over: give back what a person has left, and close a conversation in which nobody writes any more."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from adapters.contract import Returned
from bot.storage import invites, outbox
from bot.storage.invites import Closing
from bot.storage.outbox import reply_key
from bot.storage.people import waiting
from bot.storage.people.hand_over import NeedsPerson, hand_over
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.dialogue.state import Conversation
    from bot.domain.channel import Channel
    from bot.storage.engine.database import Connection, Database


log = logging.getLogger(__name__)

WAITING_AT_MOST = timedelta(days=7)


async def close_conversations(
    *,
    database: Database,
    channels: Mapping[str, Channel],
    quiet_close: timedelta,
    hand_back_after: timedelta,
    invite_delay: timedelta | None,
    clock: Clock,
) -> None:
    """One round. A closed episode is noted for its invite in the same transaction (`invite_delay` None = never)."""
    now = clock.now()
    while await database.write(_hand_back, channels, before=now - hand_back_after, now=now):
        pass
    deskless = [name for name, channel in channels.items() if not channel.has_desk]
    while await database.write(_close, deskless, before=now - quiet_close, invite_delay=invite_delay, now=now):
        pass


def _hand_back(connection: Connection, channels: Mapping[str, Channel], *, before: datetime, now: datetime) -> int:
    """After a while without a word the bot has it again; a buyer left without an answer goes back to the queue.

    A page of them; returns how many.
    """
    page = waiting.forgotten(connection, before=before)
    for found in page:
        unanswered = found.unanswered_since is not None
        channel = channels.get(found.channel)
        waits = unanswered and (channel is None or channel.has_desk)
        waiting.hand_back(connection, found)
        log.info("taken back from a person", extra={"channel": found.channel, "conversation": found.id})
        announces = channel is not None and channel.adapter.capabilities.announces
        cause = f"back:{found.id}:{found.epoch}"
        if waits:
            reason = because("person_went_quiet")
            key = reply_key(found.channel, cause, "urgent")
            need = NeedsPerson(conversation_id=found.id, reason=reason, key=key, announces=announces, urgent=True)
            hand_over(connection, need, at=now)
        elif announces:
            key = reply_key(found.channel, cause, "returned")
            outbox.insert(connection, [outbox.new_row(found, Returned(), key=key, at=now)])
    return len(page)


def _close(
    connection: Connection, deskless: Sequence[str], *, before: datetime, invite_delay: timedelta | None, now: datetime
) -> int:
    """One page of what is over; returns how many.

    Quiet talks, those that have waited in vain for long, and those that wait where nobody can come (`deskless`).
    """
    page = (
        waiting.quiet(connection, before=before)
        or waiting.given_up(connection, before=now - WAITING_AT_MOST)
        or waiting.given_up(connection, before=before, channels=deskless)
    )
    for found in page:
        close_episode(connection, found, invite_delay=invite_delay, now=now)
    return len(page)


def close_episode(
    connection: Connection, found: Conversation, *, invite_delay: timedelta | None, now: datetime
) -> None:
    """Close it, and note it for its invite."""
    waiting.close(connection, found)
    log.info("conversation closed", extra={"channel": found.channel, "conversation": found.id})
    if invite_delay is not None:
        closing = Closing(conversation_id=found.id, episode=found.episode, closed_at=now, due_at=now + invite_delay)
        invites.open_for(connection, closing)
