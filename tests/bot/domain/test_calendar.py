from __future__ import annotations

import itertools
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import Hours, OwnDates, Span
from bot.domain.calendar import ShopCalendar, moment_at, next_within

if TYPE_CHECKING:
    from collections.abc import Iterator

CHINA = ZoneInfo("Asia/Shanghai")
BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
DAY_SHIFT = (Span.read("09:00-18:00"),)
TWO_SHIFTS = (Span.read("09:00-12:00"), Span.read("14:00-18:00"))
NIGHT_SHIFT = (Span.read("22:00-06:00"),)
OFFICE = Hours(monday=DAY_SHIFT, tuesday=DAY_SHIFT, wednesday=DAY_SHIFT, thursday=DAY_SHIFT, friday=DAY_SHIFT)


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def shop(hours: Hours, zone: ZoneInfo = CHINA) -> ShopCalendar:
    return ShopCalendar(hours=hours, zone=zone)


# The days ahead


def test_the_days_ahead_are_told_by_letters_from_today_on() -> None:
    letters, holidays = shop(Hours()).ahead(china("2026-09-24T23:59"))
    assert len(letters) == 60
    assert letters[:15] == "101111100000001"  # the Mid-Autumn Festival tomorrow, the National Day week from 1 October
    assert holidays == {"中秋节": ("2026-09-25", "2026-09-25"), "国庆节": ("2026-10-01", "2026-10-07")}


def test_they_follow_the_day_of_the_shops_zone() -> None:
    calendar = shop(Hours())
    assert calendar.ahead(china("2026-09-24T23:59"))[0][1] == "0"
    assert calendar.ahead(china("2026-09-25T00:00"))[0][0] == "0"


def test_days_that_may_yet_be_moved_are_not_known() -> None:
    letters, holidays = shop(Hours()).ahead(china("2026-12-20T10:00"))
    assert letters[:13] == "1111111111110"  # New Year's Day stands, whatever is announced
    assert set(letters[13:22]) == {"?"}
    assert letters[24] == "1"
    assert holidays["春节"] == ("2027-02-05", "2027-02-10")
    assert holidays["元旦"] == ("2027-01-01", "2027-01-01")


def test_the_shops_own_dates_are_always_known() -> None:
    own = OwnDates(date=date(2027, 1, 2), open=DAY_SHIFT)
    assert shop(Hours(dates=(own,))).ahead(china("2026-12-31T10:00"))[0][:4] == "101?"


def test_a_shop_of_no_country_has_no_holidays_ahead() -> None:
    assert shop(Hours(country="")).ahead(china("2026-09-24T10:00")) == ("1" * 60, {})


# Spans


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("08:59:59.999999", False),
        ("09:00:00", True),
        ("11:59:59.999999", True),
        ("12:00:00", False),
        ("13:59:59", False),
        ("14:00:00", True),
        ("17:59:59", True),
        ("18:00:00", False),
    ],
)
def test_several_spans_a_day_have_half_open_bounds(at: str, is_open: bool) -> None:  # noqa: FBT001 - a column of the table
    assert shop(Hours(every_day=TWO_SHIFTS)).is_open(china(f"2026-11-24T{at}")) is is_open


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-23T21:59:59", False),
        ("2026-11-23T22:00:00", True),
        ("2026-11-24T00:00:00", True),
        ("2026-11-24T05:59:59", True),
        ("2026-11-24T06:00:00", False),
        ("2026-11-24T22:00:00", False),
        ("2026-11-25T01:00:00", False),
    ],
)
def test_a_night_shift_belongs_to_the_day_it_starts(at: str, is_open: bool) -> None:  # noqa: FBT001 - a column of the table
    assert shop(Hours(monday=NIGHT_SHIFT)).is_open(china(at)) is is_open


def test_a_night_shift_runs_into_a_holiday_but_does_not_start_on_it() -> None:
    calendar = shop(Hours(every_day=NIGHT_SHIFT))
    assert calendar.is_open(china("2026-10-01T05:59:59"))
    assert not calendar.is_open(china("2026-10-01T22:00:00"))
    assert not calendar.is_open(china("2026-10-08T05:00:00"))
    assert calendar.is_open(china("2026-10-08T22:00:00"))


def test_a_whole_day_is_open_to_its_end_and_on_into_the_next() -> None:
    calendar = shop(Hours(country="", every_day=(Span.read("00:00-24:00"),)))
    assert calendar.is_open(china("2026-11-24T23:59:59.999999"))
    assert calendar.is_open(china("2026-11-25T00:00:00"))
    assert calendar.closed_period(china("2026-11-25T00:00:00")) is None


# The Chinese calendar, 2024 to 2027

MAKE_UP_DAYS = {
    2024: "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    2025: "01-26 02-08 04-27 09-28 10-11",
    2026: "01-04 02-14 02-28 05-09 09-20 10-10",
    2027: "",
}
WEEKDAYS_OFF = {
    2024: "01-01 02-12 02-13 02-14 02-15 02-16 04-04 04-05 05-01 05-02 05-03 06-10 09-16 09-17"
    " 10-01 10-02 10-03 10-04 10-07",
    2025: "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
    2026: "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25"
    " 10-01 10-02 10-05 10-06 10-07",
    2027: "01-01 02-05 02-08 02-09 02-10 04-05 05-03 05-04 06-09 09-15 10-01 10-04 10-05",
}


def days_of(table: dict[int, str], year: int) -> list[date]:
    return [date.fromisoformat(f"{year}-{day}") for day in table[year].split()]


def every_day_of(year: int) -> Iterator[date]:
    day = date(year, 1, 1)
    while day.year == year:
        yield day
        day += timedelta(days=1)


@pytest.mark.parametrize("year", MAKE_UP_DAYS)
def test_an_office_works_on_weekdays_and_make_up_days_and_rests_on_holidays(year: int) -> None:
    calendar = shop(OFFICE)
    working = [day for day in every_day_of(year) if calendar.is_working_day(day)]
    weekdays = {day for day in every_day_of(year) if day.weekday() < 5}
    assert working == sorted((weekdays - {*days_of(WEEKDAYS_OFF, year)}) | {*days_of(MAKE_UP_DAYS, year)})
    assert working == [day for day in every_day_of(year) if calendar.spans_on(day)]


def test_a_shop_open_every_day_rests_through_the_weekend_inside_a_holiday() -> None:
    calendar = shop(Hours())
    closed = [day for day in every_day_of(2025) if day.month == 10 and not calendar.spans_on(day)]
    assert closed == [date(2025, 10, day) for day in range(1, 9)]
    assert calendar.spans_on(date(2026, 10, 4)) == ()
    assert calendar.spans_on(date(2026, 10, 11)) != ()


def test_a_make_up_sunday_follows_the_working_weeks_hours() -> None:
    calendar = shop(Hours(tuesday=DAY_SHIFT, friday=TWO_SHIFTS, sunday=(Span.read("10:00-11:00"),)))
    assert calendar.spans_on(date(2024, 2, 4)) == DAY_SHIFT
    assert calendar.spans_on(date(2024, 2, 25)) == (Span.read("10:00-11:00"),)


def test_a_shop_that_only_opens_at_weekends_has_no_hours_on_make_up_days() -> None:
    calendar = shop(Hours(saturday=DAY_SHIFT, sunday=DAY_SHIFT))
    assert calendar.spans_on(date(2024, 2, 4)) == ()
    assert calendar.is_open(china("2024-02-24T10:00:00"))


def test_make_up_days_of_december_for_january_are_known() -> None:
    calendar = shop(OFFICE)
    assert calendar.is_working_day(date(2011, 12, 31))


def test_people_may_answer_on_holidays_while_no_parcel_leaves() -> None:
    calendar = shop(Hours(holidays=(Span.read("10:00-16:00"),)))
    assert calendar.is_open(china("2026-10-01T10:00:00"))
    assert not calendar.is_open(china("2026-10-01T09:30:00"))
    assert not calendar.is_working_day(date(2026, 10, 1))


def test_a_shop_without_a_country_knows_no_holidays() -> None:
    calendar = shop(Hours(country=""))
    assert calendar.is_open(china("2026-10-01T10:00:00"))
    assert calendar.unknown_years(china("2026-11-22T10:00:00")) == ()


def test_other_countries_have_their_own_holidays() -> None:
    calendar = shop(Hours(country="DE"), BERLIN)
    assert not calendar.is_working_day(date(2026, 10, 3))
    assert calendar.is_working_day(date(2026, 10, 1))
    assert calendar.warning(datetime(2026, 11, 22, tzinfo=UTC)) is None


# The shop's own dates


def test_the_shops_own_dates_win_over_everything() -> None:
    calendar = shop(
        OFFICE.model_copy(
            update={
                "dates": (
                    OwnDates(date=date(2026, 2, 1), last_date=date(2026, 2, 28), open=()),
                    OwnDates(date=date(2026, 2, 17), open=TWO_SHIFTS, name="the later one wins"),
                    OwnDates(date=date(2026, 11, 15), open=(Span.read("00:00-24:00"),)),
                )
            }
        )
    )
    assert calendar.spans_on(date(2026, 2, 14)) == ()
    assert calendar.spans_on(date(2026, 2, 17)) == TWO_SHIFTS
    assert calendar.is_working_day(date(2026, 2, 17))
    assert not calendar.is_working_day(date(2026, 2, 16))
    assert calendar.spans_on(date(2026, 3, 2)) == DAY_SHIFT
    assert calendar.is_open(china("2026-11-15T23:59:59"))


# Years nobody has announced


def test_next_years_make_up_days_are_unknown_until_announced() -> None:
    calendar = shop(Hours())
    assert calendar.unknown_years(china("2024-11-22T10:00:00")) == ()
    assert calendar.warning(china("2024-11-22T10:00:00")) is None
    assert calendar.unknown_years(china("2026-11-22T10:00:00")) == (2027,)
    warning = calendar.warning(china("2027-01-01T00:00:00"))
    assert warning is not None
    assert "2027 and 2028" in warning
    assert "[[hours.dates]]" in warning


def test_the_year_is_the_shops_not_the_servers() -> None:
    assert shop(Hours()).unknown_years(datetime(2025, 12, 31, 16, tzinfo=UTC)) == (2027,)
    assert shop(Hours()).unknown_years(datetime(2025, 12, 31, 15, 59, tzinfo=UTC)) == ()


# Openings and closed periods


@pytest.mark.parametrize(
    ("now", "opening", "said"),
    [
        ("2026-11-24T10:00:00", "2026-11-24T10:00:00", "今天10:00"),
        ("2026-11-24T12:00:00", "2026-11-24T14:00:00", "今天14:00"),
        ("2026-11-24T18:00:00", "2026-11-25T09:00:00", "明天09:00"),
        ("2026-11-27T18:00:00", "2026-11-30T09:00:00", "11月30日09:00"),
        ("2026-09-30T20:00:00", "2026-10-08T09:00:00", "10月8日09:00"),
        ("2026-12-31T20:00:00", "2027-01-04T09:00:00", "1月4日09:00"),
        ("2026-02-13T20:00:00", "2026-02-14T09:00:00", "明天09:00"),
    ],
)
def test_the_next_opening_is_said_as_short_as_it_is_clear(now: str, opening: str, said: str) -> None:
    calendar = shop(Hours(every_day=TWO_SHIFTS, saturday=(), sunday=()))
    found = calendar.next_opening(china(now).astimezone(UTC))
    assert found == china(opening)
    assert found is not None
    assert found.tzinfo is UTC
    assert calendar.say_opening(found, china(now).astimezone(UTC)) == said


def test_a_shop_that_never_opens_has_no_opening_and_one_closed_period() -> None:
    calendar = shop(Hours(every_day=()))
    assert calendar.next_opening(china("2026-11-24T10:00:00")) is None
    assert calendar.closed_period(china("2026-11-24T10:00:00")) == "always"
    assert calendar.closed_period(china("2029-11-24T10:00:00")) == "always"


def test_a_closed_period_has_one_name_from_its_first_moment_to_its_last() -> None:
    calendar = shop(OFFICE)
    friday_evening = "2026-11-27T18:00:00+08:00"
    assert calendar.closed_period(china("2026-11-27T17:59:59")) is None
    for moment in ("2026-11-27T18:00:00", "2026-11-28T12:00:00", "2026-11-30T08:59:59"):
        assert calendar.closed_period(china(moment)) == friday_evening
    assert calendar.closed_period(china("2026-11-30T09:00:00")) is None
    assert calendar.closed_period(china("2026-11-30T18:00:00")) == "2026-11-30T18:00:00+08:00"


def test_a_night_shift_that_outlasts_the_next_days_early_one_ends_later() -> None:
    calendar = shop(Hours(country="", every_day=(Span.read("01:00-02:00"), *NIGHT_SHIFT)))
    assert calendar.is_open(china("2026-11-24T03:00:00"))
    assert calendar.closed_period(china("2026-11-24T07:00:00")) == "2026-11-24T06:00:00+08:00"


# Clock changes


def test_a_time_the_clocks_jump_over_is_the_moment_of_the_jump() -> None:
    assert moment_at(date(2026, 3, 29), 150, BERLIN) == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert moment_at(date(2026, 3, 8), 150, NEW_YORK) == datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert moment_at(date(2026, 10, 4), 135, LORD_HOWE) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)


def test_a_time_that_comes_twice_is_the_first_one() -> None:
    assert moment_at(date(2026, 10, 25), 150, BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_hours_that_the_clocks_jump_over_do_not_exist() -> None:
    calendar = shop(Hours(country="", every_day=(Span.read("02:00-03:00"),)), BERLIN)
    assert not calendar.is_open(datetime(2026, 3, 29, 1, tzinfo=UTC))
    assert calendar.next_opening(datetime(2026, 3, 28, 3, tzinfo=UTC)) == datetime(2026, 3, 30, 0, tzinfo=UTC)


def test_hours_over_a_clock_change_are_as_long_as_the_clock_says() -> None:
    calendar = shop(Hours(country="", every_day=(Span.read("01:00-04:00"),)), BERLIN)
    for day, hours in ((28, 3), (29, 2)):
        opening = calendar.next_opening(datetime(2026, 3, day - 1, 12, tzinfo=UTC))
        assert opening is not None
        assert calendar.is_open(opening + timedelta(hours=hours) - timedelta(seconds=1))
        assert not calendar.is_open(opening + timedelta(hours=hours))


def test_a_day_that_a_zone_left_out_has_no_hours() -> None:
    apia = ZoneInfo("Pacific/Apia")
    calendar = shop(Hours(country="", every_day=DAY_SHIFT), apia)
    last = datetime(2011, 12, 29, 18, tzinfo=apia)
    assert calendar.next_opening(last) == datetime(2011, 12, 31, 9, tzinfo=apia)


def test_a_span_that_recurs_every_day_is_found_from_anywhere() -> None:
    hours = Span.read("08:00-23:00")
    assert next_within(china("2026-11-24T07:59:59"), hours, CHINA) == china("2026-11-24T08:00:00")
    assert next_within(china("2026-11-24T08:00:00"), hours, CHINA) == china("2026-11-24T08:00:00")
    assert next_within(china("2026-11-24T23:00:00"), hours, CHINA) == china("2026-11-25T08:00:00")


def test_a_nightly_span_holds_after_midnight_and_is_skipped_when_the_clocks_jump_over_it() -> None:
    night = Span.read("22:00-06:00")
    assert next_within(china("2026-11-24T03:00:00"), night, CHINA) == china("2026-11-24T03:00:00")
    jumped = Span.read("02:00-03:00")
    after = next_within(datetime(2026, 3, 28, 2, tzinfo=UTC), jumped, BERLIN)
    assert after == datetime(2026, 3, 30, 0, tzinfo=UTC)


def test_an_empty_span_never_comes() -> None:
    with pytest.raises(ValueError, match="never comes"):
        next_within(china("2026-11-24T03:00:00"), Span(540, 540), CHINA)


# Properties

minutes = st.integers(min_value=0, max_value=24 * 60 - 1)


@st.composite
def spans(draw: st.DrawFn) -> tuple[Span, ...]:
    marks = sorted(draw(st.sets(minutes, max_size=6)))
    pairs = [Span(start, end) for start, end in zip(marks[::2], marks[1::2], strict=False)]
    over_midnight: bool = draw(st.booleans())
    if marks and over_midnight:
        pairs.append(Span(draw(st.integers(marks[-1], 24 * 60 - 1)), 24 * 60 + marks[0]))
    return tuple(pairs)


weeks = st.builds(
    lambda days, holidays, country: Hours(
        country=country,
        holidays=holidays,
        **dict(zip(("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"), days, strict=True)),
    ),
    st.lists(spans(), min_size=7, max_size=7),
    spans(),
    st.sampled_from(["", "CN", "US"]),
)
zones = st.sampled_from([CHINA, BERLIN, NEW_YORK, LORD_HOWE, ZoneInfo("Pacific/Apia"), ZoneInfo("UTC")])
moments = st.datetimes(datetime(2011, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


@settings(max_examples=150)
@given(weeks, zones, moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(hours: Hours, zone: ZoneInfo, moment: datetime) -> None:
    calendar = shop(hours, zone)
    opening = calendar.next_opening(moment)
    limit = moment + timedelta(days=3) if opening is None else opening
    if opening is not None:
        assert opening >= moment
        assert calendar.is_open(opening)
    step = (limit - moment) / 50
    assert not any(calendar.is_open(moment + n * step) for n in range(50) if moment + n * step < limit)


@settings(max_examples=150)
@given(weeks, zones, moments)
def test_a_closed_period_is_closed_from_the_moment_that_names_it(
    hours: Hours, zone: ZoneInfo, moment: datetime
) -> None:
    calendar = shop(hours, zone)
    name = calendar.closed_period(moment)
    assert (name is None) == calendar.is_open(moment)
    if name in {None, "always"}:
        return
    began = datetime.fromisoformat(str(name))
    assert began <= moment
    assert calendar.is_open(began - timedelta(microseconds=1))
    for n in range(20):
        assert calendar.closed_period(began + n * (moment - began) / 20) == name


@settings(max_examples=100)
@given(weeks, zones, st.dates(date(2011, 1, 1), date(2028, 1, 1)))
def test_the_spans_of_a_day_never_overlap(hours: Hours, zone: ZoneInfo, day: date) -> None:
    ends = [
        (moment_at(day, span.start_minute, zone), moment_at(day, span.end_minute, zone))
        for span in shop(hours, zone).spans_on(day)
    ]
    assert all(early[1] <= late[0] for early, late in itertools.pairwise(ends))


@settings(max_examples=100)
@given(spans(), moments)
def test_open_means_that_the_wall_clock_is_inside_a_span(today: tuple[Span, ...], moment: datetime) -> None:
    calendar = shop(Hours(country="", every_day=today))
    there = moment.astimezone(CHINA)
    minute = 60 * there.hour + there.minute
    inside = any(span.start_minute <= n < span.end_minute for span in today for n in (minute, minute + 24 * 60))
    assert calendar.is_open(moment) == inside


@settings(max_examples=50)
@given(zones, moments)
def test_a_moment_means_the_same_in_whatever_zone_it_is_written(zone: ZoneInfo, moment: datetime) -> None:
    calendar = shop(Hours())
    elsewhere = moment.astimezone(zone)
    assert calendar.is_open(elsewhere) == calendar.is_open(moment)
    assert calendar.closed_period(elsewhere) == calendar.closed_period(moment)
    assert calendar.next_opening(elsewhere) == calendar.next_opening(moment)


@pytest.mark.parametrize("server", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_the_servers_zone_plays_no_part(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", server)
    time.tzset()
    try:
        calendar = shop(Hours())
        assert calendar.is_open(datetime(2026, 11, 22, 1, tzinfo=UTC))
        assert not calendar.is_open(datetime(2026, 11, 22, 0, 59, 59, tzinfo=UTC))
        assert calendar.closed_period(datetime(2026, 11, 22, tzinfo=UTC)) == "2026-11-21T21:00:00+08:00"
    finally:
        monkeypatch.undo()
        time.tzset()


# Memory


def test_days_asked_about_are_not_kept_for_ever() -> None:
    calendar = shop(Hours(country=""))
    first = china("2026-01-01T10:00:00")
    assert all(calendar.is_open(first + timedelta(days=n)) for n in range(2500))
    assert calendar.is_open(first)
