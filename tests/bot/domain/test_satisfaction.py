from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.config import Span
from bot.domain.satisfaction import Ended, No, NotYet, Reason, Yes, may_invite, next_allowed

CHINA = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
DAYTIME = Span.read("09:00-21:00")


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)


def ask(
    ended: Ended, now: str, *, enabled: bool = True, delay_minutes: float = 2, hours: Span = DAYTIME
) -> Yes | NotYet | No:
    return may_invite(ended, now=china(now), enabled=enabled, delay_minutes=delay_minutes, hours=hours, zone=CHINA)


def test_a_buyer_is_asked_some_minutes_after_the_end() -> None:
    ended = Ended(closed_at=china("2026-11-22T10:00:00"))
    assert ask(ended, "2026-11-22T10:00:00") == NotYet(china("2026-11-22T10:02:00"))
    assert ask(ended, "2026-11-22T10:01:59") == NotYet(china("2026-11-22T10:02:00"))
    assert ask(ended, "2026-11-22T10:02:00") == Yes()


def test_no_delay_means_at_once() -> None:
    assert ask(Ended(closed_at=china("2026-11-22T10:00:00")), "2026-11-22T10:00:00", delay_minutes=0) == Yes()


@pytest.mark.parametrize(
    ("ended", "reason"),
    [
        ({"invited": True}, Reason.ALREADY_INVITED),
        ({"blocked": True}, Reason.BLOCKED),
        ({"advertisement": True}, Reason.ADVERTISEMENT),
        ({"unanswered": True}, Reason.UNANSWERED),
        ({"answered": False}, Reason.NOBODY_ANSWERED),
    ],
)
def test_some_conversations_are_never_asked_about(ended: dict[str, bool], reason: Reason) -> None:
    closed_at = china("2026-11-22T10:00:00")
    found = ask(
        Ended(
            closed_at=closed_at,
            invited=ended.get("invited", False),
            blocked=ended.get("blocked", False),
            advertisement=ended.get("advertisement", False),
            unanswered=ended.get("unanswered", False),
            answered=ended.get("answered", True),
        ),
        "2026-11-22T10:02:00",
    )
    assert found == No(reason)


def test_nobody_is_asked_while_invites_are_switched_off() -> None:
    ended = Ended(closed_at=china("2026-11-22T10:00:00"))
    assert ask(ended, "2026-11-22T10:02:00", enabled=False) == No(Reason.SWITCHED_OFF)


def test_nobody_is_asked_at_night() -> None:
    ended = Ended(closed_at=china("2026-11-22T20:58:00"))
    assert ask(ended, "2026-11-22T20:59:00") == NotYet(china("2026-11-23T09:00:00"))
    assert ask(ended, "2026-11-23T08:59:59") == NotYet(china("2026-11-23T09:00:00"))
    assert ask(ended, "2026-11-23T09:00:00") == Yes()


def test_an_invite_that_was_due_by_day_but_is_late_waits_for_the_morning() -> None:
    ended = Ended(closed_at=china("2026-11-22T12:00:00"))
    assert ask(ended, "2026-11-22T23:00:00") == NotYet(china("2026-11-23T09:00:00"))


def test_nobody_is_asked_once_the_platforms_window_is_closed() -> None:
    ended = Ended(closed_at=china("2026-11-22T10:00:00"), window_until=china("2026-11-22T10:02:00"))
    assert ask(ended, "2026-11-22T10:01:00") == No(Reason.WINDOW_CLOSED)
    ended = Ended(closed_at=china("2026-11-22T10:00:00"), window_until=china("2026-11-22T10:02:01"))
    assert ask(ended, "2026-11-22T10:02:00") == Yes()


def test_a_window_that_closes_before_the_morning_rules_an_invite_out_at_once() -> None:
    ended = Ended(closed_at=china("2026-11-22T22:00:00"), window_until=china("2026-11-23T09:00:00"))
    assert ask(ended, "2026-11-22T22:00:00") == No(Reason.WINDOW_CLOSED)
    ended = Ended(closed_at=china("2026-11-22T22:00:00"), window_until=china("2026-11-23T09:00:01"))
    assert ask(ended, "2026-11-22T22:00:00") == NotYet(china("2026-11-23T09:00:00"))


def test_hours_to_the_end_of_the_day_and_over_midnight_hold() -> None:
    assert next_allowed(china("2026-11-22T23:59:59"), hours=Span.read("09:00-24:00"), zone=CHINA) == china(
        "2026-11-22T23:59:59"
    )
    assert next_allowed(china("2026-11-23T00:00:00"), hours=Span.read("09:00-24:00"), zone=CHINA) == china(
        "2026-11-23T09:00:00"
    )
    assert next_allowed(china("2026-11-23T01:00:00"), hours=Span.read("20:00-02:00"), zone=CHINA) == china(
        "2026-11-23T01:00:00"
    )


def test_quiet_hours_follow_the_wall_clock_when_it_changes() -> None:
    for evening, morning in (
        (datetime(2026, 3, 28, 22, tzinfo=BERLIN), datetime(2026, 3, 29, 9, tzinfo=BERLIN)),
        (datetime(2026, 10, 24, 22, tzinfo=BERLIN), datetime(2026, 10, 25, 9, tzinfo=BERLIN)),
    ):
        assert next_allowed(evening, hours=DAYTIME, zone=BERLIN) == morning.astimezone(UTC)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    st.integers(0, 2000),
    st.sampled_from([CHINA, BERLIN]),
)
def test_no_invite_goes_out_in_quiet_hours(closed_at: datetime, late_minutes: int, zone: ZoneInfo) -> None:
    now = closed_at + timedelta(minutes=late_minutes)
    found = may_invite(Ended(closed_at=closed_at), now=now, enabled=True, delay_minutes=2, hours=DAYTIME, zone=zone)
    asked_at = found.until if isinstance(found, NotYet) else now
    assert not isinstance(found, No)
    assert 9 <= asked_at.astimezone(zone).hour < 21
    assert asked_at >= closed_at + timedelta(minutes=2)
