from __future__ import annotations

import pytest

from bot.actions.evaluate_answers import evaluate_answers
from knowledge.evaluation import Line
from knowledge.matching import ANSWER_AT, CLARIFY_AT, Candidate, Findings
from tests.fakes import FakeClock


class Stopwatch(FakeClock):
    """Each look at it comes a tenth of a second after the one before."""

    seconds = 0.0

    def monotonic(self) -> float:
        self.seconds += 0.1
        return self.seconds


def found(text: str) -> Findings:
    """A question "when 0.9 courier 0.3" finds just that."""
    names = text.split()
    candidates = tuple(
        Candidate(entry=entry, confidence=float(sure), score=0, example="", parts={})
        for entry, sure in zip(names[::2], names[1::2], strict=True)
    )
    return Findings(text=text, words=(), candidates=candidates)


def test_each_line_is_asked_in_order_and_timed_by_itself() -> None:
    lines = [
        Line(entry="when", question=f"when {ANSWER_AT} courier 0.1"),
        Line(entry="when", question=f"courier {CLARIFY_AT} when 0.2"),
        Line(entry="", question="when 0.01"),
        Line(entry="", question=""),
    ]
    evaluation = evaluate_answers(lines, find=found, clock=Stopwatch())
    assert [each.decision for each in evaluation.asked] == ["answer", "clarify", "none", "none"]
    assert [each.question for each in evaluation.asked] == [line.question for line in lines]
    assert evaluation.asked[1].found == (("courier", CLARIFY_AT), ("when", 0.2))
    assert (evaluation.figures.first, evaluation.figures.among_three) == (0.5, 1.0)
    assert (evaluation.figures.answerable, evaluation.figures.unanswerable) == (2, 2)
    assert evaluation.latency.p50_ms == pytest.approx(100)
    assert evaluation.latency.p99_ms == pytest.approx(100)


def test_nothing_to_ask_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="ask at least one line"):
        evaluate_answers([], find=found, clock=Stopwatch())
