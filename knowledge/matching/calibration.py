"""How sure to be that the best entry is the right one: signals of a question's scores, turned into a probability.

The weights that ship were learned on other shops; a knowledge base then adjusts them to itself by two numbers, learned
by asking its own examples of a matcher that has not seen them, nor some entries at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, log1p
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

SIGNALS = ("lead", "margin", "likeness", "known_characters", "known_words", "length", "others", "examples")
"""Score over the other entries' level · over the next entry · mean likeness to the entry's examples · share of the
question's characters and words that any example has, by rarity · logarithms of its length in characters, of how many
other entries there are and of how many questions the entry has."""
FEWEST_OTHERS = 8
"""The shops that calibration was learned on had no fewer other entries; a smaller one makes nobody any surer."""
TRUST_IN_SHIPPED = 30.0
"""The shipped calibration weighs as much as this many lines of the knowledge base's own."""
_NEWTON_STEPS = 25
_NEARLY_NOTHING = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """From signals to the probability that the best entry is right; `slope` and `shift` are the shop's own."""

    weights: Mapping[str, float]
    bias: float
    sharpness: float
    """How much the scores of the entries after the best one are spread when the rest is shared among them."""
    slope: float = 1.0
    shift: float = 0.0

    def log_odds(self, signals: NDArray[np.float64]) -> NDArray[np.float64]:
        """The shipped part: one number for each row of signals, in the order of `SIGNALS`."""
        shipped: NDArray[np.float64] = signals @ np.array([self.weights[name] for name in SIGNALS]) + self.bias
        return shipped

    def confidence(self, signals: NDArray[np.float64]) -> float:
        """The probability that the best entry is right, for one question."""
        return float(_probability(self.slope * self.log_odds(signals) + self.shift))


def signals_of(
    *,
    best: float,
    others: NDArray[np.float64],
    likeness: float,
    known_characters: float,
    known_words: float,
    length: int,
    examples: int,
) -> NDArray[np.float64]:
    """What tells a sure question from an unsure one, as `SIGNALS` lists it. `best` and `others` are scores.

    Others may score higher than the best entry when they are no entries.
    """
    compared = others if len(others) else np.zeros(1)
    following = float(compared.max())
    level = following + log(float(np.exp(compared - following).sum()) / len(compared))
    sizes = (log1p(length), log1p(max(len(others), FEWEST_OTHERS)), log1p(examples))
    return np.array([best - level, best - following, likeness, known_characters, known_words, *sizes])


def spread(best: float, scores: NDArray[np.float64], sharpness: float) -> NDArray[np.float64]:
    """Confidence for each entry: the first has `best`, the others share what is left, none more than the first."""
    shares = np.exp(sharpness * (scores - scores[0]))
    left = (1 - best) * shares / max(float(shares[1:].sum()), 1e-12)
    return np.concatenate(([best], np.minimum(best * shares, left)[1:]))


def fit_logistic(
    rows: NDArray[np.float64],
    right: NDArray[np.float64],
    importance: NDArray[np.float64],
    *,
    start: NDArray[np.float64],
    pull: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Logistic regression by Newton's method; each weight is pulled towards its start with its own strength."""

    def loss(weights: NDArray[np.float64]) -> float:
        surprise = np.logaddexp(0, np.where(right > 0, -1, 1) * (rows @ weights))
        return float(importance @ surprise + pull @ (weights - start) ** 2 / 2)

    weights = start
    for _ in range(_NEWTON_STEPS):
        expected = _probability(rows @ weights)
        slope = rows.T @ (importance * (expected - right)) + pull * (weights - start)
        bend = (rows.T * (importance * expected * (1 - expected))) @ rows + np.diag(pull)
        step = np.linalg.solve(bend, slope)
        while loss(weights - step) > loss(weights) + _NEARLY_NOTHING:
            step = step / 2
        weights = weights - step
    return weights


def _probability(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    probability: NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(log_odds, -30, 30)))
    return probability


def adjusted(
    calibration: Calibration,
    signals: NDArray[np.float64],
    right: NDArray[np.float64],
    importance: NDArray[np.float64],
) -> Calibration:
    """The shipped calibration, tilted and shifted to fit what one knowledge base knows about itself."""
    shipped = calibration.log_odds(signals)
    slope, shift = fit_logistic(
        np.stack([shipped, np.ones_like(shipped)], axis=1),
        right,
        importance,
        start=np.array([1.0, 0.0]),
        pull=np.full(2, TRUST_IN_SHIPPED),
    )
    return Calibration(
        weights=calibration.weights,
        bias=calibration.bias,
        sharpness=calibration.sharpness,
        slope=max(float(slope), 0.0),
        shift=float(shift),
    )
