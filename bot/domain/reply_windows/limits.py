"""Until when, and how much, a platform lets the shop say after the buyer's last message."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from bot.domain.reply_windows.window import Quota, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from bot.domain.reply_windows.window import Window


def closes_at(windows: Sequence[Window], last_buyer_message_at: datetime) -> datetime | None:
    """Return the moment (UTC) from which nothing may be sent any more; None when the platform sets no limit."""
    open_for = min(_open_for(windows), default=None)
    return None if open_for is None else last_buyer_message_at.astimezone(UTC) + open_for


def open_hours(windows: Sequence[Window]) -> float | None:
    """For how many hours after the buyer's last message the platform takes replies; None = no limit."""
    return min((each / timedelta(hours=1) for each in _open_for(windows)), default=None)


def messages_at_most(windows: Sequence[Window]) -> int | None:
    """How many messages may follow each of the buyer's; None = no limit."""
    return min(_messages(windows), default=None)


def _open_for(windows: Sequence[Window]) -> Iterator[timedelta]:
    for window in windows:
        if isinstance(window, Token):
            yield timedelta(seconds=window.within_seconds)
        elif isinstance(window, Quota) and window.within_hours is not None:
            yield timedelta(hours=window.within_hours)


def _messages(windows: Sequence[Window]) -> Iterator[int]:
    for window in windows:
        if isinstance(window, Token):
            yield 1
        elif isinstance(window, Quota) and window.messages is not None:
            yield window.messages
