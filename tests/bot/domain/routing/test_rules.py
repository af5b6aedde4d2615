from __future__ import annotations

import random

import pytest
from pydantic import ValidationError

from bot.domain.desk.settings import DeskSettings
from bot.domain.routing.people import Group
from bot.domain.routing.rules import Facts, Rule, cells, fits, route, unreachable

TABLE = (
    Rule(id=1, group=3, tags=("vip",)),
    Rule(id=2, group=2, order_states=("shipped", "signed", "refunding")),
    Rule(id=3, group=2, intents=("refund", "return")),
    Rule(id=4, group=4, pages=("/sale/shoes",)),
    Rule(id=5, group=1, pages=("/sale",)),
    Rule(id=6, group=3, channels=("tea",), level_at_least=5),
    Rule(id=7, group=1, channels=("tea",), level_at_least=2),
    Rule(id=8, group=1),
)


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (Facts(channel="tea"), 8),
        (Facts(channel="tea", tags=frozenset({"vip", "loud"}), order_state="signed"), 1),
        (Facts(channel="cups", order_state="signed"), 2),
        (Facts(channel="cups", order_state="unpaid", intent="return"), 3),
        (Facts(channel="cups", page="/sale/shoes/red"), 4),
        (Facts(channel="cups", page="/sale/hats"), 5),
        (Facts(channel="cups", page="/for/sale"), 8),
        (Facts(channel="tea", level=5), 6),
        (Facts(channel="tea", level=4), 7),
        (Facts(channel="cups", level=9), 8),
        (Facts(channel="tea", level=0), 8),
    ],
)
def test_the_first_rule_that_fits_takes_a_buyer(facts: Facts, rule: int) -> None:
    found = route(TABLE, facts)
    assert found is not None
    assert found.id == rule


def test_where_no_rule_fits_everybody_may_take_them() -> None:
    assert route(TABLE[:-1], Facts(channel="cups")) is None


def test_every_rule_has_a_buyer_whom_it_takes() -> None:
    found = list(cells(TABLE))
    assert [rule.id for rule, _ in found] == [rule.id for rule in TABLE]
    for rule, facts in found:
        assert route(TABLE, facts) == rule


@pytest.mark.parametrize(
    ("rules", "idle"),
    [
        ([Rule(id=1, group=1), Rule(id=2, group=1, tags=("vip",))], [2]),
        ([Rule(id=1, group=1, pages=("/a",)), Rule(id=2, group=1, pages=("/a/b",))], [2]),
        ([Rule(id=1, group=1, pages=("/a/b",)), Rule(id=2, group=1, pages=("/a",))], []),
        ([Rule(id=1, group=1, level_at_least=2), Rule(id=2, group=1, level_at_least=5)], [2]),
        ([Rule(id=1, group=1, level_at_least=5), Rule(id=2, group=1, level_at_least=2)], []),
        (
            [
                Rule(id=1, group=1, channels=("tea",), products=("p",)),
                Rule(id=2, group=1, channels=("cups",)),
                Rule(id=3, group=1, channels=("tea", "cups"), products=("p",)),
            ],
            [3],
        ),
        ([Rule(id=1, group=1, channels=("tea",)), Rule(id=2, group=1, channels=("tea", "cups"))], []),
        ([Rule(id=1, group=1, level_at_least=0), Rule(id=2, group=1)], []),
    ],
)
def test_a_rule_that_takes_nobody_is_found(rules: list[Rule], idle: list[int]) -> None:
    assert [rule.id for rule in unreachable(rules)] == idle


def test_what_is_found_idle_is_idle_and_what_is_not_takes_somebody() -> None:
    draw = random.Random(7)  # noqa: S311 - seeded, no secret
    names = ("a", "b")

    def some() -> tuple[str, ...]:
        return tuple(name for name in names if draw.random() < 0.4)

    buyers = [
        Facts(channel=channel, product=product, page=page, level=level, tags=frozenset({tag} if tag else ()))
        for channel in ("a", "b", "z")
        for product in ("a", "b", None)
        for page in ("/a", "/a/b", None)
        for level in (None, 1, 3)
        for tag in ("a", "b", None)
    ]
    for _ in range(200):
        rules = [
            Rule(
                id=n,
                group=1,
                channels=some(),
                products=some(),
                pages=draw.choice(((), ("/a",), ("/a/b",))),
                tags=some(),
                level_at_least=draw.choice((None, None, 1, 3)),
            )
            for n in range(5)
        ]
        idle = unreachable(rules)
        for buyer in buyers:
            assert route(rules, buyer) not in idle
        for rule, facts in cells(rules):
            assert fits(rule, facts)
            assert route(rules, facts) == rule
        assert len(idle) + len(list(cells(rules))) == 5


def test_settings_with_an_idle_rule_or_a_lost_group_are_refused() -> None:
    groups = (Group(id=1, name="售前"),)
    DeskSettings(groups=groups, rules=(Rule(id=1, group=1),))
    for rules in ((Rule(id=1, group=1), Rule(id=2, group=1)), (Rule(id=1, group=2),), (Rule(id=1, group=1),) * 2):
        with pytest.raises(ValidationError):
            DeskSettings(groups=groups, rules=rules)
    with pytest.raises(ValidationError):
        DeskSettings(groups=groups * 2)
