"""Keep the platforms' clocks: nothing is sent when its window has closed, and people hear of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.delivering.delivery import not_heard
from bot.domain.reply_windows.limits import open_hours
from bot.storage import outbox
from bot.storage.people.hand_over import NeedsPerson, hand_over_several
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.domain.desk.now import DeskNow
    from bot.storage.engine.database import Connection, Database
    from knowledge.base import KnowledgeBase


async def guard_windows(*, database: Database, knowledge: KnowledgeBase, desk: DeskNow, clock: Clock) -> None:
    """One round: replies whose window has closed, sends whose process died."""
    now, channels = clock.now(), desk.channels
    for name, channel in channels.items():
        hours = open_hours(desk.windows(name)) or 0
        reason = " ".join(knowledge.say("expired", {"reply_window_hours": f"{hours:g}"}))
        while await database.write(_expire, channel, reason, now):
            pass
    while await database.write(_recover, channels, now):
        pass


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
        for conversation_id, key in {each.conversation_id: each.key for each in reversed(late.tell)}.items()
    ]
    hand_over_several(connection, needs, at=now)
    return late.rows


def _recover(connection: Connection, channels: Mapping[str, Channel], now: datetime) -> int:
    """One page of replies whose process died while they were on the wire; returns how many."""
    offers = {name: channel.adapter.capabilities for name, channel in channels.items()}
    same_key = [name for name, each in offers.items() if each.resend == "same_key"]
    lost = outbox.recover(connection, now=now, same_key=same_key)
    needs = [
        NeedsPerson(
            conversation_id=each.conversation_id,
            reason=not_heard("unknown", error=outbox.STOPPED["last_error"], fault=outbox.STOPPED["fault"]),
            key=f"{each.key}-unheard",
            announces=each.channel in offers and offers[each.channel].announces,
            alert="unknown_send",
            words=each.words,
        )
        for each in lost.tell
    ]
    hand_over_several(connection, needs, at=now)
    return lost.rows
