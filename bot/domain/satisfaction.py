"""Asking a buyer how it went: whether they may be asked, and when; what they answer is read in `ratings.py`.

That each conversation is asked once is not decided here: the database's key on the invite refuses the second one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.calendar import next_within

if TYPE_CHECKING:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.config import Span


class Reason(StrEnum):
    """Why a conversation is never asked about, in words for the log and the staff."""

    SWITCHED_OFF = "invites are switched off"
    PLATFORM_ASKS = "the platform asks its buyers itself"
    ALREADY_INVITED = "already invited"
    ASKED_TODAY = "this buyer was asked today already"
    BLOCKED = "the buyer is blocked"
    ADVERTISEMENT = "it was an advertisement"
    UNANSWERED = "the buyer's last message was not answered"
    NOBODY_ANSWERED = "nobody answered, so there is nothing to rate"
    WINDOW_CLOSED = "the platform's reply window closes before an invite may be sent"


@dataclass(frozen=True, slots=True)
class Yes:
    """Ask now."""


@dataclass(frozen=True, slots=True)
class NotYet:
    """Ask again whether to ask, at `until` (UTC)."""

    until: datetime


@dataclass(frozen=True, slots=True)
class No:
    """Never ask about this conversation."""

    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """What matters about a conversation that has ended. `window_until` is None where the platform sets no limit.

    `answered`: the bot or a person said something to this buyer in this episode.
    `unanswered`: the buyer's last message has had no answer.
    """

    closed_at: datetime
    window_until: datetime | None = None
    blocked: bool = False
    advertisement: bool = False
    unanswered: bool = False
    answered: bool = True
    invited: bool = False


def may_invite(
    ended: Ended, *, now: datetime, enabled: bool, delay_minutes: float, hours: Span, zone: ZoneInfo
) -> Yes | NotYet | No:
    """Say whether to ask this buyer now, later, or not at all and why.

    An invite is due `delay_minutes` after the end, inside the allowed hours of the shop's zone, and only while the
    platform's reply window is open; when the window closes before the hours come, nobody is asked.
    """
    reason = _never(ended, enabled=enabled)
    if reason is not None:
        return No(reason)
    due = max(now, ended.closed_at.astimezone(UTC) + timedelta(minutes=delay_minutes))
    allowed = next_allowed(due, hours=hours, zone=zone)
    if ended.window_until is not None and allowed >= ended.window_until:
        return No(Reason.WINDOW_CLOSED)
    return Yes() if allowed <= now else NotYet(allowed)


def next_allowed(moment: datetime, *, hours: Span, zone: ZoneInfo) -> datetime:
    """Return the first moment (UTC), at or after this one, inside the allowed hours of the day."""
    return next_within(moment, hours, zone)


def _never(ended: Ended, *, enabled: bool) -> Reason | None:
    """Return the first reason that rules an invite out for good."""
    reasons = (
        (not enabled, Reason.SWITCHED_OFF),
        (ended.invited, Reason.ALREADY_INVITED),
        (ended.blocked, Reason.BLOCKED),
        (ended.advertisement, Reason.ADVERTISEMENT),
        (ended.unanswered, Reason.UNANSWERED),
        (not ended.answered, Reason.NOBODY_ANSWERED),
    )
    return next((reason for holds, reason in reasons if holds), None)
