from __future__ import annotations

import numpy as np
import pytest

from knowledge.regression import fit


def test_examples_are_told_apart() -> None:
    features = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.9, 0.1], [0, 0, 1]], np.float32)
    entry_of = np.array([0, 0, 1, 1, 2])
    likeness = features @ features.T
    weights = fit(likeness, entry_of, 3)
    assert weights.shape == (5, 3)
    assert (likeness @ weights).argmax(axis=1).tolist() == entry_of.tolist()


def test_what_cannot_be_told_apart_is_scored_alike() -> None:
    scores = np.ones((2, 2), np.float32) @ fit(np.ones((2, 2), np.float32), np.array([0, 1]), 2)
    assert scores[:, 0] == pytest.approx(scores[:, 1], abs=1e-4)


def test_fitting_twice_gives_the_same_weights() -> None:
    likeness = np.eye(6, dtype=np.float32) + np.float32(0.1)
    entry_of = np.array([0, 0, 1, 1, 2, 2])
    assert np.array_equal(fit(likeness, entry_of, 3), fit(likeness, entry_of, 3))


def test_examples_without_any_likeness_teach_nothing() -> None:
    weights = fit(np.zeros((2, 2), np.float32), np.array([0, 1]), 2)
    assert np.isfinite(weights).all()
