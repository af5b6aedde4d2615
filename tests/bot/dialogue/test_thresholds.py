from __future__ import annotations

import math

import pytest

from bot.dialogue.thresholds import certainty
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT


@pytest.mark.parametrize(
    ("confidence", "allowed"),
    [
        (1.0, "answer"),
        (ANSWER_AT, "answer"),
        (math.nextafter(ANSWER_AT, 0), "clarify"),
        (CLARIFY_AT, "clarify"),
        (math.nextafter(CLARIFY_AT, 0), "none"),
        (0.0, "none"),
    ],
)
def test_the_thresholds_themselves_suffice(confidence: float, allowed: str) -> None:
    assert certainty(confidence) == allowed
