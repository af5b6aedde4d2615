"""Meaning beside wording, where the owner has connected a model that turns texts into vectors. Off otherwise.

What a model says of a question is moderate by design: it counts for half of a confidence at most, and only where the
matcher is in doubt. So by itself it offers a choice; it answers only where the wording leans the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise, product
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from knowledge.matching.matcher import Candidate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from knowledge.matching.matcher import Findings

    Vectors = NDArray[np.float32]

PART = "semantic"
SHARE_OF_MEANING = 0.5
"""How much of a confidence is the model's; the rest is the matcher's."""
MOST_MEANT = 5
LEAST_SHARE = 0.01
EXAMPLES_AN_ENTRY = 50
"""More examples of one entry cost memory and tell the model nothing new."""
_ASKED_OF_ITSELF = 400
_SHARPNESSES = (5.0, 10.0, 20.0, 30.0, 50.0, 80.0, 120.0)
_LEVELS = (0.02, 0.1, 0.25, 0.5, 0.75)
_NEAR_MISSES = 0.25
_NEARLY_ZERO = np.float32(1e-9)
_NOTHING = np.float32(-np.inf)


class NoVectors(Exception):
    """There are no vectors for these texts just now: go on without. The text says why."""


class Embedder(Protocol):
    """Turns texts into vectors: a model on this machine or behind an address."""

    async def embed(self, texts: Sequence[str], *, within_seconds: float) -> Vectors:
        """One row of length one for each text, in order. Raises `NoVectors`, at the latest when the time is over."""
        ...


def as_vectors(rows: object) -> Vectors:
    """Rows of numbers as a matrix, each row scaled to length one. Raises `NoVectors` for anything else."""
    try:
        raw = np.array(rows, np.float64)
    except (TypeError, ValueError, OverflowError) as problem:
        raise NoVectors("the vectors are not rows of numbers, all of one length") from problem
    if raw.ndim != 2 or not raw.size or not np.isfinite(raw).all():  # noqa: PLR2004 - rows and columns
        raise NoVectors("the vectors are not rows of numbers, all of one length")
    largest = np.abs(raw).max(axis=1, keepdims=True)
    if not largest.all():
        raise NoVectors("a vector is zero: it says nothing")
    raw /= largest
    vectors: Vectors = (raw / np.sqrt((raw * raw).sum(axis=1, keepdims=True))).astype(np.float32)
    return vectors


@dataclass(frozen=True, slots=True)
class Meant:
    """What the model says of one question and one entry: its share of all that could be meant, the closest example."""

    entry: str
    share: float
    example: str


class Scale(NamedTuple):
    """From likeness to shares. Models differ in how like they find any two texts, so each base measures its own."""

    sharpness: float
    level: float
    """A question that is no more like an entry than this more likely means something else."""


USUAL_SCALE = Scale(20.0, 0.6)


class Meanings:
    """The vectors of a knowledge base's examples, entry by entry. Immutable; may be read from any thread."""

    def __init__(self, examples: Sequence[tuple[str, str]], vectors: Vectors, scale: Scale = USUAL_SCALE) -> None:
        """Take (entry, example) pairs, those of one entry side by side, at least one; and a vector for each."""
        names = [entry for entry, _ in examples]
        self._examples = examples
        self._vectors = vectors
        self.scale = scale
        self._starts = np.array([0, *(place for place, pair in enumerate(pairwise(names), 1) if len({*pair}) > 1)])
        self._entry_of = np.repeat(np.arange(len(self._starts)), np.diff(self._starts, append=len(names)))
        self._sums: Vectors = np.add.reduceat(vectors, self._starts, axis=0)
        self._centroids = _unit(self._sums)

    def meant(self, vectors: Vectors) -> list[tuple[Meant, ...]]:
        """For each row, the entries that the model takes its question for, best first; shares sum to one at most."""
        cosines = vectors @ self._vectors.T
        likeness = self._likeness(cosines, vectors @ self._centroids.T)
        shares = np.exp(_log_shares(likeness, self.scale))[:, :-1]
        return [self._best(*row) for row in zip(shares, cosines, strict=True)]

    def _best(self, shares: NDArray[np.float64], cosines: Vectors) -> tuple[Meant, ...]:
        best = np.argsort(-shares, kind="stable")[:MOST_MEANT].tolist()
        return tuple(
            self._meant(entry, float(shares[entry]), cosines) for entry in best if shares[entry] >= LEAST_SHARE
        )

    def _meant(self, entry: int, share: float, cosines: Vectors) -> Meant:
        own = np.flatnonzero(self._entry_of == entry)
        name, example = self._examples[own[cosines[own].argmax()]]
        return Meant(name, round(share, 4), example)

    def _likeness(self, cosines: Vectors, to_centroids: Vectors) -> Vectors:
        """Texts x entries: the mean of the likeness to an entry's centre and to its closest example."""
        closest: Vectors = np.maximum.reduceat(cosines, self._starts, axis=1)
        likeness: Vectors = (closest + to_centroids) * np.float32(0.5)
        return likeness

    def fitted(self) -> Meanings:
        """The same, measured on itself: its own examples, each left out in turn, are told from what belongs nowhere.

        Takes CPU, a second for a large manual: call it off the event loop.
        """
        asked = np.unique(np.linspace(0, len(self._examples) - 1, _ASKED_OF_ITSELF).astype(np.int64))
        asked = asked[np.bincount(self._entry_of)[self._entry_of[asked]] > 1]
        if not len(asked) or len(self._starts) == 1:
            return self
        own = (np.arange(len(asked)), self._entry_of[asked])
        known = self._without_themselves(asked)
        strange = known.copy()
        strange[own] = _NOTHING
        scales = [Scale(*each) for each in product(_SHARPNESSES, np.quantile(known[own], _LEVELS).tolist())]
        return Meanings(self._examples, self._vectors, max(scales, key=lambda each: _fit(each, known, own, strange)))

    def _without_themselves(self, asked: NDArray[np.int64]) -> Vectors:
        """How like these examples are to each entry when they are no examples of it."""
        vectors, own = self._vectors[asked], self._entry_of[asked]
        cosines = vectors @ self._vectors.T
        every = np.arange(len(asked))
        cosines[every, asked] = _NOTHING
        to_centroids = vectors @ self._centroids.T
        to_centroids[every, own] = (vectors * _unit(self._sums[own] - vectors)).sum(axis=1)
        return self._likeness(cosines, to_centroids)


def _fit(scale: Scale, known: Vectors, own: tuple[NDArray[np.int64], NDArray[np.int64]], strange: Vectors) -> float:
    """How likely what is right is under this scale: their entries for the known, anything else for the strange."""
    right = _log_shares(known, scale)[own].mean()
    return float(right + _NEAR_MISSES * _log_shares(strange, scale)[:, -1].mean())


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
    unit: Vectors = vectors / np.maximum(lengths, _NEARLY_ZERO)
    return unit


def _log_shares(likeness: Vectors, scale: Scale) -> NDArray[np.float64]:
    """Logarithms of each entry's share for each text; the last column is that of anything else."""
    leaning = np.pad(likeness.astype(np.float64), ((0, 0), (0, 1)), constant_values=scale.level) * scale.sharpness
    leaning -= leaning.max(axis=1, keepdims=True)
    shares: NDArray[np.float64] = leaning - np.log(np.exp(leaning).sum(axis=1, keepdims=True))
    return shares


def blended(findings: Findings, meant: Sequence[Meant]) -> Findings:
    """Findings with the model's word added: `parts` says under "semantic" how much of each confidence is the model's.

    An entry that only the model has thought of joins the candidates with a score of 0.
    """
    shares = {each.entry: each.share for each in meant}
    known = {each.entry for each in findings.candidates}
    strangers = [_unheard_of(each) for each in meant if each.entry not in known]
    candidates = [_with_share(each, shares.get(each.entry, 0.0)) for each in (*findings.candidates, *strangers)]
    best_first = sorted(candidates, key=lambda each: -each.confidence)
    return replace(findings, candidates=tuple(best_first[:MOST_MEANT]))


def _unheard_of(meant: Meant) -> Candidate:
    return Candidate(entry=meant.entry, confidence=0.0, score=0.0, example=meant.example, parts=MappingProxyType({}))


def _with_share(candidate: Candidate, share: float) -> Candidate:
    confidence = (1 - SHARE_OF_MEANING) * candidate.confidence + SHARE_OF_MEANING * share
    parts = MappingProxyType({**candidate.parts, PART: SHARE_OF_MEANING * share})
    return replace(candidate, confidence=confidence, parts=parts)
