"""The starter manual, asked in the words of buyers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from knowledge.manual.files import starter_manual
from knowledge.matching.matcher import ANSWER_AT

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

DATA = Path(__file__).parent / "data"
FIRST_AT = {"buyers-wording.csv": 0.93, "buyers-wording-2.csv": 0.95}
"""How often the right entry comes first, at least. The first file was looked at while questions were written."""
WRONG_AT_MOST = 0.01


def best(starter: KnowledgeBase, question: str) -> tuple[str, float]:
    first = next(iter(starter.find(question).candidates), None)
    return (first.entry, first.confidence) if first else ("", 0.0)


def lines_of(name: str) -> list[tuple[str, str]]:
    """Without those that happen to be an example, which say nothing about other wording."""
    examples = {question for entry in starter_manual().entries for question in entry.questions}
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        lines = [(row["entry"], row["question"]) for row in csv.DictReader(file)]
    return [(entry, question) for entry, question in lines if question not in examples]


@pytest.mark.parametrize("name", FIRST_AT)
def test_the_right_entry_comes_first(refined: KnowledgeBase, name: str) -> None:
    lines = [(entry, question) for entry, question in lines_of(name) if entry]
    assert sum(best(refined, question)[0] == entry for entry, question in lines) >= FIRST_AT[name] * len(lines)


def test_hardly_any_line_is_answered_wrongly_at_once(refined: KnowledgeBase) -> None:
    lines = [line for name in FIRST_AT for line in lines_of(name) if line[0]]
    answers = [(entry, *best(refined, question)) for entry, question in lines]
    wrong = sum(found != entry and confidence >= ANSWER_AT for entry, found, confidence in answers)
    assert wrong <= WRONG_AT_MOST * len(lines)
