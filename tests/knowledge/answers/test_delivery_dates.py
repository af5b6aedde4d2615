"""Whether parcels leave on the days named, and when they arrive. It is ten on Monday, 23 November 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

import pytest

from knowledge.answers.delivery_dates import arrival, arrives_on, day_state, days_taken, made_ready, waits_for_region
from knowledge.manual.entry import Circumstances, Fact, Manual, NamedDays
from tests.answers import AT_TEN, SHANGHAI, SHOP

AT_FIVE = datetime(2026, 11, 23, 17, tzinfo=SHANGHAI)
WORKS = "1111101111"
"""All days but Saturday, 28 November."""
NO_CUTOFF = replace(SHOP, facts=tuple(fact for fact in SHOP.facts if fact.name != "dispatch_cutoff"))


def november(day: int) -> date:
    return date(2026, 11, day)


def days(first: int, last: int | None, **changes: Any) -> NamedDays:
    return replace(NamedDays(first=november(first), last=november(last) if last else None), **changes)


def by(day: int, first: int = 23) -> NamedDays:
    """Any day until then, on which it is due."""
    return days(first, day, due=november(day), one_is_enough=True)


def at(**changes: Any) -> Circumstances:
    return replace(AT_TEN, **{"days_ahead": WORKS, "named_day": "那天", **changes})


# Whether parcels leave


@pytest.mark.parametrize(
    ("named", "letters", "state"),
    [
        (days(24, 24), WORKS, "working"),
        (days(28, 28), WORKS, "closed"),
        (days(28, 29), WORKS, None),
        (days(24, 24), "1?", None),
        (days(24, 25), "100", "closed"),
        (days(24, 24), "", None),
        (by(26), WORKS, "working"),
        (by(24), "0?", None),
        (by(24), "00", "closed"),
        (by(26), "0", None),
        (days(24, None, one_is_enough=True), "1000001", "working"),
        (days(24, None, one_is_enough=True), "10000", None),
        (None, WORKS, None),
    ],
)
def test_named_days_are_looked_up(named: NamedDays | None, letters: str, state: str | None) -> None:
    assert day_state(SHOP, at(named_days=named, days_ahead=letters)) == state


def test_today_counts_until_the_cutoff() -> None:
    assert day_state(SHOP, at(named_days=by(23))) == "working"
    assert day_state(SHOP, at(named_days=by(23), local_time=AT_FIVE)) == "closed"
    assert day_state(NO_CUTOFF, at(named_days=by(23), local_time=AT_FIVE)) == "working"
    assert day_state(SHOP, at(named_days=days(23, 23), local_time=AT_FIVE)) == "working"


def test_of_today_by_that_name_the_clock_speaks() -> None:
    assert day_state(SHOP, at(named_days=days(23, 23), named_day="今天")) is None


# When they are made ready


def ready(manual: Manual = SHOP, **changes: Any) -> tuple[int, int] | None:
    window = made_ready(manual, at(**changes))
    return None if window is None else (window.first.day, window.last.day)


@pytest.mark.parametrize(
    ("changes", "window"),
    [
        ({}, (23, 23)),
        ({"local_time": AT_FIVE}, (24, 24)),
        ({"local_time": AT_FIVE, "days_ahead": "10?1"}, (25, 26)),
        ({"days_ahead": "0001"}, (26, 26)),
        ({"days_ahead": "0?1"}, (24, 25)),
        ({"days_ahead": "0?0"}, None),
        ({"days_ahead": "000"}, None),
        ({"days_ahead": ""}, None),
        ({"local_time": AT_FIVE, "order_status": "unpaid"}, (24, 24)),
        ({"local_time": AT_FIVE, "order_status": "paid"}, (23, 24)),
        ({"order_status": "shipped"}, None),
        ({"order_status": "signed"}, None),
        ({"order_status": "refunding"}, None),
        ({"order_status": "closed"}, None),
        ({"pays_on": november(23)}, (23, 23)),
        ({"pays_on": november(24)}, (24, 25)),
        ({"pays_on": november(27)}, (27, 29)),
        ({"pays_on": november(22)}, None),
    ],
)
def test_a_parcel_is_made_ready_on_the_first_working_day(
    changes: dict[str, Any], window: tuple[int, int] | None
) -> None:
    assert ready(**changes) == window


def test_without_a_cutoff_it_may_be_today_or_the_next_working_day() -> None:
    assert ready(NO_CUTOFF) == (23, 24)
    assert ready(NO_CUTOFF, local_time=AT_FIVE) == (23, 24)


# When they arrive


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("3-5", (3, 5)),
        ("3到5", (3, 5)),
        ("3～5天", (3, 5)),
        ("3 至 5 天", (3, 5)),
        ("3", (3, 3)),
        ("3天", (3, 3)),
        ("5到3", None),
        ("三五天", None),
        ("3个工作日", None),
        ("", None),
    ],
)
def test_the_days_on_the_way_are_read_as_shops_write_them(written: str, taken: tuple[int, int] | None) -> None:
    assert days_taken(written) == taken


def with_days(written: str) -> Manual:
    """The shop whose parcels take so long to most regions."""
    facts = tuple(fact for fact in SHOP.facts if fact.name != "delivery_days_ordinary")
    return replace(SHOP, facts=(*facts, Fact(name="delivery_days_ordinary", title="普通", value=written)))


def test_a_parcel_arrives_so_many_days_after_it_was_sent() -> None:
    window = arrives_on(with_days("2到4"), at(region="广东"))
    assert window == (november(25), november(27))
    assert arrives_on(with_days("两三天"), at(region="广东")) is None
    assert arrives_on(SHOP, at(region="香港")) is None
    assert arrives_on(SHOP, at()) is None
    assert arrives_on(SHOP, at(region="广东", order_status="shipped")) is None


@pytest.mark.parametrize(
    ("due", "state"), [(24, "late"), (25, "perhaps"), (26, "perhaps"), (27, "in_time"), (28, "in_time")]
)
def test_it_is_in_time_too_late_or_perhaps(due: int, state: str) -> None:
    assert arrival(with_days("2到4"), at(region="广东", named_days=by(due))) == state


def test_of_a_holiday_that_is_about_one_of_its_days_the_others_are_perhaps_early_enough() -> None:
    holiday = days(24, 27, due=november(24))
    assert arrival(with_days("2到4"), at(region="广东", named_days=holiday)) == "perhaps"
    assert arrival(with_days("5"), at(region="广东", named_days=holiday)) == "late"


def test_nothing_is_said_of_arrival_where_nothing_is_due_or_too_little_known() -> None:
    assert arrival(SHOP, at(region="广东")) is None
    assert arrival(SHOP, at(region="广东", named_days=days(24, None, one_is_enough=True))) is None
    assert arrival(SHOP, at(named_days=by(26))) is None


def test_the_region_is_waited_for_only_where_it_would_help() -> None:
    assert waits_for_region(SHOP, at())
    assert not waits_for_region(SHOP, at(region="广东"))
    assert not waits_for_region(SHOP, at(order_status="shipped"))
