"""How long the shop may still answer, and how soon a person should.

Platforms state the first in hours after the buyer's last message; nothing may be sent later. Some also measure how
fast a person answers, during part of the day only: that clock starts at the buyer's first unanswered message,
and a repetition of it does not start the clock again.
"""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from adapters.contract import Text
from bot.dialogue.acts import Answer, Clarify, Dismiss, Rate, StayQuiet
from bot.dialogue.cues.courtesies import is_acknowledgement
from bot.dialogue.utterance import SMALL_TALK, text_of
from bot.domain.calendar import next_within
from knowledge.language.normalisation import fold
from knowledge.matching.matcher import ANSWER_AT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.config import Span
    from bot.dialogue.acts import Decision, Heard
    from bot.dialogue.state import Conversation

HOLDING_SHARE = 2 / 3
"""The share of a person's time after which the buyer is told that somebody will come."""


def window_until(last_buyer_message_at: datetime, *, reply_window_hours: float | None) -> datetime | None:
    """Return the moment (UTC) from which nothing may be sent any more; None when the platform sets no limit."""
    if reply_window_hours is None:
        return None
    return last_buyer_message_at.astimezone(UTC) + timedelta(hours=reply_window_hours)


def unanswered_since(conversation: Conversation, heard: Sequence[Heard], decision: Decision) -> datetime | None:
    """Since when the buyer has had no answer: neither a repetition nor a thank-you starts it again."""
    before = None if conversation.mode == "closed" else conversation.unanswered_since
    best = decision.why.candidates[0] if decision.why.candidates else None
    thanks = best is not None and best.entry in SMALL_TALK and best.confidence >= ANSWER_AT
    wordless = isinstance(decision.act, StayQuiet) and not any(fold(text_of(message)) for message in heard)
    thanks = thanks or (wordless and all(isinstance(message.content, Text) for message in heard))
    thanks = thanks or all(is_acknowledgement(text_of(message)) for message in heard)
    if conversation.blocked_at is not None:
        return None
    if isinstance(decision.act, Answer | Clarify | Rate | Dismiss):
        return before if decision.mode == "waiting" else None
    return before or (None if thanks else min(message.sent_at for message in heard))


def reply_by(
    first_unanswered_at: datetime,
    *,
    human_reply_seconds: int | None,
    human_reply_hours: Span | None,
    zone: ZoneInfo,
) -> datetime | None:
    """Return when a person should have answered, in UTC; None when the platform does not ask.

    The message's own time decides: sent inside the hours, it is due that many seconds later, even if they have ended
    by then; sent outside (the end itself is outside), its clock starts with the next hours.
    """
    if human_reply_seconds is None:
        return None
    starts_at = first_unanswered_at.astimezone(UTC)
    if human_reply_hours is not None:
        starts_at = next_within(starts_at, human_reply_hours, zone)
    return starts_at + timedelta(seconds=human_reply_seconds)


def holding_at(*, reply_by: datetime, human_reply_seconds: int) -> datetime:
    """Return when (UTC) two thirds of a person's time are gone.

    Counted back from its end, so that a message of the night gets its holding line within the hours, not before them.
    """
    return reply_by.astimezone(UTC) - timedelta(seconds=human_reply_seconds) * (1 - HOLDING_SHARE)
