"""Ask buyers how it went: after the end, at a decent hour, while the platform lets us, and never after silence.

Each talk is asked about once, and each buyer once a day at most.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from adapters.contract import Reply
from bot.dialogue.utterance import SMALL_TALK
from bot.domain.channels.modes import SILENT
from bot.domain.delivering.outgoing import in_bubbles
from bot.domain.satisfaction import Ended, NotYet, Reason, Yes, may_invite
from bot.storage import outbox
from bot.storage.conversations import read_one
from bot.storage.guarding.settings import newest
from bot.storage.packing import unpack_reference
from bot.storage.satisfaction import invites

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.clock import Clock
    from bot.config import Invites
    from bot.dialogue.state import Conversation
    from bot.domain.channels.channel import Channel
    from bot.domain.delivering.outgoing import Outgoing
    from bot.domain.desk.now import DeskNow
    from bot.storage.engine.database import Connection, Database
    from knowledge.base import KnowledgeBase

AT_ONCE = 100


async def invite_ratings(
    *,
    database: Database,
    knowledge: KnowledgeBase,
    desk: DeskNow,
    settings: Invites,
    zone: ZoneInfo,
    clock: Clock,
) -> int:
    """One round over the invites that are due; returns how many were looked at.

    The invite's row is settled in the transaction that queues its bubble, so neither a crash nor a second process
    can send it twice. Whoever may not be asked is settled with the reason; where the bot is silent nobody is asked.
    """
    return await database.write(_round, knowledge=knowledge, desk=desk, settings=settings, zone=zone, now=clock.now())


def _round(
    connection: Connection,
    *,
    knowledge: KnowledgeBase,
    desk: DeskNow,
    settings: Invites,
    zone: ZoneInfo,
    now: datetime,
) -> int:
    found = invites.due(connection, now=now, limit=AT_ONCE)
    if not found or newest(connection) != desk.revision:
        return 0  # where another desk was set, the bot may be silent now: the next round knows
    for due in found:
        conversation, key = read_one(connection, due.conversation_id), due.key
        if conversation is None or conversation.episode != due.episode or conversation.mode != "closed":
            invites.settle(connection, key, state="skipped", reason="the buyer is talking to the shop again", at=now)
            continue
        channel = desk.channels.get(conversation.channel)
        is_silent = desk.voice(conversation.channel, buyer=conversation.buyer) in SILENT
        if channel is not None and channel.adapter.capabilities.native_survey:
            invites.settle(connection, key, state="skipped", reason=Reason.PLATFORM_ASKS, at=now)
            continue
        if channel is not None and channel.adapter.capabilities.invites_any_time:
            conversation = dataclasses.replace(conversation, window_until=None)
        match may_invite(
            _ended(conversation, due.closed_at),
            now=now,
            enabled=settings.enabled and not is_silent,
            delay_minutes=settings.delay_minutes if due.reply_reference is None else 0,
            hours=settings.hours,
            zone=zone,
        ):
            case Yes():
                bubbles = _bubbles(conversation, knowledge, channel, reference=due.reply_reference, now=now)
                _ask(connection, conversation, key, bubbles=bubbles, zone=zone, now=now)
            case NotYet(until):
                invites.postpone(connection, key, until=until)
            case no:
                invites.settle(connection, key, state="skipped", reason=no.reason, at=now)
    return len(found)


def _ask(
    connection: Connection,
    conversation: Conversation,
    key: tuple[int, int],
    *,
    bubbles: Sequence[Outgoing],
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """The one way to ask: once a day for each buyer, whatever conversations they open and whoever wants to ask."""
    today = now.astimezone(zone).date()
    if invites.claim_day(connection, channel=conversation.channel, buyer=conversation.buyer, day=today):
        outbox.insert(connection, bubbles)
        invites.settle(connection, key, state="sent", reason="", at=now)
    else:
        invites.settle(connection, key, state="skipped", reason=Reason.ASKED_TODAY, at=now)


def _ended(conversation: Conversation, closed_at: datetime) -> Ended:
    return Ended(
        closed_at=closed_at,
        window_until=conversation.window_until,
        blocked=conversation.blocked_at is not None,
        advertisement=conversation.memory.advertised,
        unanswered=conversation.unanswered_since is not None,
        answered=bool(conversation.memory.asked.keys() - SMALL_TALK) or conversation.last_staff_at is not None,
    )


def _bubbles(
    conversation: Conversation,
    knowledge: KnowledgeBase,
    channel: Channel | None,
    *,
    reference: bytes | None,
    now: datetime,
) -> list[Outgoing]:
    """The invite; the first bubble has what the platform handed out for asking."""
    cause, handed_out = f"invite:{conversation.id}:{conversation.episode}", unpack_reference(reference)
    asked = [Reply(kind="invite", text=text, reply_reference=handed_out) for text in knowledge.say("invite", {})]
    return in_bubbles(asked, conversation=conversation, channel=channel, cause=cause, at=now)
