"""However much a buyer sends at once, reading it takes only so long, and a person gets the rest."""

from __future__ import annotations

from itertools import cycle, islice

from bot.dialogue.acts import Answer
from bot.dialogue.decide import EFFORT_A_TURN
from bot.dialogue.turn.judging import EFFORT_A_JUDGEMENT
from knowledge.base import EFFORT_A_QUESTION, LONGEST_WHOLE, KnowledgeBase, fit_key
from knowledge.fitting import shipped_fit
from knowledge.manual.files import starter_manual
from tests.talk import Talk

MANY_QUESTIONS = (
    "不是说当天寄吗怎么没寄，是不是有退货险，你好，家里人不让买,单子撤了，拍了好几次一起寄吧，退款什么时候到，"
    "找人代付行吗，信得过吗，假期下单几号才能走，村子很远快递肯来吗"
)
SYLLABLES = "去的还是放那年家里那个不要了我和他说过两天再看一下颜色深的比较配"


def _long_text(start: int) -> str:
    """Five hundred characters in clauses of eleven that no manual knows."""
    clauses = ("".join(islice(cycle(SYLLABLES), at, at + 11)) for at in range(start, start + 46))
    return "，".join(clauses)[:500]


def test_what_is_too_much_to_read_goes_to_a_person(base: KnowledgeBase) -> None:
    assert Talk(base).turn(*map(_long_text, range(40))).mode == "waiting"


def test_what_is_left_unread_is_not_judged_either(base: KnowledgeBase) -> None:
    parts = Talk(base).turn(*map(_long_text, range(40))).why.parts
    assert 1 < len(parts) <= EFFORT_A_TURN // (EFFORT_A_QUESTION + EFFORT_A_JUDGEMENT)


def test_what_was_answered_before_all_effort_was_spent_is_not_lost() -> None:
    """Some of these lead clearly beside a sure answer, so that all are judged twice, and the effort ends meanwhile."""
    starter = starter_manual()
    base = KnowledgeBase.build(revision=1, manual=starter, fit=shipped_fit(fit_key(starter)))
    parts = Talk(base).turn(MANY_QUESTIONS).why.parts
    answered = {part.act.entry for part in parts if isinstance(part.act, Answer)}
    assert {"dispatch-urge", "freight-insurance", "cancel-order", "payment-methods", "authenticity"} <= answered


def test_what_is_longer_than_any_question_is_read_in_parts(base: KnowledgeBase) -> None:
    long = "，".join(("什么时候发货", *["我这边等着用呢"] * (LONGEST_WHOLE // 7), "发什么快递"))
    assert base.find(long).candidates == ()
    parts = Talk(base).turn(long).why.parts
    assert [part.text for part in parts if isinstance(part.act, Answer)] == ["什么时候发货", "发什么快递"]
