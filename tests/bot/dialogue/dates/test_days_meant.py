"""Which dates a buyer means. Today is Wednesday, 23 September 2026."""

from __future__ import annotations

from datetime import date

import pytest

from bot.dialogue.dates.days_meant import days_meant

TODAY = date(2026, 9, 23)
HOLIDAYS = {"中秋节": ("2026-09-25", "2026-09-27"), "国庆节": ("2026-10-01", "2026-10-07")}


def meant(said: str, today: date = TODAY) -> str:
    """The days as `first..last`, `!` and the day by which it must be there where that is another one, `any` of them."""
    days = days_meant(said, today=today, holidays=HOLIDAYS)
    if days is None:
        return "unknown"
    first, last, due = (f"{day:%m-%d}" if day else "" for day in (days.first, days.last, days.due))
    span = first if first == last else f"{first}..{last}"
    return f"{span}{f' !{due}' if due != last else ''}{' any' if days.one_is_enough else ''}"


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("今天", "09-23"),
        ("明天", "09-24"),
        ("明早", "09-24"),
        ("后天", "09-25"),
        ("大后天", "09-26"),
        ("周三", "09-23"),
        ("周五", "09-25"),
        ("周一", "09-28"),
        ("这周五", "09-25"),
        ("本周一", "unknown"),
        ("下周一", "09-28"),
        ("下个周日", "10-04"),
        ("下下周一", "10-05"),
        ("周末", "09-26..09-27"),
        ("下周末", "10-03..10-04"),
        ("10月8号", "10-08"),
        ("9月1日", "09-01"),
        ("2月30日", "unknown"),
        ("30号", "09-30"),
        ("5号", "10-05"),
        ("31号", "10-31"),
        ("昨天", "unknown"),
        ("上周五", "unknown"),
        ("上个月", "unknown"),
        ("月初", "unknown"),
        ("开学", "unknown"),
    ],
)
def test_a_day_is_one_date_or_a_few(said: str, days: str) -> None:
    assert meant(said) == days


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("国庆", "10-01..10-07 !10-01"),
        ("十一", "10-01..10-07 !10-01"),
        ("中秋节", "09-25..09-27 !09-25"),
        ("双十一", "11-11"),
        ("618", "06-18"),
        ("春节", "02-06"),
        ("除夕", "02-05"),
        ("七夕", "08-08"),
        ("重阳节", "10-18"),
        ("母亲节", "05-09"),
        ("小年", "01-30..01-31 !01-30"),
        ("教师节", "unknown"),
    ],
)
def test_a_holiday_is_its_days_off_and_has_a_day_that_it_is_about(said: str, days: str) -> None:
    assert meant(said) == days


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("周五前", "09-23..09-24 any"),
        ("明天前", "09-23 any"),
        ("明晚前", "09-23..09-24 any"),
        ("今晚前", "09-23 any"),
        ("今天前", "unknown"),
        ("周三前", "unknown"),
        ("周末前", "09-23..09-25 any"),
        ("国庆前", "09-23..09-30 any"),
        ("中秋前", "09-23..09-24 any"),
        ("双十一前", "09-23..11-10 any"),
        ("10号前", "09-23..10-09 any"),
        ("小年前", "09-23..01-29 any"),
        ("过年前", "09-23..02-05 any"),
        ("年前", "09-23..02-04 any"),
        ("节前", "09-23..09-24 any"),
        ("开学前", "unknown"),
        ("这周", "09-21..09-27 any"),
        ("下周", "09-28..10-04 any"),
        ("下周前", "09-23..09-27 any"),
        ("上周", "unknown"),
        ("这个月", "09-01..09-30 any"),
        ("下个月", "10-01..10-31 any"),
        ("下个月前", "09-23..09-30 any"),
        ("月底", "09-23..09-30 any"),
        ("月底前", "09-23..09-30 any"),
        ("下个月底", "09-23..10-31 any"),
        ("年底", "09-23..12-31 any"),
        ("年底前", "09-23..12-31 any"),
    ],
)
def test_of_a_bound_any_day_until_then_will_do(said: str, days: str) -> None:
    assert meant(said) == days.replace("09-21..", "09-23..").replace("09-01..", "09-23..")


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("周五后", "09-26.. any"),
        ("国庆后", "10-08.. any"),
        ("中秋后", "09-28.. any"),
        ("节后", "09-28.. any"),
        ("双十一后", "11-12.. any"),
        ("这周一后", "09-23.. any"),
        ("年后", "unknown"),
        ("端午后", "unknown"),
    ],
)
def test_after_a_day_there_is_no_end_and_nothing_is_due(said: str, days: str) -> None:
    assert meant(said) == days


def test_a_date_without_its_year_or_month_is_the_next_one() -> None:
    assert meant("5号", date(2026, 12, 20)) == "01-05"
    dated = days_meant("9月1日", today=TODAY, holidays={})
    assert dated is not None
    assert dated.first == date(2027, 9, 1)


def test_of_a_weekend_and_a_holiday_only_what_is_left_counts() -> None:
    assert meant("周末", date(2026, 9, 27)) == "09-27"
    assert meant("国庆", date(2026, 10, 6)) == "10-06..10-07"
    assert meant("国庆", date(2026, 10, 9)) == "unknown"
    assert meant("节前", date(2026, 10, 3)) == "unknown"
    assert meant("节后", date(2026, 10, 3)) == "10-08.. any"
    assert meant("节前", date(2026, 10, 9)) == "unknown"


def test_around_the_new_year_the_days_off_count_where_they_are_known() -> None:
    off = {"春节": ("2027-02-04", "2027-02-10")}
    before = days_meant("年前", today=date(2027, 1, 20), holidays=off)
    after = days_meant("年后", today=date(2027, 1, 20), holidays=off)
    itself = days_meant("春节", today=date(2027, 1, 20), holidays=off)
    assert before is not None
    assert after is not None
    assert itself is not None
    assert (before.last, after.first, itself.due) == (date(2027, 2, 3), date(2027, 2, 11), date(2027, 2, 6))
