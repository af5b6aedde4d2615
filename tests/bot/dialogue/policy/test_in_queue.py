"""What is said to those who wait for a person already, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from adapters.contract import Image
from bot.dialogue.acts import Answer
from tests.talk import OPEN, Talk, entries, rule_of

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

CLOSED = dataclasses.replace(OPEN, is_open=False, closed_period="night", opens_at="明天9:00")


def place(talk: Talk) -> list[str]:
    return list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))


def opening(talk: Talk) -> list[str]:
    return list(talk.knowledge.say("hand-over-closed", {"opens_at": "明天9:00"}))


# Who calls is heard each time, who tells something once


def test_who_calls_again_and_again_is_told_where_he_stands_each_time(talk: Talk) -> None:
    talk.turn("转人工")
    assert [talk.says("人呢") for _ in range(4)] == [place(talk)] * 4


def test_out_of_hours_he_is_told_when_the_shop_opens(base: KnowledgeBase) -> None:
    talk = Talk(base, CLOSED)
    talk.turn("转人工")
    assert [talk.says(words) for words in ("有没有人管", "找客服", "喂")] == [opening(talk)] * 3


@pytest.mark.parametrize("words", ["王五的单子", "订单号 202611290001", "是"])
def test_who_tells_what_only_a_person_can_read_hears_once_that_it_is_seen(talk: Talk, words: str) -> None:
    talk.turn("转人工")
    assert [talk.says(each) for each in (words, "Ποῦ", "εἶναι")] == [place(talk), [], []]


def test_who_thanks_in_the_queue_is_answered_and_who_only_nods_is_not(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("好的") == []
    assert entries(talk.turn("好的谢谢")) == ["farewell"]
    assert talk.conversation.mode == "waiting"


def test_a_picture_in_the_queue_is_seen_too(talk: Talk) -> None:
    talk.turn("转人工")
    assert [talk.says(Image(url="https://shop.example/a.jpg")) for _ in range(2)] == [place(talk), []]


def test_who_stands_elsewhere_by_now_hears_it_once(talk: Talk) -> None:
    talk.turn("转人工")
    talk.turn("王五的单子")
    talk.conversation = dataclasses.replace(talk.conversation, waiting_ahead=1)
    second = list(talk.knowledge.say("waiting-still", {"queue_position": "2"}))
    assert [talk.says("李四的单子"), talk.says("赵六的单子")] == [second, []]


def test_out_of_hours_all_is_noted_as_was_said(base: KnowledgeBase) -> None:
    talk = Talk(base, CLOSED)
    talk.turn("转人工")
    assert [talk.says("王五的单子"), talk.says("人呢")] == [[], opening(talk)]


def test_who_was_told_his_place_hears_when_the_shop_opens_once_it_is_closed(talk: Talk) -> None:
    talk.turn("转人工")
    talk.shop = CLOSED
    assert [talk.says("王五的单子"), talk.says("李四的单子")] == [opening(talk), []]


# Anger in the queue


def test_who_gets_angry_while_he_waits_hears_one_calm_line(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("你们这群骗子") == [*talk.knowledge.say("calm", {}), *place(talk)]
    assert [talk.says("垃圾店"), talk.says("我要投诉")] == [[], place(talk)]


def test_who_was_angry_before_hears_no_apology_again(base: KnowledgeBase) -> None:
    talk = Talk(base, CLOSED)
    talk.turn("我要投诉")
    assert [talk.says("黑心店"), talk.says("人呢")] == [[], opening(talk)]


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
