"""How sure is sure enough: the one place where a confidence becomes something to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeGuard

from knowledge.matching import ANSWER_AT, CLARIFY_AT

if TYPE_CHECKING:
    from knowledge.matching import Candidate

SUGGEST_AT = 0.72
"""The confidence at which the only likely entry is answered at once, with the question whether it was meant."""

SPOKEN_AT = 0.40
"""The same, where its answers hold words by which one tells what the question is about."""

Certainty = Literal["answer", "clarify", "none"]


def certainty(confidence: float) -> Certainty:
    """What the best candidate's confidence allows: answer at once, offer a choice, or neither."""
    if confidence >= ANSWER_AT:
        return "answer"
    return "clarify" if confidence >= CLARIFY_AT else "none"


def is_sure(candidate: Candidate | None) -> TypeGuard[Candidate]:
    """Whether there is an entry that may be answered at once."""
    return candidate is not None and certainty(candidate.confidence) == "answer"
