"""Keep the platforms' clocks: a waiting buyer hears once that somebody will come, and a late reply says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import Reply
from bot.storage import outbox
from bot.storage.outbox import reply_key
from bot.storage.people import waiting
from bot.storage.people.hand_over import NeedsPerson, hand_over_several
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.dialogue.state import Conversation
    from bot.domain.channel import Channel
    from bot.storage.engine.database import Connection, Database
    from knowledge.base import KnowledgeBase


async def guard_windows(
    *, database: Database, knowledge: KnowledgeBase, channels: Mapping[str, Channel], clock: Clock
) -> None:
    """One round: holding lines that are due, replies whose window has closed, sends whose process died.

    The holding line comes when two thirds of a person's time are gone and nobody has spoken: once for each wait, and
    the desk is told again, as urgent.
    """
    now = clock.now()
    while await database.write(_hold, knowledge, channels, now):
        pass
    for channel in channels.values():
        reason = " ".join(knowledge.say("expired", {"reply_window_hours": f"{channel.reply_window_hours or 0:g}"}))
        while await database.write(_expire, channel, reason, now):
            pass
    same_key = [name for name, channel in channels.items() if channel.adapter.capabilities.resend == "same_key"]
    while await database.write(outbox.recover, now=now, same_key=same_key):
        pass


def _hold(connection: Connection, knowledge: KnowledgeBase, channels: Mapping[str, Channel], now: datetime) -> int:
    """One page of holding lines; returns how many."""
    found = waiting.late(connection, now=now)
    causes = {late.id: f"hold:{late.id}:{late.episode}:{late.waiting_since}" for late in found}
    outbox.insert(connection, [row for late in found for row in _holding_rows(late, causes[late.id], knowledge, now)])
    needs = [
        NeedsPerson(
            conversation_id=late.id,
            reason=because("nobody_has_spoken"),
            key=reply_key(late.channel, causes[late.id], "urgent"),
            announces=_announces(channels, late.channel),
            urgent=True,
        )
        for late in found
    ]
    hand_over_several(connection, needs, at=now)
    return len(found)


def _holding_rows(late: Conversation, cause: str, knowledge: KnowledgeBase, now: datetime) -> list[dict[str, object]]:
    texts = knowledge.say("holding", {})
    return [
        outbox.new_row(
            late,
            Reply(kind="holding", text=text, part=part, parts=len(texts)),
            key=reply_key(late.channel, cause, part),
            at=now,
            deadline=late.window_until,
        )
        for part, text in enumerate(texts, 1)
    ]


def _expire(connection: Connection, channel: Channel, reason: str, now: datetime) -> int:
    """One page of replies whose window has closed; returns how many."""
    late = outbox.expire(connection, channel=channel.name, now=now, reason=reason)
    announces = channel.adapter.capabilities.announces
    needs = [  # one for all bubbles of a conversation
        NeedsPerson(
            conversation_id=conversation_id,
            reason=because("reply_too_late", line=reason),
            key=f"{key}-late",
            announces=announces,
        )
        for conversation_id, key in dict(reversed(late.tell)).items()
    ]
    hand_over_several(connection, needs, at=now)
    return late.rows


def _announces(channels: Mapping[str, Channel], name: str) -> bool:
    channel = channels.get(name)
    return channel is not None and channel.adapter.capabilities.announces
