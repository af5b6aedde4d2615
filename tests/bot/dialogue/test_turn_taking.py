from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta

import pytest

from adapters.contract import Image
from bot.dialogue.acts import Answer, Away, Clarify, Decision, Dismiss, HandOver, Rate, StayQuiet, Why
from bot.dialogue.cues.wishes import is_opener
from bot.dialogue.turn_taking import LONGEST_SECONDS, is_unfinished, wait_until
from knowledge.reasons.reason import because
from tests.talk import NEW, NOW, heard

SURE = Answer(entry="postage", confidence=1.0)
UNSURE = Clarify(entries=("postage", "courier"), confidence=0.5)


def _decision(act: object, mode: str = "bot") -> Decision:
    why = Why(named={}, revision=1, local_time=NOW, is_open=True)
    return Decision(act=act, bubbles=(), mode=mode, memory=NEW.memory, why=why)  # type: ignore[arg-type]  # any act


def _seconds(*said: str, act: object = UNSURE, apart: float = 0, cap: float = 4, mode: str = "bot") -> float:
    """How long from now the rest is awaited; 0 when it is not."""
    until = wait_until(heard(*said, seconds_apart=apart), _decision(act, mode), now=NOW, longest_seconds=cap)
    return 0 if until is None else (until - NOW).total_seconds()


def test_what_is_complete_and_sure_never_waits() -> None:
    assert _seconds("包邮吗", act=SURE) == 0


@pytest.mark.parametrize(
    "act",
    [
        UNSURE,
        HandOver(reason=because("very_likely")),
        Away(reason=because("very_likely")),
        Answer(entry="greeting", confidence=1.0),
    ],
)
def test_what_is_unsure_waits_a_little_longer_than_people_pause(act: object) -> None:
    assert _seconds("那个毛衣", act=act) == 1.2


def test_what_is_left_to_a_person_may_still_become_clear() -> None:
    assert _seconds("那个毛衣", act=StayQuiet(reason=because("very_likely")), mode="waiting") == 1.2


@pytest.mark.parametrize("words", ["我想问下", "那个", "在吗", "你好，", "毛衣，", "请问一下", "嗯嗯……", "包邮，"])
def test_what_is_unfinished_waits_longer_even_when_it_would_be_sure(words: str) -> None:
    assert _seconds(words, act=SURE) == 3.0


def test_a_piece_of_a_thought_is_likely_not_its_last() -> None:
    assert _seconds("寄", "佛山") == 3.0
    assert _seconds("寄", "佛山", act=SURE) == 0
    assert _seconds("佛山") == 1.2


@pytest.mark.parametrize(
    "act",
    [HandOver(reason=because("very_likely"), entry="human"), Away(reason=because("very_likely"), entry="complaint")],
)
def test_a_wish_for_a_person_never_waits(act: object) -> None:
    assert _seconds("转人工", act=act) == 0


@pytest.mark.parametrize(
    ("act", "mode"),
    [
        (StayQuiet(reason=because("very_likely")), "human"),
        (Rate(score=5, episode=1), "bot"),
        (Dismiss(reason=because("very_likely")), "bot"),
    ],
)
def test_nothing_waits_where_more_words_would_change_nothing(act: object, mode: str) -> None:
    assert _seconds("那个，", act=act, mode=mode) == 0


def test_a_picture_never_waits() -> None:
    picture = heard("那个", Image(url="https://shop.example/a.jpg"))
    assert wait_until(picture, _decision(UNSURE), now=NOW, longest_seconds=4) is None


@pytest.mark.parametrize("messages", range(2, 12))
@pytest.mark.parametrize("apart", [0.3, 0.9, 1.1, 2.9])
def test_the_first_message_never_waits_past_four_seconds(messages: int, apart: float) -> None:
    said = heard(*["我想问下"] * messages, seconds_apart=apart)
    until = wait_until(said, _decision(SURE), now=NOW, longest_seconds=60)
    assert until is None or until - said[0].arrived_at <= timedelta(seconds=LONGEST_SECONDS)


def test_the_shops_own_cap_is_kept() -> None:
    assert _seconds("我想问下", cap=0) == 0
    assert _seconds("我想问下", cap=2) == 2
    assert _seconds("毛衣", cap=0.5) == 0.5


def test_a_message_from_before_an_outage_is_not_kept_waiting() -> None:
    old = [dataclasses.replace(each, arrived_at=_long_ago()) for each in heard("我想问下")]
    assert wait_until(old, _decision(UNSURE), now=NOW, longest_seconds=4) is None


def _long_ago() -> datetime:
    return NOW - timedelta(minutes=10)


@pytest.mark.parametrize(
    "words", ["我想问下", "那个", "请问", "在吗在吗", "你好呀", "亲亲", "hello", "我想咨询一下", "hi~"]
)
def test_openers(words: str) -> None:
    assert is_opener(words)
    assert is_unfinished(words)


@pytest.mark.parametrize(
    "words", ["我想问下包邮吗", "那个毛衣", "什么时候发货", "新疆", "在吗" * 30, "谢谢", "？？？", "我想" * 9 + "喵"]
)
def test_no_openers(words: str) -> None:
    assert not is_opener(words)
