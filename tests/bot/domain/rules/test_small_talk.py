"""Words around a question, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses

import pytest

from bot.domain.decision import StayQuiet
from knowledge.base import KnowledgeBase
from tests.small_manual import small_manual
from tests.talk import Talk, entries, rule_of

NOTED = "好的，还有问题随时说。"


# Nods


@pytest.mark.parametrize("words", ["噢噢", "行吧", "好哒", "好", "okk", "嘿嘿", "看到了 不用回", "知道啦"])
def test_a_nod_after_an_answer_gets_one_kind_line_and_then_nothing(talk: Talk, words: str) -> None:
    talk.turn("什么时候发货")
    assert talk.says(words) == [NOTED]
    for again in (words, "嗯嗯"):
        assert isinstance(talk.turn(again).act, StayQuiet)
    assert talk.conversation.mode == "bot"
    assert entries(talk.turn("发什么快递")) == ["courier"]


def test_a_nod_leaves_open_what_was_asked(talk: Talk) -> None:
    talk.turn("有货吗")
    assert rule_of(talk.turn("嗯")) == "courtesy"
    assert entries(talk.turn("保温杯")) == ["stock"]


def test_a_nod_while_a_person_is_on_his_way_is_left_to_him(talk: Talk) -> None:
    talk.turn("转人工")
    assert talk.says("好滴") == []


def test_words_that_staff_bound_to_an_answer_are_no_mere_nod() -> None:
    manual = small_manual()
    (code,) = (each for each in manual.entries if each.id == "secret-word")
    bound = dataclasses.replace(
        code.answers[1], when=dataclasses.replace(code.answers[1].when, words=frozenset({"收到"}))
    )
    code = dataclasses.replace(code, answers=(code.answers[0], bound))
    manual = dataclasses.replace(
        manual, entries=(*(each for each in manual.entries if each.id not in {"secret-word", "farewell"}), code)
    )
    talk = Talk(KnowledgeBase.build(revision=1, manual=manual))
    assert entries(talk.turn("收到")) == ["secret-word"]
    assert isinstance(talk.turn("好的").act, StayQuiet)  # without a farewell there is nothing to say to it


def test_letting_it_be_is_haggling_only_where_the_talk_is_about_the_price(talk: Talk) -> None:
    talk.turn("毛衣有什么尺码")
    assert talk.says("那算了") == [NOTED]
    talk.turn("能便宜点吗")
    assert rule_of(talk.turn("那算了吧")) != "courtesy"


def test_who_refuses_a_person_gets_none(talk: Talk) -> None:
    assert talk.says("先别转人工") == [NOTED]
    assert entries(talk.turn("不用找人工了，你们发什么快递")) == ["courier"]
    assert talk.conversation.mode == "bot"


# Greetings and farewells


def test_openings_alone_are_a_greeting(talk: Talk) -> None:
    assert entries(talk.turn("你好", "在吗")) == ["greeting"]
    for words in ("有没有人啊", "在不在呀亲", "客服呢", "？？"):
        assert entries(Talk(talk.knowledge).turn(words)) == ["greeting"]


def test_looking_for_somebody_in_the_words_of_an_entry_is_that_entrys_matter() -> None:
    manual = small_manual()
    courier = next(each for each in manual.entries if each.id == "courier")
    asked = dataclasses.replace(courier, questions=(*courier.questions, "有没有人在"))
    entries_with_it = tuple(asked if each is courier else each for each in manual.entries)
    talk = Talk(KnowledgeBase.build(revision=1, manual=dataclasses.replace(manual, entries=entries_with_it)))
    assert entries(talk.turn("有没有人在")) == ["courier"]


def test_a_farewell_is_said_once_and_a_greeting_always_answered(talk: Talk) -> None:
    assert talk.says("再见") != []
    goodbye = talk.turn("拜拜")
    assert isinstance(goodbye.act, StayQuiet)
    talk = Talk(talk.knowledge)
    for words in ("你好", "您好呀", "哈喽", "下午好"):
        assert talk.says(words) != []


# Beginnings


def test_a_beginning_that_nothing_follows_is_asked_for_the_rest(talk: Talk) -> None:
    for words in ("那个", "嗯就是", "我想咨询一下那个"):
        decision = talk.turn(words)
        assert [bubble.text for bubble in decision.bubbles] == list(talk.knowledge.say("go-on", {}))
    talk.turn("转人工")
    assert talk.says("那个") == []


def test_taking_back_alone_is_no_question(talk: Talk) -> None:
    talk.turn("什么时候发货")
    for words in ("不对不对", "说错了", "不好意思打错了"):
        assert talk.says(words) == list(talk.knowledge.say("go-on", {}))
