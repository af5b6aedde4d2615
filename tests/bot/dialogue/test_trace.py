"""The account of a decision: several questions each by itself, what was remembered, by how much one was ahead."""

from __future__ import annotations

import pytest

from bot.dialogue.acts import Answer, Clarify, HandOver
from knowledge.base import KnowledgeBase
from knowledge.reasons.reason import because
from tests.small_manual import small_manual
from tests.talk import Talk


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=small_manual())


@pytest.fixture
def talk(base: KnowledgeBase) -> Talk:
    return Talk(base)


def test_each_of_several_questions_keeps_its_own_account(talk: Talk) -> None:
    why = talk.turn("发什么快递？新疆包邮吗？").why
    assert [part.text for part in why.parts] == ["发什么快递", "新疆包邮"]
    assert [part.named for part in why.parts] == [{}, {"region": "新疆"}]
    assert [part.act.entry for part in why.parts if isinstance(part.act, Answer)] == ["courier", "postage"]
    assert [part.candidates[0].entry for part in why.parts] == ["courier", "postage"]
    assert all(part.rules[-1].won and part.answer_rule for part in why.parts)


def test_what_is_handed_on_keeps_its_account_too(talk: Talk) -> None:
    decision = talk.turn("什么时候发货？你们有几个人？")
    assert isinstance(decision.act, HandOver)
    first, second = decision.why.parts
    assert (first.text, second.text) == ("什么时候发货", "你们有几个人")
    assert isinstance(first.act, Answer)
    assert not isinstance(second.act, Answer)
    assert second.candidates


def test_one_question_has_no_parts(talk: Talk) -> None:
    assert talk.turn("什么时候发货").why.parts == ()


def test_what_was_remembered_is_told_apart_from_what_is_named(talk: Talk) -> None:
    talk.turn("新疆包邮吗")
    why = talk.turn("云朵枕什么时候发货").why
    assert (why.named, why.remembered) == ({"product_id": "pillow-1"}, {"region": "新疆", "last_entry": "postage"})
    why = talk.turn("那浙江呢").why
    assert why.named == {"region": "浙江"}
    assert why.remembered == {"product_id": "pillow-1", "last_entry": "dispatch"}


def test_a_choice_says_by_how_much_the_first_is_ahead_of_the_next(talk: Talk) -> None:
    decision = talk.turn("怎么洗")
    assert isinstance(decision.act, Clarify)
    first, second = decision.why.candidates[:2]
    ahead = because("ahead_of", margin=f"{first.confidence - second.confidence:.2f}", entry=second.entry)
    likely = because("likely_not_sure", entry=first.entry, confidence=f"{first.confidence:.2f}")
    assert decision.why.rules[-1].reason == likely.and_also(ahead)
