"""However much a buyer sends at once, reading it takes only so long, and a person gets the rest."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

import pytest

from bot.domain.decide import EFFORT_A_TURN
from tests.talk import Talk

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

SYLLABLES = "去的还是放那年家里那个不要了我和他说过两天再看一下颜色深的比较配"


def _long_text(start: int) -> str:
    """Five hundred characters in clauses of eleven that no manual knows."""
    clauses = ("".join(islice(cycle(SYLLABLES), at, at + 11)) for at in range(start, start + 46))
    return "，".join(clauses)[:500]


class _Counting:
    """A matcher that is asked, and how many characters it was asked."""

    def __init__(self, base: KnowledgeBase) -> None:
        self.characters = 0
        self._find = base.matcher.find

    def find(self, question: str, *, limit: int = 5) -> object:
        self.characters += len(question)
        return self._find(question, limit=limit)


@pytest.mark.parametrize("messages", [1, 3, 40])
def test_much_text_is_read_only_for_so_long(
    base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch, messages: int
) -> None:
    counting = _Counting(base)
    monkeypatch.setattr(base.matcher, "find", counting.find)
    fresh = base.with_matcher(base.matcher)

    Talk(fresh).turn(*map(_long_text, range(messages)))

    readings = 3  # as it stands, in another spelling, and without what it names
    assert counting.characters <= readings * (EFFORT_A_TURN + 500)


def test_what_is_too_much_to_read_goes_to_a_person(base: KnowledgeBase) -> None:
    assert Talk(base).turn(*map(_long_text, range(40))).mode == "waiting"
