"""What a knowledge base's own questions tell of a matcher."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from knowledge.matching.calibration import SIGNALS, Calibration
from knowledge.matching.held_out import LEFT_OUT, NEAR_MISSES, Trial, Trials, weighed

if TYPE_CHECKING:
    from knowledge.matching.held_out import Kind

BY_MARGIN = Calibration(weights={**dict.fromkeys(SIGNALS, 0.0), "margin": 1.0}, bias=0.0, sharpness=1.0)


def signals(margin: float) -> np.ndarray:
    row = np.zeros(len(SIGNALS))
    row[SIGNALS.index("margin")] = margin
    return row


def trials(rights: str) -> Trials:
    """The surest first: "+" is right."""
    tried = [Trial(signals(-place), each == "+", "answerable") for place, each in enumerate(rights)]
    return weighed(tried, beside=False)


def test_lines_without_an_entry_count_for_less_however_many_there_are() -> None:
    kinds: tuple[Kind, ...] = ("answerable",) * 2 + ("left out",) * 10
    tried = [Trial(signals(0), kind == "answerable", kind) for kind in kinds]
    for beside, worth in ((False, NEAR_MISSES), (True, LEFT_OUT)):
        assert weighed(tried, beside=beside).importance[2:].sum() == pytest.approx(2 * worth)


def test_a_matcher_understands_what_it_finds_and_more_what_it_would_answer() -> None:
    assert trials("++-").understood(BY_MARGIN) == 2 + 2
    assert trials("-++").understood(BY_MARGIN) == 2 + 0
    assert trials("--").understood(BY_MARGIN) == 0


def test_nothing_tried_leaves_the_shipped_calibration() -> None:
    nothing = weighed([], beside=False)
    assert nothing.understood(BY_MARGIN) == 0
    assert nothing.adjusted(BY_MARGIN) is BY_MARGIN
