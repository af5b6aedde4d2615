"""How buyers were shared among people, beside what their weights ask for, and how likely that is by chance.

Expected is what each would have had, had every buyer been shared among those who could take them just then.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One person's part."""

    staff_id: int
    got: int
    expected: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Fairness:
    """All parts, and the chance of a difference this large or larger if people were drawn by weight at random."""

    shares: tuple[Share, ...]
    chi_square: float
    p_value: float


def fairness(assigned: Iterable[tuple[int, Mapping[int, int]]]) -> Fairness:
    """The report on these assignments: who got the buyer, and the weights of all who could have."""
    got: Counter[int] = Counter()
    expected: dict[int, float] = defaultdict(float)
    for chosen, weights in assigned:
        got[chosen] += 1
        total = sum(weights.values())
        for staff_id, weight in weights.items():
            expected[staff_id] += weight / total
    shares = tuple(
        Share(staff_id=each, got=got[each], expected=expected[each]) for each in sorted(got.keys() | expected.keys())
    )
    chi_square = sum((each.got - each.expected) ** 2 / each.expected for each in shares if each.expected > 0)
    return Fairness(shares=shares, chi_square=chi_square, p_value=chi_square_beyond(chi_square, len(shares) - 1))


def chi_square_beyond(value: float, degrees: int) -> float:
    """The chance that a chi-square of so many degrees of freedom is `value` or more."""
    if degrees < 1 or value <= 0:
        return 1.0
    half = value / 2
    if degrees % 2 == 0:
        terms = (math.exp(i * math.log(half) - math.lgamma(i + 1) - half) for i in range(degrees // 2))
        return min(1.0, math.fsum(terms))
    terms = (math.exp((i - 0.5) * math.log(half) - math.lgamma(i + 0.5) - half) for i in range(1, degrees // 2 + 1))
    return min(1.0, math.erfc(math.sqrt(half)) + math.fsum(terms))
