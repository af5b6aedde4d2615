"""What became of a knowledge base's own questions, asked of a matcher that has not seen them: how sure it may be.

Most that no entry answers is unlike what was left out, so such lines count for less than those that have an entry.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from knowledge.matching.calibration import SIGNALS, adjusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from knowledge.matching.calibration import Calibration

Kind = Literal["answerable", "left out", "out of scope"]
"""answerable · left out: its whole entry is unknown to the matcher · out of scope: an intent of no entry"""
NEAR_MISSES = 0.25
"""How much lines without an entry count, beside lines that have one."""
LEFT_OUT, OUT_OF_SCOPE = 0.05, 0.17
"""The same where it is known what the shop has no entry for: lines of entries left out, and lines out of scope, one
for six that have an entry."""
PRECISION = 0.9
"""The share of answers that must be right when matchers are compared."""


class Trial(NamedTuple):
    """A question whose entry is known, asked of a matcher that has not seen it."""

    signals: NDArray[np.float64]
    is_right: bool
    kind: Kind


class Trials(NamedTuple):
    """All of them, and how much each counts."""

    signals: NDArray[np.float64]
    right: NDArray[np.float64]
    importance: NDArray[np.float64]

    def adjusted(self, calibration: Calibration) -> Calibration:
        """The shipped calibration, adjusted to this knowledge base."""
        return adjusted(calibration, self.signals, self.right, self.importance) if len(self.right) else calibration

    def understood(self, calibration: Calibration) -> float:
        """How many are found, and how many of these answered if the surest are, as many as keep to the precision.

        The second alone would be left to chance where there are few.
        """
        surest_first = np.argsort(-calibration.log_odds(self.signals), kind="stable")
        answered = np.cumsum(self.importance[surest_first])
        right = np.cumsum((self.importance * self.right)[surest_first])
        return float(right[-1:].sum() + right[right >= PRECISION * answered].max(initial=0))


def weighed(trials: Sequence[Trial], *, beside: bool) -> Trials:
    """`beside`: it is known what the shop has no entry for."""
    counts = Counter(trial.kind for trial in trials)
    worth = {"answerable": 1.0, "left out": LEFT_OUT if beside else NEAR_MISSES, "out of scope": OUT_OF_SCOPE}
    share = {kind: worth[kind] * counts["answerable"] / count for kind, count in counts.items()}
    return Trials(
        np.array([trial.signals for trial in trials]).reshape(-1, len(SIGNALS)),
        np.array([trial.is_right for trial in trials], np.float64),
        np.array([share[trial.kind] for trial in trials]),
    )
