"""What a conversation becomes by a turn: who leads it, what is remembered, and the moments that matter."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from bot.dialogue.acts import Rate
from bot.domain.guarding.ladder import first_step_at
from bot.domain.reply_windows.limits import closes_at
from bot.domain.reply_windows.lines import Wait, running_lines
from bot.domain.reply_windows.turn import unanswered_since

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from bot.dialogue.acts import Decision, Heard
    from bot.dialogue.state import Conversation
    from bot.domain.calendar import ShopCalendar
    from bot.domain.desk.now import DeskNow
    from bot.domain.reply_windows.window import Window


def after(
    conversation: Conversation,
    heard: Sequence[Heard],
    decision: Decision,
    *,
    desk: DeskNow,
    calendar: ShopCalendar,
    now: datetime,
) -> Conversation:
    """The conversation after this decision about these messages."""
    begins = conversation.mode == "closed" and not isinstance(decision.act, Rate)
    waits = decision.mode == "waiting"
    last_buyer_at = max(message.sent_at for message in heard)
    windows = desk.windows(conversation.channel)
    becomes = dataclasses.replace(
        conversation,
        mode=decision.mode,
        episode=conversation.episode + begins,
        memory=decision.memory,
        last_staff_at=None if begins else conversation.last_staff_at,
        last_buyer_at=last_buyer_at,
        last_reply_at=now if decision.bubbles else conversation.last_reply_at,
        window_until=closes_at(windows, last_buyer_at),
        unanswered_since=unanswered_since(conversation, heard, decision),
        waiting_since=(conversation.waiting_since or now) if waits else None,
        reply_by=None,
        rung_due_at=None,
    )
    return _guarded(becomes, windows, desk, calendar) if windows else becomes


def _guarded(
    conversation: Conversation, windows: Sequence[Window], desk: DeskNow, calendar: ShopCalendar
) -> Conversation:
    """With the moments that a buyer who waits for a person makes matter."""
    asked_at = conversation.unanswered_since
    if asked_at is None or conversation.mode not in {"waiting", "human"}:
        return conversation
    wait = Wait(asked_at=asked_at, buyer_at=conversation.last_buyer_at, bot_said_at=conversation.last_reply_at)
    running = running_lines(windows, wait, calendar.zone)
    return dataclasses.replace(
        conversation,
        reply_by=running[0].due_at if running else None,
        rung_due_at=first_step_at(windows, wait, ladder=desk.settings.ladder, calendar=calendar),
    )
