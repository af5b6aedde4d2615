"""What the shop's facts say: whether the cut-off is over, where a region belongs, what a sum is enough for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from knowledge.answers.facts import clock_states, reached, region_group
from knowledge.manual.entry import Fact, Manual
from tests.answers import AT_TEN, POSTAGE, SHANGHAI, SHOP


@pytest.mark.parametrize(
    ("hour", "minute", "expected"),
    [(0, 0, "before_cutoff"), (15, 59, "before_cutoff"), (16, 0, "after_cutoff"), (23, 59, "after_cutoff")],
)
def test_four_sharp_is_after_the_cutoff(hour: int, minute: int, expected: str) -> None:
    moment = replace(AT_TEN, local_time=datetime(2026, 11, 23, hour, minute, tzinfo=SHANGHAI))
    assert clock_states(SHOP, moment) == {expected, "open"}


def test_on_a_closed_day_there_is_no_cutoff() -> None:
    assert clock_states(SHOP, replace(AT_TEN, is_working_day=False, is_open=False)) == {"closed_day", "closed"}


def test_without_a_readable_cutoff_only_the_opening_hours_are_known() -> None:
    broken = Manual(facts=(Fact(name="dispatch_cutoff", title="截单", value="下午四点"),))
    assert clock_states(broken, AT_TEN) == {"open"}
    assert clock_states(Manual(), AT_TEN) == {"open"}


def test_regions_fall_into_the_groups_that_the_facts_say() -> None:
    groups = {name: region_group(SHOP, replace(AT_TEN, region=name)) for name in ("浙江", "广东", "新疆", "香港")}
    assert groups == {"浙江": "same_province", "广东": "ordinary", "新疆": "remote", "香港": "overseas"}
    assert region_group(SHOP, AT_TEN) is None
    assert region_group(Manual(), replace(AT_TEN, region="新疆")) == "ordinary"


@pytest.mark.parametrize(
    ("amount", "region", "expected"),
    [
        ("59", None, {"free_postage"}),
        ("58.9", None, {"below_free_postage"}),
        ("100", "广东", {"free_postage"}),
        ("100", "新疆", {"below_free_postage"}),
        ("199", "新疆", {"free_postage"}),
        ("500", "香港", set()),
    ],
)
def test_a_sum_is_compared_with_what_free_postage_takes_there(
    amount: str, region: str | None, expected: set[str]
) -> None:
    assert reached(POSTAGE, replace(AT_TEN, amount_yuan=Decimal(amount), region=region)) == expected


@pytest.mark.parametrize(("pieces", "expected"), [(20, {"bulk"}), (19, {"below_bulk"}), (None, set())])
def test_a_number_of_pieces_is_compared_with_what_counts_as_bulk(pieces: int | None, expected: set[str]) -> None:
    assert reached(POSTAGE, replace(AT_TEN, quantity=pieces)) == expected


def test_without_a_fact_in_figures_nothing_is_reached() -> None:
    worded = Manual(facts=(Fact(name="free_postage_over", title="包邮", value="五十九元"),))
    named = replace(AT_TEN, amount_yuan=Decimal(100), quantity=100)
    assert reached(worded, named) == reached(Manual(), named) == set()
