"""When the festivals are that buyers speak of."""

from __future__ import annotations

from datetime import date

import holidays
import pytest

from bot.dialogue.dates.festivals import festival

NOVEMBER = date(2026, 11, 22)


def span(name: str, today: date = NOVEMBER) -> str:
    found = festival(name, today=today)
    return "unknown" if found is None else " ".join(dict.fromkeys(day.isoformat() for day in found))


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("双十二", "2026-12-12"),
        ("618", "2027-06-18"),
        ("平安夜", "2026-12-24"),
        ("圣诞节", "2026-12-25"),
        ("元旦", "2027-01-01"),
        ("国庆节", "2027-10-01"),
        ("十一", "2027-10-01"),
        ("双十一", "unknown"),
        ("五一", "2027-05-01"),
        ("感恩节", "2026-11-26"),
        ("母亲节", "2027-05-09"),
        ("父亲节", "2027-06-20"),
        ("冬至", "2026-12-22"),
        ("腊八", "2027-01-15"),
        ("腊八节", "2027-01-15"),
        ("小年", "2027-01-30 2027-01-31"),
        ("除夕", "2027-02-05"),
        ("春节", "2027-02-06"),
        ("过年", "2027-02-06"),
        ("元宵节", "2027-02-20"),
        ("清明", "2027-04-05"),
        ("端午节", "2027-06-09"),
        ("七夕", "2027-08-08"),
        ("中秋", "2027-09-15"),
        ("重阳节", "2027-10-08"),
        ("生日", "unknown"),
    ],
)
def test_the_next_festival_of_each_name(name: str, day: str) -> None:
    assert span(name) == day


def test_a_festival_is_the_next_one_until_it_is_over() -> None:
    assert span("七夕", date(2026, 8, 19)) == "2026-08-19"
    assert span("小年", date(2027, 1, 31)) == "2027-01-30 2027-01-31"
    assert span("双十一", date(2026, 11, 11)) == "2026-11-11"


def test_of_one_that_is_just_over_nobody_can_tell_which_is_meant() -> None:
    assert span("七夕", date(2026, 8, 20)) == "unknown"
    assert span("小年", date(2027, 2, 1)) == "unknown"
    assert span("七夕", date(2026, 9, 20)) == "2027-08-08"
    assert span("双十一", date(2026, 12, 20)) == "2027-11-11"


def test_what_lies_beyond_the_table_is_unknown() -> None:
    assert span("重阳", date(2031, 10, 25)) == "unknown"
    assert span("除夕", date(2031, 2, 1)) == "unknown"
    assert span("母亲节", date(2040, 1, 1)) == "2040-05-13"


@pytest.mark.parametrize("year", range(2026, 2032))
def test_public_holidays_agree_with_the_package_that_knows_them(year: int) -> None:
    names = {"元旦": "元旦", "清明": "清明节", "端午": "端午节", "中秋": "中秋节", "除夕": "农历除夕", "国庆": "国庆节"}
    public = holidays.country_holidays("CN", language="zh_CN", years=[year])
    for name, official in names.items():
        first = min(day for day, said in public.items() if official in said.split("; ") and day.year == year)
        assert span(name, date(year, 1, 1)) == first.isoformat(), name
