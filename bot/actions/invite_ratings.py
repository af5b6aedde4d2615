"""Ask buyers how it went: after the end, at a decent hour, while the platform lets us, and never after silence.

Each talk is asked about once, and each buyer once a day at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from adapters.contract import Reply
from bot.dialogue.utterance import SMALL_TALK
from bot.domain.satisfaction import Ended, NotYet, Reason, Yes, may_invite
from bot.storage import invites, outbox
from bot.storage.conversations import read_one
from bot.storage.outbox import reply_key

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.clock import Clock
    from bot.config import Invites
    from bot.dialogue.state import Conversation
    from bot.storage.engine.database import Connection, Database
    from knowledge.base import KnowledgeBase

AT_ONCE = 100


async def invite_ratings(
    *, database: Database, knowledge: KnowledgeBase, settings: Invites, zone: ZoneInfo, clock: Clock
) -> int:
    """One round over the invites that are due; returns how many were looked at.

    The invite's row is settled in the transaction that queues its bubble, so neither a crash nor a second process
    can send it twice. Whoever may not be asked is settled with the reason.
    """
    return await database.write(_round, knowledge, settings, zone, clock.now())


def _round(connection: Connection, knowledge: KnowledgeBase, settings: Invites, zone: ZoneInfo, now: datetime) -> int:
    rows = invites.due(connection, now=now, limit=AT_ONCE)
    for row in rows:
        conversation, key = read_one(connection, row.id), (row.id, row.invite_episode)
        if conversation is None or conversation.episode != row.invite_episode or conversation.mode != "closed":
            invites.settle(connection, key, state="skipped", reason="the buyer is talking to the shop again", at=now)
            continue
        match may_invite(
            _ended(conversation, row.closed_at),
            now=now,
            enabled=settings.enabled,
            delay_minutes=settings.delay_minutes,
            hours=settings.hours,
            zone=zone,
        ):
            case Yes():
                _ask(connection, conversation, key, knowledge=knowledge, zone=zone, now=now)
            case NotYet(until):
                invites.postpone(connection, key, until=until)
            case no:
                invites.settle(connection, key, state="skipped", reason=no.reason, at=now)
    return len(rows)


def _ask(
    connection: Connection,
    conversation: Conversation,
    key: tuple[int, int],
    *,
    knowledge: KnowledgeBase,
    zone: ZoneInfo,
    now: datetime,
) -> None:
    """The one way to ask: once a day for each buyer, whatever conversations they open and whoever wants to ask."""
    today = now.astimezone(zone).date()
    if invites.claim_day(connection, channel=conversation.channel, buyer=conversation.buyer, day=today):
        outbox.insert(connection, _rows(conversation, knowledge, now))
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


def _rows(conversation: Conversation, knowledge: KnowledgeBase, now: datetime) -> list[dict[str, Any]]:
    cause, texts = f"invite:{conversation.id}:{conversation.episode}", knowledge.say("invite", {})
    return [
        outbox.new_row(
            conversation,
            Reply(kind="invite", text=text, part=part, parts=len(texts)),
            key=reply_key(conversation.channel, cause, part),
            at=now,
            deadline=conversation.window_until,
        )
        for part, text in enumerate(texts, 1)
    ]
