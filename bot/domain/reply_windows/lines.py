"""By when a waiting buyer should have an answer, line by line. Pure: moments in, moments (UTC) out.

The clock of a turn starts at the buyer's first unanswered message, is not started again by what they add, and stops at
any answer that the window counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from bot.config import MINUTES_A_DAY
from bot.domain.calendar import moment_at, next_within
from bot.domain.reply_windows.window import HumanReply, NaturalDay

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from bot.domain.reply_windows.window import Window

LAST_OF_DAY = timedelta(hours=1)
"""The part of a day in which its end is near: what is done about it is done then, not after half a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """A buyer without an answer: since when, their newest message, and when the bot last said something to them."""

    asked_at: datetime
    buyer_at: datetime | None = None
    bot_said_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One promise for one wait. Its clock runs from `starts_at`; an answer at `due_at` itself is still in time."""

    window: HumanReply | NaturalDay
    starts_at: datetime
    due_at: datetime

    def share_at(self, now: datetime) -> float:
        """Which part of the time is gone: below 0 before it begins, beyond 1 when the line has passed."""
        return (now - self.starts_at) / (self.due_at - self.starts_at)

    def moment(self, share: float) -> datetime:
        """When that part of the time is gone."""
        return self.starts_at + (self.due_at - self.starts_at) * share


def running_lines(windows: Sequence[Window], wait: Wait, zone: ZoneInfo) -> tuple[Line, ...]:
    """The lines that run for this wait, soonest first."""
    found = (_line(window, wait, zone) for window in windows if isinstance(window, HumanReply | NaturalDay))
    return tuple(sorted((line for line in found if line is not None), key=lambda line: line.due_at))


def next_line(windows: Sequence[Window], wait: Wait, zone: ZoneInfo, *, now: datetime) -> Line | None:
    """The nearest line still ahead or, when all have passed, the one that passed last; None where nothing runs."""
    running = running_lines(windows, wait, zone)
    return next((line for line in running if now <= line.due_at), running[-1] if running else None)


def _line(window: HumanReply | NaturalDay, wait: Wait, zone: ZoneInfo) -> Line | None:
    asked_at = _unanswered_since(window, wait)
    if asked_at is None:
        return None
    if isinstance(window, NaturalDay):
        ends = moment_at(asked_at.astimezone(zone).date(), MINUTES_A_DAY, zone)
        return Line(window=window, starts_at=max(asked_at, ends - LAST_OF_DAY), due_at=ends)
    starts_at = asked_at if window.hours is None else next_within(asked_at, window.hours, zone)
    return Line(window=window, starts_at=starts_at, due_at=starts_at + timedelta(seconds=window.within_seconds))


def _unanswered_since(window: HumanReply | NaturalDay, wait: Wait) -> datetime | None:
    """Where the bot's word counts, it has answered all that came before it; what came after waits from then at most."""
    asked_at, said_at = wait.asked_at.astimezone(UTC), wait.bot_said_at
    if window.robot_counts is not True or said_at is None or said_at < asked_at:
        return asked_at
    return said_at.astimezone(UTC) if wait.buyer_at is not None and wait.buyer_at > said_at else None
