from __future__ import annotations

from datetime import UTC, datetime, timedelta

from bot.clock import SystemClock, believable
from tests.fakes import MORNING


def test_the_machines_clock_speaks_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_time_never_runs_backwards() -> None:
    clock = SystemClock()
    before, started = clock.now(), clock.monotonic()
    assert clock.monotonic() >= started
    assert clock.now() - before < timedelta(minutes=1)


def test_what_is_no_date_of_these_years_is_not_believed() -> None:
    for told in ("0001-01-01T00:00:00+00:00", "2016-01-01T00:00:00+00:00", "9999-12-31T23:59:59+00:00"):
        assert believable(datetime.fromisoformat(told), now=MORNING) is None
    assert believable(MORNING, now=MORNING) == MORNING
    assert believable(None, now=MORNING) is None
