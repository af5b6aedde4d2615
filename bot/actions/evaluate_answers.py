"""Ask every line of a test set, one by one and without history, and say in figures how good the answers were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.domain.certainty import certainty
from knowledge.evaluation import Asked, figures, latency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.clock import Clock
    from knowledge.evaluation import Figures, Latency, Line
    from knowledge.matching import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One run: each line in the order asked, and the figures over all of them."""

    asked: tuple[Asked, ...]
    figures: Figures
    latency: Latency


def evaluate_answers(lines: Iterable[Line], *, find: Callable[[str], Findings], clock: Clock) -> Evaluation:
    """Ask all lines; each question is timed by itself, from its text to its candidates.

    Raises ValueError when there is no line.
    """
    asked: list[Asked] = []
    durations_ms: list[float] = []
    for line in lines:
        begun = clock.monotonic()
        found = find(line.question)
        durations_ms.append(1000 * (clock.monotonic() - begun))
        asked.append(_asked(line, found))
    return Evaluation(asked=tuple(asked), figures=figures(asked), latency=latency(durations_ms))


def _asked(line: Line, found: Findings) -> Asked:
    best = max((each.confidence for each in found.candidates), default=0.0)
    return Asked(
        entry=line.entry,
        question=line.question,
        found=tuple((each.entry, each.confidence) for each in found.candidates),
        decision=certainty(best),
    )
