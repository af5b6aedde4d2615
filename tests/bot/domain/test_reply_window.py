from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import Span
from bot.domain.reply_window import holding_at, reply_by, window_until

CHINA = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
EIGHT_TO_ELEVEN = Span.read("08:00-23:00")


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def due(text: str, *, hours: Span | None = EIGHT_TO_ELEVEN) -> datetime | None:
    return reply_by(china(text), human_reply_seconds=180, human_reply_hours=hours, zone=CHINA)


def test_a_platform_lets_us_answer_for_some_hours_after_the_buyers_last_message() -> None:
    at = datetime(2026, 11, 22, 2, tzinfo=UTC)
    assert window_until(at, reply_window_hours=48) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert window_until(at, reply_window_hours=0.5) == datetime(2026, 11, 22, 2, 30, tzinfo=UTC)
    assert window_until(at, reply_window_hours=None) is None


def test_hours_are_counted_on_the_stopwatch_not_on_the_wall() -> None:
    before_the_change = datetime(2026, 3, 28, 12, tzinfo=BERLIN)
    assert window_until(before_the_change, reply_window_hours=24) == datetime(2026, 3, 29, 13, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("sent", "answered_by"),
    [
        ("2026-11-22T07:59:59", "2026-11-22T08:03:00"),
        ("2026-11-22T08:00:00", "2026-11-22T08:03:00"),
        ("2026-11-22T12:00:00.5", "2026-11-22T12:03:00.5"),
        ("2026-11-22T22:59:59", "2026-11-22T23:02:59"),
        ("2026-11-22T23:00:00", "2026-11-23T08:03:00"),
        ("2026-11-23T00:00:00", "2026-11-23T08:03:00"),
    ],
)
def test_the_clock_for_people_starts_inside_the_platforms_hours(sent: str, answered_by: str) -> None:
    assert due(sent) == china(answered_by)


def test_without_hours_the_clock_always_runs() -> None:
    assert due("2026-11-22T03:00:00", hours=None) == china("2026-11-22T03:03:00")


def test_hours_may_run_over_midnight() -> None:
    assert due("2026-11-22T01:00:00", hours=Span.read("20:00-02:00")) == china("2026-11-22T01:03:00")
    assert due("2026-11-22T02:00:00", hours=Span.read("20:00-02:00")) == china("2026-11-22T20:03:00")


def test_a_platform_that_does_not_measure_people_sets_no_deadline() -> None:
    at = china("2026-11-22T12:00:00")
    assert reply_by(at, human_reply_seconds=None, human_reply_hours=None, zone=CHINA) is None


@pytest.mark.parametrize("sent", ["2026-11-22T12:00:00", "2026-11-22T03:00:00"])
def test_the_holding_line_comes_at_two_thirds_of_a_persons_time_inside_the_hours(sent: str) -> None:
    deadline = due(sent)
    assert deadline is not None
    hold = holding_at(reply_by=deadline, human_reply_seconds=180)
    assert deadline - hold == timedelta(seconds=60)
    assert hold.astimezone(CHINA).hour >= 8
