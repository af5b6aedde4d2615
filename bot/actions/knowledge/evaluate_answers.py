"""Ask every line of a test set, one by one and without history, and say in figures how good the answers were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.dialogue.acts import Answer, Away, Clarify, HandOver, Suggest
from knowledge.improve.evaluate import Asked, figures, latency

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bot.clock import Clock
    from bot.dialogue.acts import Act, Decision
    from knowledge.improve.evaluate import Decision as Kind
    from knowledge.improve.evaluate import Figures, Latency, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One run: each line in the order asked, and the figures over all of them."""

    asked: tuple[Asked, ...]
    figures: Figures
    latency: Latency


def evaluate_answers(lines: Iterable[Line], *, ask: Callable[[str], Decision], clock: Clock) -> Evaluation:
    """Ask all lines; each question is timed by itself, from its text to the decision about it.

    `ask` decides as for a buyer who has just come. Raises ValueError when there is no line.
    """
    asked: list[Asked] = []
    durations_ms: list[float] = []
    for line in lines:
        begun = clock.monotonic()
        decision = ask(line.question)
        durations_ms.append(1000 * (clock.monotonic() - begun))
        asked.append(_asked(line, decision))
    return Evaluation(asked=tuple(asked), figures=figures(asked), latency=latency(durations_ms))


def _asked(line: Line, decision: Decision) -> Asked:
    kind, told = _told(decision.act)
    found = tuple((each.entry, each.confidence) for each in decision.why.candidates)
    return Asked(entry=line.entry, question=line.question, found=found, decision=kind, told=told)


def _told(act: Act) -> tuple[Kind, tuple[str, ...]]:
    """What is done, and the entries that the buyer hears of; an entry may say itself that a person is needed."""
    match act:
        case Answer(entry=entry, also=also):
            return "answer", (entry, *also)
        case Suggest(entries=entries):
            return "suggest", entries
        case Clarify(entries=entries):
            return "clarify", entries
        case HandOver(entry=entry) | Away(entry=entry):
            return "hand_over", () if entry is None else (entry,)
        case _:
            return "none", ()
