"""What is said to those who wait for a person already, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.domain.decision import Answer, StayQuiet
from tests.talk import OPEN, Talk, entries, rule_of

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

CLOSED = dataclasses.replace(OPEN, is_open=False, closed_period="night", opens_at="明天9:00")


def place(talk: Talk) -> list[str]:
    return list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))


def opening(talk: Talk) -> list[str]:
    return list(talk.knowledge.say("hand-over-closed", {"opens_at": "明天9:00"}))


# No silence for long


def test_who_calls_again_and_again_is_told_where_he_stands_now_and_then(talk: Talk) -> None:
    talk.turn("转人工")
    assert [talk.says("人呢") for _ in range(4)] == [place(talk), [], [], place(talk)]


def test_out_of_hours_he_is_told_when_the_shop_opens(base: KnowledgeBase) -> None:
    talk = Talk(base, CLOSED)
    talk.turn("转人工")
    assert talk.says("有没有人管") == opening(talk)
    assert [talk.says(words) for words in ("找客服", "喂", "人呢")] == [[], [], opening(talk)]


def test_what_only_a_person_can_read_is_not_passed_over_for_long(talk: Talk) -> None:
    talk.turn("转人工")
    said = [talk.says(words) for words in ("王五的单子", "Ποῦ", "εἶναι")]
    assert said == [[], [], place(talk)]
    assert isinstance(talk.turn("Ποῦ εἶναι").act, StayQuiet)


# Anger in the queue


def test_who_gets_angry_while_he_waits_hears_one_calm_line(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("你们这群骗子") == [*talk.knowledge.say("calm", {}), *place(talk)]
    assert talk.says("垃圾店") == []


def test_who_was_angry_before_hears_no_apology_again(base: KnowledgeBase) -> None:
    talk = Talk(base, CLOSED)
    talk.turn("我要投诉")
    assert talk.says("黑心店") == opening(talk)


def test_the_manuals_words_on_a_complaint_are_said_once(talk: Talk) -> None:
    assert entries(talk.turn("给个说法")) == ["complaint"]
    assert talk.says("不给说法我就差评") == place(talk)


# What is added to a complaint


@pytest.mark.parametrize("words", ["卖假羊毛", "杯子漏水了", "发货太慢"])
def test_a_reproach_after_a_complaint_gets_no_leaflet(talk: Talk, words: str) -> None:
    talk.turn("我要投诉你们")
    decision = talk.turn(words)
    assert rule_of(decision) == "adds to a complaint"
    assert [bubble.text for bubble in decision.bubbles] == place(talk)
    assert talk.says("就是这样的东西") == []


@pytest.mark.parametrize("words", ["能开发票吗", "我要退货", "多久能退款"])
def test_what_is_asked_or_wished_after_a_complaint_is_answered(talk: Talk, words: str) -> None:
    talk.turn("我要投诉你们")
    assert isinstance(talk.turn(words).act, Answer)


def test_nothing_is_added_to_a_mere_wish_for_a_person(talk: Talk) -> None:
    talk.turn("转人工")
    assert rule_of(talk.turn("杯子漏水了")) != "adds to a complaint"


def test_out_of_hours_what_is_added_is_noted_silently(base: KnowledgeBase) -> None:
    talk = Talk(base, CLOSED)
    talk.turn("我要投诉你们")
    assert [talk.says("杯子漏水了"), talk.says("人呢")] == [[], opening(talk)]
