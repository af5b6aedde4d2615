from __future__ import annotations

import pytest

from bot.dialogue.question import question_of
from bot.dialogue.state import Memory
from knowledge.base import KnowledgeBase
from tests.small_manual import small_manual
from tests.talk import NEW, OPEN, said


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=small_manual())


def _asked(text: str, base: KnowledgeBase, memory: Memory | None = None) -> dict[str, object]:
    question = question_of(said(base, text)[0], conversation=NEW, memory=memory or Memory(), shop=OPEN)
    return {
        "typed": question.said.typed,
        "folded": question.folded,
        "named": dict(question.named),
        "region": question.memory.region,
        "product": question.memory.product_id,
        "entries": [each.entry for each in question.findings.candidates],
    }


def test_a_question_knows_what_was_typed_and_what_was_understood(base: KnowledgeBase) -> None:
    asked = _asked("xinjiang yfsm", base)
    assert asked["typed"] == "xinjiang yfsm"
    asked = _asked("新彊 by", base)
    assert asked["folded"] == "新疆包邮"
    assert asked["named"] == {"region": "新疆"}
    assert asked["region"] == "新疆"


def test_a_question_names_what_its_talk_named_before_unless_it_names_another(base: KnowledgeBase) -> None:
    memory = Memory(region="新疆", product_id="lamp-1")
    assert _asked("包邮吗", base, memory)["region"] == "新疆"
    asked = _asked("云朵枕寄到西藏包邮吗", base, memory)
    assert (asked["region"], asked["product"]) == ("西藏", "pillow-1")


@pytest.mark.parametrize("words", ["人工费多少", "真人模特图有吗", "手工缝制的吗", "人工智能音箱有吗"])
def test_work_and_goods_never_mean_a_person(words: str, base: KnowledgeBase) -> None:
    assert "human" not in _asked(words, base)["entries"]  # type: ignore[operator]  # a list of ids


def test_what_spoke_for_a_person_speaks_for_the_rest_but_makes_nothing_sure(base: KnowledgeBase) -> None:
    (asked,) = said(base, "人工缝制的毛巾怎么洗")
    question = question_of(asked, conversation=NEW, memory=Memory(), shop=OPEN)
    assert question.best is not None
    assert question.best.entry == "towel-care"


def test_findings_without_a_person_stay_as_they_are(base: KnowledgeBase) -> None:
    assert _asked("毛巾能机洗吗", base)["entries"] == [each.entry for each in base.find("毛巾能机洗吗").candidates]
