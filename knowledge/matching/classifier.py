"""What a regression has learned from a knowledge base: how much each feature of a question speaks for each entry.

Beside the entries it may tell apart what the shop has no entry for (`out_of_scope.py`): general intents that compete
with the entries for a question, so that a question of theirs is not taken for an entry's.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge.matching.features import BLOCKS, features
from knowledge.matching.index import Index
from knowledge.matching.regression import fit
from knowledge.matching.string_similarity import string_similarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from knowledge.language.segmentation import Cut
    from knowledge.matching.index import Features, Vocabulary, Weighed
    from knowledge.matching.topic_model import TopicModel

    Floats = NDArray[np.float32]

ADVANTAGE = 1.5
"""How far ahead entries with many examples are while fitting, and no longer when asked: at 0 they swallow the questions
of those with few, at 2 they lose their own."""
MANY_EXAMPLES = 3_000
ALIKE = 0.15
"""Beside many examples wordings are compared only where more than this of the characters is shared: the others tell
little, and each costs time. Beside fewer they tell much: without them two of 100 answers are lost."""


class Classifier(NamedTuple):
    """Weights of everything a question is made of, for each entry and, after them, each intent that is out of scope."""

    vocabulary: Vocabulary
    features: NDArray[np.float16] | NDArray[np.int8]
    """Features x outcomes: a weight is a multiple of the `scale` of its outcome."""
    scale: Floats
    wordings: Floats
    """Examples x outcomes: what it tells to be worded like this example."""
    directions: Floats
    """Directions of the topics x outcomes."""
    alike: float
    """The share of its characters that an example must share for its wording to be compared."""

    def parts(self, found: Features, wording: Floats, profile: Floats) -> Floats:
        """What each kind of evidence (`BLOCKS`, wording, intents) adds to the score of each outcome."""
        asked = self.vocabulary.weigh(found)
        ends = np.searchsorted(asked.blocks, np.arange(len(BLOCKS) + 1))
        learned = self.features[asked.numbers].astype(np.float32)
        blocks = [asked.weights[start:end] @ learned[start:end] * self.scale for start, end in pairwise(ends.tolist())]
        parts = np.stack([*blocks, np.zeros_like(blocks[0]), profile @ self.directions])
        alike = np.flatnonzero(wording != 0)  # a few of thousands
        parts[len(BLOCKS), : self.wordings.shape[1]] = wording[alike] @ self.wordings[alike]
        return parts


def fit_classifier(
    texts: Sequence[str],
    outcome_of: NDArray[np.int64],
    worth: Floats,
    *,
    own: int,
    topic_model: TopicModel,
    blend: Floats,
    cut: Cut,
) -> Classifier:
    """Fit folded texts, those of one outcome side by side; the first `own` are the shop's examples.

    `worth` is how much each text counts, 1 at most. Only the shop's own are compared by their wording, one by one:
    there is no time for all that is out of scope.
    """
    *_, of_wording, of_intents = blend
    found = [features(text, cut(text)) for text in texts]
    index = Index(found, outcome_of)
    profiles = topic_model.profiles(index)
    weighed = [index.vocabulary.weigh(each) for each in found]
    alike = ALIKE if own > MANY_EXAMPLES else 0.0
    likeness = _likeness(texts, index, weighed, profiles, own=own, blend=blend, alike=alike)
    entries = int(outcome_of[own - 1]) + 1
    learned = fit(likeness, outcome_of, worth, ahead_by=_ahead_by(np.bincount(outcome_of, worth), entries))
    return Classifier(
        index.vocabulary,
        _of_pieces(len(index.vocabulary.rarity), weighed, blend[: len(BLOCKS)], learned),
        np.ones(learned.shape[1], np.float32),
        of_wording * learned[:own, :entries],
        of_intents * (profiles.T @ learned),
        alike,
    )


def _ahead_by(sizes: NDArray[np.number], entries: int) -> Floats:
    """How far each outcome is ahead while fitting. What is out of scope learns no more than the usual entry."""
    out_of_scope = np.maximum(sizes[entries:], np.median(sizes[:entries]))
    ahead_by: Floats = (ADVANTAGE * np.log(np.concatenate((sizes[:entries], out_of_scope)))).astype(np.float32)
    return ahead_by


def _likeness(
    texts: Sequence[str],
    index: Index,
    weighed: Sequence[Weighed],
    profiles: Floats,
    *,
    own: int,
    blend: Floats,
    alike: float,
) -> Floats:
    """How like each text is to each, one after the other: all kinds of all texts at once would fill memory."""
    *_, of_wording, of_intents = blend
    every = np.arange(len(texts))
    likeness = np.empty((len(texts), len(texts)), np.float32)
    for row, each in enumerate(weighed):
        blocks = index.likeness(each, every)
        likeness[row] = blend[: len(BLOCKS)] @ blocks + of_intents * (profiles @ profiles[row])
        if row < own:
            worded = string_similarity(texts[row], texts[:own], blocks[0, :own], more_than=alike)
            likeness[row, :own] += of_wording * worded
    return likeness


def _of_pieces(count: int, weighed: Sequence[Weighed], blend: Floats, learned: Floats) -> NDArray[np.float16]:
    sums = np.zeros((count, learned.shape[1]), np.float32)
    for each, row in zip(weighed, learned, strict=True):
        sums[each.numbers] += (blend[each.blocks] * each.weights)[:, None] * row
    return sums.astype(np.float16)
