from __future__ import annotations

import numpy as np
import pytest

from knowledge.language.segmentation import general_cutter
from knowledge.matching.classifier import Classifier, fit_classifier
from knowledge.matching.matcher import KINDS, shipped_weights
from knowledge.matching.topic_model import shipped_topic_model
from tests.cut_up import cut_up

TEXTS = ["包邮", "运费多少", "能退货", "怎么退货", "讲个笑话", "唱首歌"]
OUTCOMES = np.array([0, 0, 1, 1, 2, 2])
OWN = 4


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return fit_classifier(
        TEXTS,
        OUTCOMES,
        np.ones(len(TEXTS), np.float32),
        own=OWN,
        topic_model=shipped_topic_model(),
        blend=shipped_weights().blend,
        cut=general_cutter(),
    )


def scores(classifier: Classifier, text: str) -> np.ndarray:
    found = cut_up(text)
    return classifier.parts(found, np.zeros(OWN, np.float32), shipped_topic_model().profile(found))


@pytest.mark.parametrize(("text", "outcome"), [("运费贵", 0), ("退货吧", 1), ("再唱首歌", 2)])
def test_each_outcome_is_told_by_its_pieces(classifier: Classifier, text: str, outcome: int) -> None:
    assert scores(classifier, text).sum(axis=0).argmax() == outcome


def test_every_kind_of_evidence_has_its_part(classifier: Classifier) -> None:
    assert scores(classifier, "运费").shape == (len(KINDS), 3)


def test_pieces_never_seen_tell_nothing(classifier: Classifier) -> None:
    assert not scores(classifier, "龘")[:4].any()


def test_only_the_shops_own_examples_are_compared_by_their_wording(classifier: Classifier) -> None:
    assert classifier.wordings.shape == (OWN, 2)
    worded_like_the_first = np.array([1, 0, 0, 0], np.float32)
    assert (worded_like_the_first @ classifier.wordings).argmax() == 0


def test_what_lies_elsewhere_takes_nothing_from_entries_with_more_examples() -> None:
    fit = ["尺码准吗", "尺码偏大吗", "尺码偏小吗", "尺码合身吗"]
    dispatch = ["发货快吗", "发货慢吗", "发货久吗", "发货晚吗"]
    learned = fit_classifier(
        [*fit, *dispatch, "尺码表"],
        np.array([0, 0, 0, 0, 1, 1, 1, 1, 2]),
        np.ones(9, np.float32),
        own=8,
        topic_model=shipped_topic_model(),
        blend=shipped_weights().blend,
        cut=general_cutter(),
    )
    found = cut_up("尺码如何")
    sizes, _, elsewhere = learned.parts(found, np.zeros(8, np.float32), shipped_topic_model().profile(found)).sum(
        axis=0
    )
    assert sizes > elsewhere
