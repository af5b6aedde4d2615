"""Keep the platforms' clocks: a waiting buyer hears once that somebody will come, and what is too late says why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from adapters.contract import Reply
from bot.storage import outbox, waiting
from bot.storage.call_person import call_person
from bot.storage.outbox import reply_key

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.clock import Clock
    from bot.domain.channel import Channel
    from bot.domain.conversation import Conversation
    from bot.storage.database import Database
    from knowledge.base import KnowledgeBase


async def guard_windows(
    *, database: Database, knowledge: KnowledgeBase, channels: Mapping[str, Channel], clock: Clock
) -> None:
    """One round: holding lines that are due, replies whose window has closed, sends whose process died.

    The holding line comes when two thirds of a person's time are gone and nobody has spoken: once for each wait, and
    the desk is told again, as urgent.
    """
    now = clock.now()
    await database.write(_hold, knowledge, channels, now)
    await database.write(_expire, knowledge, channels, now)
    same_key = [name for name, channel in channels.items() if channel.adapter.capabilities.resend == "same_key"]
    await database.write(outbox.recover, now=now, same_key=same_key)


def _hold(connection: Connection, knowledge: KnowledgeBase, channels: Mapping[str, Channel], now: datetime) -> None:
    for late in waiting.late(connection, now=now):
        cause = f"hold:{late.id}:{late.episode}:{late.waiting_since}"
        outbox.insert(connection, _holding_rows(late, cause, knowledge, now))
        call_person(
            connection,
            late.id,
            reason="nobody has spoken yet, and most of the time for it is gone",
            key=reply_key(late.channel, cause, "urgent"),
            at=now,
            announces=_announces(channels, late.channel),
            urgent=True,
        )


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


def _expire(connection: Connection, knowledge: KnowledgeBase, channels: Mapping[str, Channel], now: datetime) -> None:
    for name, channel in channels.items():
        reason = " ".join(knowledge.say("expired", {"reply_window_hours": f"{channel.reply_window_hours or 0:g}"}))
        late = outbox.expire(connection, channel=name, now=now, reason=reason)
        for conversation_id, key in dict(reversed(late)).items():  # one notice for all bubbles of a conversation
            call_person(
                connection,
                conversation_id,
                reason=reason,
                key=f"{key}-late",
                at=now,
                announces=_announces(channels, name),
            )


def _announces(channels: Mapping[str, Channel], name: str) -> bool:
    channel = channels.get(name)
    return channel is not None and channel.adapter.capabilities.announces
