"""How sure is sure enough: the one place where a confidence becomes something to do."""

from __future__ import annotations

from typing import Literal

from knowledge.matching import ANSWER_AT, CLARIFY_AT

Certainty = Literal["answer", "clarify", "none"]


def certainty(confidence: float) -> Certainty:
    """What the best candidate's confidence allows: answer at once, offer a choice, or neither."""
    if confidence >= ANSWER_AT:
        return "answer"
    return "clarify" if confidence >= CLARIFY_AT else "none"
