from __future__ import annotations

from datetime import UTC, timedelta

from bot.clock import SystemClock


def test_the_machines_clock_speaks_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_time_never_runs_backwards() -> None:
    clock = SystemClock()
    before, started = clock.now(), clock.monotonic()
    assert clock.monotonic() >= started
    assert clock.now() - before < timedelta(minutes=1)
