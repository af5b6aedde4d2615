"""Ask a buyer by hand how it went: under the key that the clock would use, so nobody is asked twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.domain.desk.conversations import NotPossible
from bot.storage.desk import replies
from bot.storage.desk.clicks import Did, key_of
from bot.storage.desk.replies import Said
from bot.storage.satisfaction import invites

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.channel import Channel
    from bot.domain.desk.conversations import Answered, Click, Unable
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Connection
    from knowledge.base import KnowledgeBase


async def invite_buyer(
    *,
    clicks: Clicks,
    who: Staff,
    click: Click,
    knowledge: KnowledgeBase,
    channels: Mapping[str, Channel],
    zone: ZoneInfo,
) -> Answered:
    """Ask now, at whatever hour, as the two are talking; and once a day at most, whoever asks."""

    def work(connection: Connection, found: Conversation, at: datetime) -> Did | NotPossible:
        reason = _what_forbids(found, at) or invites.claim_by_hand(
            connection, found, day=at.astimezone(zone).date(), at=at
        )
        if reason is not None:
            return NotPossible(reason=reason)
        said = Said(texts=tuple(knowledge.say("invite", {})), kind="invite")
        channel, cause = channels.get(found.channel), key_of(who, click)
        rows = replies.queue(connection, found, said, channel=channel, who=who, cause=cause, at=at, not_before=at)
        return Did(bubbles=tuple(f"o{row}" for row in rows))

    return await clicks.carry_out(who, click, "invite", work)


def _what_forbids(found: Conversation, at: datetime) -> Unable | None:
    reasons: tuple[tuple[bool, Unable], ...] = (
        (found.blocked_at is not None, "blocked"),
        (found.memory.advertised, "advertisement"),
        (found.unanswered_since is not None, "unanswered"),
        (found.last_staff_at is None and not found.memory.asked, "nobody_answered"),
        (found.window_until is not None and found.window_until <= at, "window_closed"),
    )
    return next((reason for holds, reason in reasons if holds), None)
