"""The only place that asks the machine for the time. Everyone else is handed a `Clock`."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol

TEN_YEARS = timedelta(days=3653)


def believable(moment: datetime | None, *, now: datetime) -> datetime | None:
    """The moment, unless it is no date of these years: programs write year 1 or 9999 where they know none."""
    return moment if moment is not None and abs(moment - now) <= TEN_YEARS else None


class Clock(Protocol):
    """Tells the time. Tests hand in one that they turn themselves."""

    def now(self) -> datetime:
        """Return this moment, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever grow: for measuring how long something took, never for a date."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()
