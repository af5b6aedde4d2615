"""How good answers are, in figures: what came first, what would have been said, and how sure the bot was of it.

Pure arithmetic over what was asked and what was found; the terms are those of `xiaoer eval` and of the benchmark. A
line whose expected entry is empty is one that nobody has an answer to: whatever is answered there is a false answer.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Decision = Literal["answer", "suggest", "clarify", "hand_over", "none"]
"""What the bot would do: answer at once · answer, saying that it is a guess · offer a choice · call a person · none."""
HEADER = ("entry", "question")
OFFERED = 3
"""How many entries a buyer is offered to choose from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line to ask, and the entry that should answer it ("" when none should)."""

    entry: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineProblem:
    """What is wrong with one line of a file. `line` counts from 1, the header included."""

    line: int
    problem: str


class BadLines(ValueError):
    """The file holds lines that cannot be asked; `problems` names every one."""

    def __init__(self, problems: tuple[LineProblem, ...]) -> None:
        super().__init__("; ".join(f"line {each.line}: {each.problem}" for each in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One line, what was found for it (entry and confidence, best first) and what the bot would do."""

    entry: str
    question: str
    found: tuple[tuple[str, float], ...]
    decision: Decision
    told: tuple[str, ...] = ()
    """The entries that the bot would answer with or offer."""

    @property
    def rank(self) -> int:
        """Where the expected entry stands, from 1; 0 when it was not found."""
        entries = [entry for entry, _ in self.found]
        return entries.index(self.entry) + 1 if self.entry in entries else 0

    @property
    def confidence(self) -> float:
        """How sure the best candidate is; 0 when there is none."""
        return self.found[0][1] if self.found else 0.0

    @property
    def right(self) -> bool:
        """Whether the best candidate is the expected entry."""
        return self.rank == 1

    @property
    def is_served(self) -> bool:
        """Whether the buyer hears of the expected entry, or of none where none is expected."""
        return self.entry in self.told if self.entry else not self.told


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All shares are in [0, 1]; a share of nothing is None."""

    answerable: int
    """Lines that have an entry."""
    unanswerable: int
    first: float | None
    """Answerable lines whose entry came first."""
    among_three: float | None
    mean_reciprocal_rank: float | None
    coverage: float | None
    """Lines, of all, that were answered without asking back."""
    precision: float | None
    """Answered lines whose answer was the right one."""
    suggested: float | None
    """Lines, of all, that were answered with the question whether that was meant."""
    suggested_rightly: float | None
    """Of those, the ones where it was."""
    clarified: float | None
    """Lines, of all, where the buyer was asked to choose."""
    false_answers: float | None
    """Unanswerable lines that were answered."""
    auroc: float | None
    """How well confidence tells a rightly found line from an unanswerable one: the chance that it ranks them right."""
    coverage_at_90: float | None
    """Coverage if the threshold were the lowest one at which 90 % of what is answered is right."""
    coverage_at_95: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Time for one line, in milliseconds."""

    p50_ms: float
    p99_ms: float


def read_lines(data: bytes) -> tuple[Line, ...]:
    """Lines of an `entry,question` CSV file in UTF-8, with or without a byte order mark.

    Raises `BadLines` naming each line that cannot be asked: a wrong header, a missing or extra cell, no question.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadLines((LineProblem(line=line, problem="not UTF-8; save the file as CSV UTF-8"),)) from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    lines: list[Line] = []
    problems: list[LineProblem] = []
    try:
        header = tuple(cell.strip().lower() for cell in next(rows, []))
        if header != HEADER:
            raise BadLines((LineProblem(line=1, problem='the first line must be "entry,question"'),))
        for row in rows:
            problem = _problem_of(row)
            if problem:
                problems.append(LineProblem(line=rows.line_num, problem=problem))
            elif row:
                lines.append(Line(entry=row[0].strip(), question=row[1].strip()))
    except csv.Error as error:
        problems.append(LineProblem(line=rows.line_num, problem=f"not CSV: {error}"))
    if problems:
        raise BadLines(tuple(problems))
    return tuple(lines)


def _problem_of(row: Sequence[str]) -> str:
    if not row:
        return ""
    if len(row) != len(HEADER):
        return f"{len(row)} cells instead of two; put a question with a comma in it between quotes"
    return "" if row[1].strip() else "no question"


def figures(asked: Sequence[Asked]) -> Figures:
    """All figures of one run."""
    answerable = [each for each in asked if each.entry]
    unanswerable = [each for each in asked if not each.entry]
    answered = [each for each in asked if each.decision == "answer"]
    return Figures(
        answerable=len(answerable),
        unanswerable=len(unanswerable),
        first=_mean([each.right for each in answerable]),
        among_three=_mean([1 <= each.rank <= OFFERED for each in answerable]),
        mean_reciprocal_rank=_mean([1 / each.rank if each.rank else 0.0 for each in answerable]),
        coverage=_mean([each.decision == "answer" for each in asked]),
        precision=_mean([each.is_served for each in answered]),
        suggested=_mean([each.decision == "suggest" for each in asked]),
        suggested_rightly=_mean([each.is_served for each in asked if each.decision == "suggest"]),
        clarified=_mean([each.decision == "clarify" for each in asked]),
        false_answers=_mean([each.decision == "answer" for each in unanswerable]),
        auroc=auroc([each.confidence for each in answerable if each.right], [each.confidence for each in unanswerable]),
        coverage_at_90=coverage_at(asked, 0.90),
        coverage_at_95=coverage_at(asked, 0.95),
    )


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def auroc(higher: Sequence[float], lower: Sequence[float]) -> float | None:
    """The chance that one of `higher` is above one of `lower`, a tie counting half. None when either is empty."""
    if not higher or not lower:
        return None
    ranked = sorted([(value, True) for value in higher] + [(value, False) for value in lower])
    wins = below = 0.0
    place = 0
    while place < len(ranked):
        end = place
        while end < len(ranked) and ranked[end][0] == ranked[place][0]:
            end += 1
        ups = sum(up for _, up in ranked[place:end])
        downs = end - place - ups
        wins += ups * (below + downs / 2)
        below += downs
        place = end
    return wins / (len(higher) * len(lower))


def coverage_at(asked: Sequence[Asked], precision: float) -> float | None:
    """The largest share of all lines that one threshold on confidence can answer at this precision. None of nothing."""
    if not asked:
        return None
    surest_first = sorted(asked, key=lambda each: -each.confidence)
    best = right = 0
    for count, each in enumerate(surest_first, start=1):
        right += each.right
        last_of_its_confidence = count == len(asked) or surest_first[count].confidence < each.confidence
        if last_of_its_confidence and right >= precision * count:
            best = count
    return best / len(asked)


def latency(durations_ms: Sequence[float]) -> Latency:
    """Median and 99th percentile (nearest rank). Raises ValueError when nothing was timed."""
    if not durations_ms:
        raise ValueError("Nothing was timed: ask at least one line")
    ranked = sorted(durations_ms)
    return Latency(p50_ms=_at(ranked, 0.50), p99_ms=_at(ranked, 0.99))


def _at(ranked: Sequence[float], share: float) -> float:
    return ranked[ceil(share * len(ranked)) - 1]
