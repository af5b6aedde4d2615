"""Which day a buyer means, and whether the shop works on it. Today is Wednesday, 23 September 2026."""

from __future__ import annotations

import dataclasses
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.config import Hours
from bot.domain.calendar import ShopCalendar
from bot.domain.days import days_meant, named_day
from tests.talk import OPEN

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 9, 23)
HOLIDAYS = {"中秋节": ("2026-09-25", "2026-09-25"), "国庆节": ("2026-10-01", "2026-10-07")}
DAYS_AHEAD, KNOWN_HOLIDAYS = ShopCalendar(hours=Hours(), zone=SHANGHAI).ahead(
    datetime(2026, 9, 23, 10, tzinfo=SHANGHAI)
)
SHOP = dataclasses.replace(
    OPEN,
    local_time=datetime(2026, 9, 23, 10, tzinfo=SHANGHAI),
    days_ahead=DAYS_AHEAD,
    holidays=KNOWN_HOLIDAYS,
)


def meant(said: str, today: date = TODAY) -> list[str]:
    return [f"{day:%m-%d}" for day in days_meant(said, today=today, holidays=HOLIDAYS)]


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("明天", ["09-24"]),
        ("明早", ["09-24"]),
        ("后天", ["09-25"]),
        ("大后天", ["09-26"]),
        ("周三", ["09-23"]),
        ("周五", ["09-25"]),
        ("周一", ["09-28"]),
        ("这周五", ["09-25"]),
        ("本周一", []),
        ("下周一", ["09-28"]),
        ("下个周日", ["10-04"]),
        ("下下周一", ["10-05"]),
        ("周末", ["09-26", "09-27"]),
        ("下周末", ["10-03", "10-04"]),
        ("国庆", [f"10-0{day}" for day in range(1, 8)]),
        ("十一", [f"10-0{day}" for day in range(1, 8)]),
        ("中秋节", ["09-25"]),
        ("春节", []),
        ("双十一", ["11-11"]),
        ("618", ["06-18"]),
        ("10月8号", ["10-08"]),
        ("9月1日", ["09-01"]),
        ("2月30日", []),
        ("30号", ["09-30"]),
        ("5号", ["10-05"]),
        ("31号", ["10-31"]),
        ("昨天", []),
        ("上周五", []),
        ("下周", []),
        ("周五前", []),
        ("国庆后", []),
        ("年底", []),
    ],
)
def test_the_dates_that_words_mean(said: str, days: list[str]) -> None:
    assert meant(said) == days


def test_a_date_without_its_year_or_month_is_the_next_one() -> None:
    assert days_meant("9月1日", today=TODAY, holidays={}) == (date(2027, 9, 1),)
    assert days_meant("5号", today=date(2026, 12, 20), holidays={}) == (date(2027, 1, 5),)


def test_of_a_weekend_and_a_holiday_only_what_is_left_counts() -> None:
    assert meant("周末", date(2026, 9, 27)) == ["09-27"]
    assert meant("国庆", date(2026, 10, 6)) == ["10-06", "10-07"]
    assert meant("国庆", date(2026, 10, 9)) == []


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("明天", "working"),
        ("后天", "closed"),  # the Mid-Autumn Festival
        ("周日", "working"),
        ("周末", "working"),
        ("国庆", "closed"),
        ("下周四", "closed"),
        ("10月8号", "working"),
        ("下周末", "closed"),
        ("周五前", None),
        ("昨天", None),
        ("618", None),  # further than anybody looks ahead
    ],
)
def test_whether_the_shop_works_on_that_day(said: str, state: str | None) -> None:
    assert named_day(said, SHOP) == (said, state)


def test_today_is_no_named_day() -> None:
    assert named_day("今天", SHOP) == (None, None)
    assert named_day(None, SHOP) == (None, None)


def test_days_of_which_only_some_are_worked_on_are_neither() -> None:
    hours = Hours.model_validate({"every_day": ["09:00-18:00"], "sunday": []})
    days_ahead, holidays = ShopCalendar(hours=hours, zone=SHANGHAI).ahead(SHOP.local_time)
    shop = dataclasses.replace(SHOP, days_ahead=days_ahead, holidays=holidays)
    assert named_day("周末", shop) == ("周末", None)
    assert named_day("周日", shop) == ("周日", "closed")
    assert named_day("周六", shop) == ("周六", "working")


def test_what_a_decision_was_made_from_before_days_were_kept_says_nothing_of_them() -> None:
    assert named_day("明天", dataclasses.replace(SHOP, days_ahead="", holidays={})) == ("明天", None)
