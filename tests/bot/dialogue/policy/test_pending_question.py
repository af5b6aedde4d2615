"""What buyers say to a question of ours, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses

import pytest

from bot.dialogue.acts import Clarify, HandOver, StayQuiet, Suggest
from bot.dialogue.state import Memory
from knowledge.base import KnowledgeBase
from tests.small_manual import small_manual
from tests.talk import Talk, entries, rule_of

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


@pytest.mark.parametrize(
    ("asked", "told", "meant"),
    [
        ("东西还没动静", "等着送人", "dispatch-urge"),
        ("衣服坏了", "破了个洞", "damaged"),
        ("衣服坏了", "袖子开线", "quality-issue"),
        ("想便宜买", "学生党", "discount"),
        ("毛衣多少斤", "L号呢", "size"),
    ],
)
def test_telling_more_takes_up_what_was_asked_back_and_is_no_miss(
    base: KnowledgeBase, asked: str, told: str, meant: str
) -> None:
    talk = Talk(base)
    assert meant in getattr(talk.turn(asked).act, "entries", ())
    decision = talk.turn(told)
    assert (rule_of(decision), entries(decision)) == ("tells more of a choice", [meant])
    assert isinstance(decision.act, Suggest)
    assert decision.bubbles[0].text.startswith(base.say("suggested", {"choice": base.title(meant)})[0])
    assert talk.conversation.memory.misses == 1
    assert isinstance(talk.turn("是的").act, StayQuiet)


def test_telling_more_of_what_goes_by_the_place_is_asked_for_it() -> None:
    talk = Talk(KnowledgeBase.build(revision=1, manual=small_manual()))
    act = talk.turn("路上走走停停").act
    assert isinstance(act, Clarify)
    assert act.entries == ("delivery",)
    decision = talk.turn("赶着用")
    assert rule_of(decision) == "tells more of a choice"
    assert [bubble.text for bubble in decision.bubbles] == list(talk.knowledge.say("which-region", {}))


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("东西还没动静", "我去哪看"),
        ("东西还没动静", "火星上的水"),
        ("东西还没动静", "发票抬头写错了"),
        ("毛衣买大了", "我平时穿M"),
        ("东西还没动静", "不是"),
        ("东西还没动静", "等着送人 你们老板是谁"),
    ],
)
def test_what_asks_or_tells_of_something_else_does_not_take_up_what_was_asked_back(
    base: KnowledgeBase, asked: str, said: str
) -> None:
    talk = Talk(base)
    assert isinstance(talk.turn(asked).act, Clarify)
    assert rule_of(talk.turn(said)) != "tells more of a choice"


def test_telling_more_of_what_was_answered_already_takes_up_nothing(base: KnowledgeBase) -> None:
    assert rule_of(_suggested(base, "dispatch-urge").turn("等着送人")) != "tells more of a choice"


def test_a_product_means_the_one_of_the_choices_that_needs_it(base: KnowledgeBase) -> None:
    decision = _offered(base, "invoice", "price-ask").turn("杯子")
    assert (rule_of(decision), entries(decision)) == ("more of the choice", ["price-ask"])
    assert rule_of(_offered(base, "invoice", "courier").turn("杯子")) == "only a product"


# What an answer needed


def test_fragments_answer_what_was_asked_for(talk: Talk) -> None:
    assert talk.says("毛衣穿什么码")[-1].startswith("告诉我您的身高和体重")
    assert "建议选L" in talk.says("165", "110")[0]


def test_another_question_with_a_name_in_it_is_not_what_was_asked_for(talk: Talk) -> None:
    talk.turn("有货吗")
    assert entries(talk.turn("新疆包邮吗")) == ["postage-remote"]
