"""A shop speaks under its own name, and in no wording that the program has given up."""

from __future__ import annotations

import dataclasses

import pytest

from knowledge.answers.facts import fact_value
from knowledge.answers.spoken_manual import NAME_FACT, NEWER_LINES, spoken_manual
from knowledge.answers.templates import say
from knowledge.manual.entry import Line
from knowledge.manual.files import starter_manual


@pytest.mark.parametrize(
    ("configured", "fact", "called"),
    [
        ("阿珍茶铺", "小满生活馆", "阿珍茶铺"),
        ("阿珍茶铺", "老王茶铺", "阿珍茶铺"),
        ("", "老王茶铺", "老王茶铺"),
        ("", "小满生活馆", "小店"),
        ("", "", "小店"),
    ],
)
def test_the_configured_name_wins_and_an_invented_one_is_never_said(configured: str, fact: str, called: str) -> None:
    facts = tuple(
        dataclasses.replace(each, value=fact) if each.name == NAME_FACT else each for each in starter_manual().facts
    )
    manual = spoken_manual(dataclasses.replace(starter_manual(), facts=facts), configured)
    assert fact_value(manual, NAME_FACT) == called
    assert called in say(manual, "welcome", {})[0]


def test_a_manual_without_the_fact_has_a_name_too() -> None:
    manual = spoken_manual(dataclasses.replace(starter_manual(), facts=()), "阿珍茶铺")
    assert fact_value(manual, NAME_FACT) == "阿珍茶铺"


def test_a_wording_that_we_gave_up_is_said_as_it_is_now_and_the_shops_own_stays() -> None:
    old = Line(
        id="away",
        title="一句",
        bubbles=(
            "现在不是上班时间，您的问题我记下了，人工同事{opens_at}上班后回复您。快递、运费、退换这些常见问题，可以接着问我。",
        ),
    )
    own = Line(id="welcome", title="一句", bubbles=("来了？运费问我。",))
    manual = spoken_manual(dataclasses.replace(starter_manual(), entries=(), lines=(old, own)))
    assert "运费" not in "".join(say(manual, "away", {"opens_at": "明天9点"}))
    assert say(manual, "welcome", {}) == own.bubbles


def test_lines_that_came_later_are_those_of_the_starter_manual_where_a_manual_lacks_them() -> None:
    manual = spoken_manual(dataclasses.replace(starter_manual(), lines=()))
    assert {line.id for line in manual.lines} == NEWER_LINES
    assert spoken_manual(starter_manual()).lines == starter_manual().lines
