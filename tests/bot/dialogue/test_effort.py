"""However much a buyer sends at once, reading it takes only so long, and a person gets the rest."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer
from bot.dialogue.decide import EFFORT_A_TURN
from knowledge.base import EFFORT_A_QUESTION, LONGEST_WHOLE
from tests.talk import Talk

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

SYLLABLES = "去的还是放那年家里那个不要了我和他说过两天再看一下颜色深的比较配"


def _long_text(start: int) -> str:
    """Five hundred characters in clauses of eleven that no manual knows."""
    clauses = ("".join(islice(cycle(SYLLABLES), at, at + 11)) for at in range(start, start + 46))
    return "，".join(clauses)[:500]


def test_what_is_too_much_to_read_goes_to_a_person(base: KnowledgeBase) -> None:
    assert Talk(base).turn(*map(_long_text, range(40))).mode == "waiting"


def test_what_is_left_unread_is_not_judged_either(base: KnowledgeBase) -> None:
    parts = Talk(base).turn(*map(_long_text, range(40))).why.parts
    assert 1 < len(parts) <= EFFORT_A_TURN // EFFORT_A_QUESTION


def test_what_is_longer_than_any_question_is_read_in_parts(base: KnowledgeBase) -> None:
    long = "，".join(("什么时候发货", *["我这边等着用呢"] * (LONGEST_WHOLE // 7), "发什么快递"))
    assert base.find(long).candidates == ()
    parts = Talk(base).turn(long).why.parts
    assert [part.text for part in parts if isinstance(part.act, Answer)] == ["什么时候发货", "发什么快递"]
