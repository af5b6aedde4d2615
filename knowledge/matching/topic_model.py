"""What shops are generally asked, as a yardstick: how like each general intent a text is.

Two texts that lean towards the same intents mean similar things even when they share no word. The yardstick is a linear
model over features, fitted once by training/fit_matcher.py on intents of other shops, and shipped in topic_model.npz.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge.matching.features import BLOCKS, features
from knowledge.matching.index import Index, Vocabulary
from knowledge.matching.regression import fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from knowledge.language.segmentation import Cut
    from knowledge.matching.index import Features

    Floats = NDArray[np.float32]

MOST_DIRECTIONS = 64
SEEN_AT_LEAST = 2
PROFILED_AT_ONCE = 200
"""Examples whose features are looked at together: all of them would fill memory."""
_FINENESS = 127


class TopicModel(NamedTuple):
    """The yardstick: for every feature it knows, how far it points in each direction."""

    vocabulary: Vocabulary
    directions: Floats
    """Features x directions."""

    def profile(self, found: Features) -> Floats:
        """Where a text points, as a vector of length one at most; shorter the less it looks like anything known."""
        weighed = self.vocabulary.weigh(found)
        raw = weighed.weights @ self.directions[weighed.numbers]
        profile: Floats = raw / np.float32(1 + np.sqrt(raw @ raw))
        return profile

    def profiles(self, index: Index) -> Floats:
        """Where each example of an index points: examples x directions."""
        numbers = self.vocabulary.numbers_of(index.vocabulary)
        rarity = np.append(self.vocabulary.rarity, np.float32(self.vocabulary.unseen))[numbers]
        raw = np.zeros((len(index), self.directions.shape[1]), np.float32)
        for start, columns, vectors in index.examples(PROFILED_AT_ONCE):
            lengths = np.sqrt(np.bincount(vectors, rarity[columns] ** 2)).astype(np.float32)
            known = np.flatnonzero(numbers[columns] < len(self.directions))
            weights = rarity[columns[known]] / lengths[vectors[known]]
            pointed = weights[:, None] * self.directions[numbers[columns[known]]]
            owner = start + vectors[known] // len(BLOCKS)
            begins = np.flatnonzero(np.diff(owner, prepend=-1))
            raw[owner[begins]] = np.add.reduceat(pointed, begins, axis=0) if len(begins) else 0
        profiles: Floats = raw / (1 + np.sqrt((raw * raw).sum(axis=1, keepdims=True)))
        return profiles


@lru_cache(maxsize=1)
def shipped_topic_model() -> TopicModel:
    return read_topic_model((files("knowledge") / "data" / "topic_model.npz").read_bytes())


def read_topic_model(data: bytes) -> TopicModel:
    with np.load(io.BytesIO(data)) as told:
        sizes = told["sizes"].tolist()
        known = told["features"].tobytes().decode("utf-8").split("\n")
        ends = np.cumsum([0, *sizes]).tolist()
        numbers = [
            {feature: number for number, feature in enumerate(known[start:end], start=start)}
            for start, end in pairwise(ends)
        ]
        vocabulary = Vocabulary(numbers, told["rarity"], float(told["unseen"]))
        return TopicModel(vocabulary, told["directions"].astype(np.float32) * told["scale"])


def write_topic_model(topic_model: TopicModel) -> bytes:
    """The same topics, byte for byte, as long as they are the same; directions are rounded to a byte each."""
    scale = (np.abs(topic_model.directions).max() / _FINENESS).astype(np.float32)
    data = io.BytesIO()
    np.savez_compressed(
        data,
        sizes=np.array([len(known) for known in topic_model.vocabulary.numbers], np.int64),
        features=np.frombuffer(
            "\n".join(feature for known in topic_model.vocabulary.numbers for feature in known).encode(), np.uint8
        ),
        rarity=topic_model.vocabulary.rarity.astype(np.float16).astype(np.float32),
        unseen=np.float64(topic_model.vocabulary.unseen),
        directions=np.round(topic_model.directions / scale).astype(np.int8),
        scale=scale,
    )
    return data.getvalue()


def fit_topic_model(texts: Sequence[str], intent_of: NDArray[np.int64], blend: Floats, cut: Cut) -> TopicModel:
    """Learn directions that tell the intents of folded texts apart; `blend` is the worth of each block of features.

    Texts of one intent lie side by side, intents counting up from 0.
    """
    found = [features(text, cut(text)) for text in texts]
    index = Index(found, intent_of)
    every = np.arange(len(texts))
    weighed = [index.vocabulary.weigh(each) for each in found]
    likeness = np.stack([blend @ index.likeness(each, every) for each in weighed])
    learned = fit(likeness, intent_of, np.ones(len(texts), np.float32))
    learned -= learned.mean(axis=1, keepdims=True)
    seen = np.zeros(len(index.vocabulary.rarity), np.int64)
    directions = np.zeros((len(seen), learned.shape[1]), np.float32)
    for each, row in zip(weighed, learned, strict=True):
        seen[each.numbers] += 1
        directions[each.numbers] += (blend[each.blocks] * each.weights)[:, None] * row
    _, _, turned = np.linalg.svd(likeness @ learned, full_matrices=False)
    return _kept(TopicModel(index.vocabulary, directions @ turned[:MOST_DIRECTIONS].T), seen >= SEEN_AT_LEAST)


def _kept(topic_model: TopicModel, worthy: NDArray[np.bool_]) -> TopicModel:
    """Without the features that were seen once only: they cannot tell anything about other texts."""
    place = np.cumsum(worthy) - 1
    numbers = [
        {feature: int(place[number]) for feature, number in known.items() if worthy[number]}
        for known in topic_model.vocabulary.numbers
    ]
    vocabulary = Vocabulary(numbers, topic_model.vocabulary.rarity[worthy], topic_model.vocabulary.unseen)
    return TopicModel(vocabulary, topic_model.directions[worthy])
