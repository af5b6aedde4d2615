from __future__ import annotations

import random
from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.config import Hours, Span
from bot.domain.calendar import ShopCalendar
from bot.domain.routing.fairness import chi_square_beyond, fairness
from bot.domain.routing.people import Group, Member, choose, on_shift

CHINA = ZoneInfo("Asia/Shanghai")
CALENDAR = ShopCalendar(hours=Hours(monday=(), every_day=(Span.read("09:00-21:00"),), country=""), zone=CHINA)
TEAM = (Member(staff_id=1, weight=5), Member(staff_id=2, weight=3), Member(staff_id=3, weight=2))


def deal(buyers: int, *, team: tuple[Member, ...] = TEAM, there: frozenset[int] = frozenset({1, 2, 3})) -> list[int]:
    standing: dict[int, int] = {}
    dealt = []
    for _ in range(buyers):
        choice = choose(team, there=there, held={}, standing=standing)
        assert choice is not None
        standing = dict(choice.standing)
        dealt.append(choice.staff_id)
    return dealt


def test_ten_thousand_buyers_are_shared_by_weight() -> None:
    dealt = deal(10_000)
    report = fairness((each, {member.staff_id: member.weight for member in TEAM}) for each in dealt)
    assert {share.staff_id: (share.got, round(share.expected)) for share in report.shares} == {
        1: (5_000, 5_000),
        2: (3_000, 3_000),
        3: (2_000, 2_000),
    }
    assert report.p_value > 0.99


def test_nobody_gets_a_run_of_buyers_out_of_turn() -> None:
    assert deal(10) == [1, 2, 3, 1, 1, 2, 1, 3, 2, 1]


def test_people_who_come_and_go_are_served_by_weight_among_those_who_are_there() -> None:
    draw = random.Random(3)  # noqa: S311 - seeded, no secret
    standing: dict[int, int] = {}
    assigned = []
    for _ in range(10_000):
        there = {each for each in (1, 2, 3) if draw.random() < 0.7} or {1}
        choice = choose(TEAM, there=there, held={}, standing=standing)
        assert choice is not None
        assert choice.staff_id in there
        standing = dict(choice.standing)
        assigned.append((choice.staff_id, {each.staff_id: each.weight for each in TEAM if each.staff_id in there}))
    assert fairness(assigned).p_value > 0.05


def test_a_report_tells_when_somebody_is_favoured() -> None:
    unfair = [(1, {1: 1, 2: 1})] * 5_200 + [(2, {1: 1, 2: 1})] * 4_800
    assert fairness(unfair).p_value < 0.001


@pytest.mark.parametrize(
    ("value", "degrees", "chance"),
    [(3.841, 1, 0.05), (5.991, 2, 0.05), (7.815, 3, 0.05), (16.266, 3, 0.001), (18.307, 10, 0.05), (0, 4, 1)],
)
def test_the_chance_of_a_chi_square_is_that_of_the_tables(value: float, degrees: int, chance: float) -> None:
    assert chi_square_beyond(value, degrees) == pytest.approx(chance, abs=1e-4)


def test_nobody_holds_more_chats_than_they_can() -> None:
    team = (Member(staff_id=1, chats_at_most=2), Member(staff_id=2, chats_at_most=3), Member(staff_id=3, weight=0))
    held: Counter[int] = Counter()
    standing: dict[int, int] = {}
    while (choice := choose(team, there={1, 2, 3}, held=held, standing=standing)) is not None:
        held[choice.staff_id] += 1
        standing = dict(choice.standing)
    assert held == {1: 2, 2: 3}


def test_a_buyer_goes_back_to_whom_they_know_where_that_is_possible() -> None:
    known = choose(TEAM, there={1, 2, 3}, held={}, standing={1: 4}, last=3)
    assert known is not None
    assert (known.staff_id, known.sticky, known.standing) == (3, True, {1: 4})
    away = choose(TEAM, there={1, 2}, held={}, standing={}, last=3)
    assert away is not None
    assert (away.staff_id, away.sticky) == (1, False)
    assert choose(TEAM, there=set(), held={}, standing={}, last=3) is None


@pytest.mark.parametrize(
    ("member", "moment", "works"),
    [
        (Member(staff_id=1), "2026-11-22T09:00:00", True),
        (Member(staff_id=1), "2026-11-22T21:00:00", False),
        (Member(staff_id=1), "2026-11-23T12:00:00", False),  # a Monday
        (Member(staff_id=1, hours=Span.read("18:00-02:00")), "2026-11-22T18:00:00", True),
        (Member(staff_id=1, hours=Span.read("18:00-02:00")), "2026-11-23T01:59:59", True),
        (Member(staff_id=1, hours=Span.read("18:00-02:00")), "2026-11-23T02:00:00", False),
        (Member(staff_id=1, hours=Span.read("18:00-02:00")), "2026-11-23T18:00:00", False),
        (Member(staff_id=1, days=("tuesday",)), "2026-11-24T12:00:00", True),
        (Member(staff_id=1, days=("tuesday",)), "2026-11-24T08:00:00", False),
        (Member(staff_id=1, days=("tuesday",)), "2026-11-25T12:00:00", False),
    ],
)
def test_a_shift_is_that_of_the_day_on_which_it_begins(member: Member, moment: str, *, works: bool) -> None:
    assert on_shift(member, datetime.fromisoformat(moment).replace(tzinfo=CHINA), CALENDAR) is works


def test_a_group_has_hours_and_days_for_those_who_have_none_of_their_own() -> None:
    early, own = Member(staff_id=1), Member(staff_id=2, hours=Span.read("18:00-20:00"), days=("sunday",))
    group = Group(id=1, name="售后", members=(early, own), hours=Span.read("10:00-12:00"), days=("tuesday",))
    first, second = group.shifts()
    assert (first.hours, first.days) == (Span.read("10:00-12:00"), ("tuesday",))
    assert second == own
    noon = datetime.fromisoformat("2026-11-24T11:59:59").replace(tzinfo=CHINA)  # a Tuesday
    assert on_shift(first, noon, CALENDAR)
    assert not on_shift(first, noon + timedelta(seconds=1), CALENDAR)
    assert not on_shift(first, noon + timedelta(days=1), CALENDAR)
    assert Group(id=2, name="售前", members=(early, own)).shifts() == (early, own)
