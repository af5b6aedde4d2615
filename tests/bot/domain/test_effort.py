"""However much a buyer sends at once, reading it takes only so long, and a person gets the rest."""

from __future__ import annotations

from itertools import cycle, islice
from typing import TYPE_CHECKING

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
