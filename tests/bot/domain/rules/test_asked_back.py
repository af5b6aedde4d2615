"""What buyers say to a question of ours, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.domain.conversation import Memory
from bot.domain.decision import Clarify, HandOver, StayQuiet
from tests.talk import Talk, entries, rule_of

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

# A choice


def test_a_choice_may_be_picked_by_its_title(talk: Talk) -> None:
    offer = talk.turn("还有没有优惠")
    assert isinstance(offer.act, Clarify)
    title = talk.knowledge.title(offer.act.entries[-1])
    assert entries(talk.turn(title)) == [offer.act.entries[-1]]


def _offered(base: KnowledgeBase, *choice: str) -> Talk:
    """A talk in which these entries were offered just now."""
    talk = Talk(base)
    memory = Memory(welcomed_on="2026-11-23", choice=choice, misses=1, recent=("那样行吗",))
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    return talk


@pytest.mark.parametrize(
    ("reply", "answered"),
    [
        ("前面那个", ["return-how"]),
        ("后者", ["invoice"]),
        ("发票", ["invoice"]),
        ("第一个吧", ["return-how"]),
        ("都要", ["return-how", "invoice"]),
        ("两个都想问", ["return-how", "invoice"]),
    ],
)
def test_a_choice_is_picked_in_words(base: KnowledgeBase, reply: str, answered: list[str]) -> None:
    assert entries(_offered(base, "return-how", "invoice").turn(reply)) == answered


def _suggested(base: KnowledgeBase, entry: str) -> Talk:
    """A talk in which this entry was answered just now, with the question whether it was meant."""
    talk = _offered(base, entry)
    memory = dataclasses.replace(talk.conversation.memory, last_entry=entry, misses=0)
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    return talk


def test_yes_to_what_was_answered_already_needs_no_answer(base: KnowledgeBase) -> None:
    talk = _suggested(base, "invoice")
    assert isinstance(talk.turn("是的").act, StayQuiet)
    assert talk.conversation.memory.choice == ()


def test_no_to_what_was_answered_asks_what_is_meant(base: KnowledgeBase) -> None:
    decision = _suggested(base, "invoice").turn("不是")
    assert isinstance(decision.act, Clarify)
    assert decision.bubbles[0].text == base.say("go-on", {})[0]


@pytest.mark.parametrize("reply", ["对的", "3", "嗯嗯", "是"])
def test_a_reply_that_leaves_the_choice_open_is_asked_again_and_then_a_person_is_called(
    base: KnowledgeBase, reply: str
) -> None:
    talk = _offered(base, "return-how", "invoice")
    decision = talk.turn(reply)
    assert decision.act == Clarify(entries=("return-how", "invoice"), confidence=1.0)
    assert decision.bubbles[-1].text.startswith("没听明白您选的是哪一个")
    assert isinstance(talk.turn("9").act, HandOver)


def test_none_of_a_choice_asks_for_other_words_and_then_for_a_person(base: KnowledgeBase) -> None:
    talk = _offered(base, "return-how", "invoice")
    assert talk.says("都不是") == list(talk.knowledge.say("go-on", {}))
    assert talk.conversation.memory.choice == ()
    memory = dataclasses.replace(talk.conversation.memory, choice=("return-how", "invoice"))
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    assert isinstance(talk.turn("不是这个").act, HandOver)


@pytest.mark.parametrize("reply", ["嗯", "是的", "对呀", "1", "没错"])
def test_yes_is_enough_where_one_thing_is_asked(base: KnowledgeBase, reply: str) -> None:
    assert entries(_offered(base, "invoice").turn(reply)) == ["invoice"]


@pytest.mark.parametrize(
    ("only", "reply"),
    [
        ("material", "那杯子呢"),
        ("postage-cost", "到新疆"),
        ("stock", "大号的呢"),
        ("damaged", "3个"),
    ],
)
def test_what_is_told_of_the_only_thing_that_was_asked_back_means_that(
    base: KnowledgeBase, only: str, reply: str
) -> None:
    decision = _offered(base, only).turn(reply)
    assert (rule_of(decision), entries(decision)) == ("more of the choice", [only])


@pytest.mark.parametrize(
    ("choice", "reply"),
    [
        (("material",), "什么时候发货"),
        (("invoice",), "新疆"),
        (("invoice",), "要别的"),
        (("gone",), "新疆"),
        (("material", "size"), "那杯子呢"),
    ],
)
def test_what_asks_something_else_or_fits_it_badly_does_not(
    base: KnowledgeBase, choice: tuple[str, ...], reply: str
) -> None:
    assert rule_of(_offered(base, *choice).turn(reply)) != "more of the choice"


# What an answer needed


def test_fragments_answer_what_was_asked_for(talk: Talk) -> None:
    assert talk.says("毛衣穿什么码")[-1].startswith("告诉我您的身高和体重")
    assert "建议选L" in talk.says("165", "110")[0]


def test_another_question_with_a_name_in_it_is_not_what_was_asked_for(talk: Talk) -> None:
    talk.turn("有货吗")
    assert entries(talk.turn("新疆包邮吗")) == ["postage-remote"]
