"""To whom nothing, or nearly nothing, is said, with the starter manual and the rules alone."""

from __future__ import annotations

import pytest

from bot.dialogue.acts import Dismiss, StayQuiet
from tests.talk import Talk, entries


def test_a_smile_needs_no_answer(talk: Talk) -> None:
    assert isinstance(talk.turn("😊[微笑]").act, StayQuiet)


def test_an_advertisement_is_dismissed_even_behind_a_greeting(talk: Talk) -> None:
    decision = talk.turn("你好", "我们专业刷单，加V：abc12345")
    assert isinstance(decision.act, Dismiss)
    assert decision.memory.advertised
    assert len(decision.bubbles) == 1
    assert entries(talk.turn("包邮吗")) == ["free-postage"]


@pytest.mark.parametrize("words", ["有兴趣加v：zzz888", "v信 abc12345", "Ποῦ εἶναι"])
def test_more_of_an_advertisement_takes_no_place_in_the_queue(talk: Talk, words: str) -> None:
    talk.turn("我们专业刷单，加V：abc12345")
    talk.turn(words)
    assert talk.conversation.mode == "bot"
    assert entries(talk.turn("包邮吗")) == ["free-postage"]


@pytest.mark.parametrize("words", ["考虑一下", "谢谢", "拜拜"])
def test_who_advertised_is_not_invited_to_come_again(talk: Talk, words: str) -> None:
    talk.turn("我们专业刷单，加V：abc12345")
    assert isinstance(talk.turn(words).act, StayQuiet)


def test_who_only_wants_to_talk_elsewhere_gets_a_person(talk: Talk) -> None:
    talk.turn("能加微信吗")
    assert talk.conversation.mode == "waiting"


def test_a_question_that_nobody_can_answer_while_he_waits_is_heard_each_time(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("宇宙有多大呢") == list(talk.knowledge.say("handed-on", {"question": "“宇宙有多大呢”"}))
    assert talk.says("太阳有多重呢") == list(talk.knowledge.say("handed-on", {"question": "“太阳有多重呢”"}))
    assert talk.says("人呢") == list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))


def test_the_next_question_without_an_answer_is_heard_after_one_that_had_one(talk: Talk) -> None:
    for words in ("转人工", "几伏", "发什么快递"):
        assert talk.says(words) != []
    assert talk.says("太阳有多重") == list(talk.knowledge.say("handed-on", {"question": "“太阳有多重”"}))


def test_who_only_tells_while_he_waits_is_told_of_no_question(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("太阳很重的") == list(talk.knowledge.say("waiting-still", {"queue_position": "1"}))
    assert talk.says("几伏") == list(talk.knowledge.say("handed-on", {"question": "“几伏”"}))
