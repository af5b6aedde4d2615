from __future__ import annotations

import numpy as np
import pytest

from knowledge.matching.regression import fit


def ones(count: int) -> np.ndarray:
    return np.ones(count, np.float32)


def test_examples_are_told_apart() -> None:
    features = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0.9, 0.1], [0, 0, 1]], np.float32)
    entry_of = np.array([0, 0, 1, 1, 2])
    likeness = features @ features.T
    weights = fit(likeness, entry_of, ones(len(entry_of)))
    assert weights.shape == (5, 3)
    assert (likeness @ weights).argmax(axis=1).tolist() == entry_of.tolist()


def test_what_cannot_be_told_apart_is_scored_alike() -> None:
    scores = np.ones((2, 2), np.float32) @ fit(np.ones((2, 2), np.float32), np.array([0, 1]), ones(2))
    assert scores[:, 0] == pytest.approx(scores[:, 1], abs=1e-4)


def test_fitting_twice_gives_the_same_weights() -> None:
    likeness = np.eye(6, dtype=np.float32) + np.float32(0.1)
    entry_of = np.array([0, 0, 1, 1, 2, 2])
    assert np.array_equal(fit(likeness, entry_of, ones(len(entry_of))), fit(likeness, entry_of, ones(len(entry_of))))


def between(worth: np.ndarray, *ahead_by: float) -> np.ndarray:
    """How a text is scored that is as like four examples of one entry as the only one of another."""
    likeness = (np.full((5, 5), 0.5) + np.eye(5) / 2).astype(np.float32)
    weights = fit(likeness, np.array([0, 0, 0, 0, 1]), worth, ahead_by=np.array(ahead_by, np.float32))
    return np.full(5, 0.5, np.float32) @ weights


def test_an_entry_with_many_examples_swallows_no_others_question_when_it_was_ahead_while_fitting() -> None:
    many, one = between(ones(5), 0, 0)
    assert many > one
    many, one = between(ones(5), 2, 0)
    assert many < one


def test_an_example_worth_less_teaches_less() -> None:
    entry_of = np.array([0, 1, 1])
    likeness = np.eye(3, dtype=np.float32)
    weights = fit(likeness, entry_of, np.array([1, 1, 0.25], np.float32))
    assert weights[1, 1] > weights[2, 1] > 0


def test_examples_without_any_likeness_teach_nothing() -> None:
    weights = fit(np.zeros((2, 2), np.float32), np.array([0, 1]), ones(2))
    assert np.isfinite(weights).all()
