"""How sure is sure enough: the one place where a confidence becomes something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeGuard

from knowledge.manual.entry import MANY_QUESTIONS
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT

if TYPE_CHECKING:
    from knowledge.manual.entry import Entry
    from knowledge.matching.matcher import Candidate

SUGGEST_AT = 0.72
"""The confidence at which the only likely entry is answered at once, with the question whether it was meant."""


class Bars(NamedTuple):
    """What an entry must reach to be put to a buyer."""

    suggest: float
    """The confidence at which it is answered at once with the question whether it was meant, no other being near."""
    whatever: float
    """The confidence at which it needs nothing in common with the question but the frame of any question."""
    offer: float
    """The confidence at which it leads a choice."""
    near: float
    """The share of the best one's confidence at which another entry is near."""
    alternative: float
    """The share of the best one's confidence at which another entry is offered beside it."""


USUAL = Bars(suggest=SUGGEST_AT, whatever=SUGGEST_AT, offer=CLARIFY_AT, near=0.35, alternative=0.35)
OF_FEW_QUESTIONS = Bars(suggest=0.5, whatever=0.55, offer=0.12, near=0.4, alternative=0.1)
"""For entries that were given few questions: they mean more by a low confidence than the others do. What is likelier
than not is answered, saying so; below that, the buyer chooses."""


def bars_of(entry: Entry) -> Bars:
    """What holds for this entry."""
    return OF_FEW_QUESTIONS if len(entry.questions) < MANY_QUESTIONS else USUAL


def may_be_offered(entry: Entry | None, candidate: Candidate) -> bool:
    """Whether this entry is likely enough to lead a choice."""
    return candidate.confidence >= (bars_of(entry) if entry else USUAL).offer


Certainty = Literal["answer", "clarify", "none"]


def certainty(confidence: float) -> Certainty:
    """What the best candidate's confidence allows: answer at once, offer a choice, or neither."""
    if confidence >= ANSWER_AT:
        return "answer"
    return "clarify" if confidence >= CLARIFY_AT else "none"


def is_sure(candidate: Candidate | None) -> TypeGuard[Candidate]:
    """Whether there is an entry that may be answered at once."""
    return candidate is not None and certainty(candidate.confidence) == "answer"
