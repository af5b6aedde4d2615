from __future__ import annotations

import numpy as np
import pytest

from knowledge.matching.calibration import SIGNALS, Calibration, adjusted, fit_logistic, signals_of, spread

SHIPPED = Calibration(weights={**dict.fromkeys(SIGNALS, 0.0), "margin": 1.0}, bias=-1.0, sharpness=1.0)


def margins(*values: float) -> np.ndarray:
    rows = np.zeros((len(values), len(SIGNALS)))
    rows[:, SIGNALS.index("margin")] = values
    return rows


def test_signals_say_how_far_the_best_is_ahead() -> None:
    told = dict(
        zip(
            SIGNALS,
            signals_of(
                best=3.0,
                others=np.ones(20),
                likeness=0.5,
                known_characters=0.8,
                known_words=0.6,
                length=9,
                examples=4,
            ),
            strict=True,
        )
    )
    assert told == pytest.approx(
        {
            "lead": 2.0,
            "margin": 2.0,
            "likeness": 0.5,
            "known_characters": 0.8,
            "known_words": 0.6,
            "length": np.log(10),
            "others": np.log(21),
            "examples": np.log(5),
        }
    )


def test_a_lonely_entry_is_measured_against_nothing() -> None:
    told = signals_of(
        best=2.0, others=np.zeros(0), likeness=0.5, known_characters=1, known_words=1, length=4, examples=5
    )
    assert told[:2].tolist() == [2.0, 2.0]


def test_few_other_entries_make_nobody_surer() -> None:
    told = [
        signals_of(
            best=2.0, others=np.ones(count), likeness=0.5, known_characters=1, known_words=1, length=4, examples=5
        )
        for count in (2, 8, 9)
    ]
    few, more, many = (row[SIGNALS.index("others")] for row in told)
    assert few == more < many


def test_what_is_no_entry_may_be_ahead_of_the_best_entry() -> None:
    others = np.array([1.0, 5.0])
    told = signals_of(best=2.0, others=others, likeness=0.5, known_characters=1, known_words=1, length=4, examples=5)
    assert told[SIGNALS.index("margin")] == -3.0


def test_confidence_grows_with_the_signals() -> None:
    unsure, even, sure = (SHIPPED.confidence(row) for row in margins(-3, 1, 5))
    assert unsure < even < sure < 1
    assert even == pytest.approx(0.5)


def test_the_others_share_what_the_best_leaves_and_never_pass_it() -> None:
    shared = spread(0.6, np.array([3.0, 2.0, 2.0, -50.0]), 1.0)
    assert shared[0] == 0.6
    assert shared[1] == shared[2] == pytest.approx(0.2)
    assert shared.sum() == pytest.approx(1)
    assert spread(0.1, np.array([1.0, 1.0]), 1.0).tolist() == pytest.approx([0.1, 0.1])
    assert spread(0.9, np.array([1.0]), 1.0).tolist() == [0.9]


def test_logistic_regression_finds_the_known_answer() -> None:
    rows = np.ones((10, 1))
    right = np.array([1.0] * 8 + [0.0] * 2)
    found = fit_logistic(rows, right, np.ones(10), start=np.zeros(1), pull=np.array([1e-9]))
    assert found[0] == pytest.approx(np.log(4))


def test_a_knowledge_base_where_less_is_right_becomes_less_sure() -> None:
    signals = margins(*([2.0] * 400))
    right = np.array([1.0, 0.0] * 200)
    own = adjusted(SHIPPED, signals, right, np.ones(400))
    assert own.confidence(signals[0]) < SHIPPED.confidence(signals[0])
    assert own.confidence(signals[0]) == pytest.approx(0.5, abs=0.05)


def test_a_handful_of_lines_hardly_moves_what_shipped() -> None:
    signals = margins(2.0, 2.0)
    own = adjusted(SHIPPED, signals, np.zeros(2), np.ones(2))
    assert own.confidence(signals[0]) == pytest.approx(SHIPPED.confidence(signals[0]), abs=0.05)


def test_more_evidence_never_makes_less_sure() -> None:
    signals = margins(*([-4.0] * 300), *([4.0] * 300))
    upside_down = np.array([1.0] * 300 + [0.0] * 300)
    assert adjusted(SHIPPED, signals, upside_down, np.ones(600)).slope == 0


def test_far_away_lines_do_not_throw_the_fit_off() -> None:
    signals = margins(*np.linspace(-400, -100, 200), *np.linspace(2, 9, 100))
    right = np.array([0.0] * 200 + [1.0, 1.0, 1.0, 1.0, 0.0] * 20)
    calibration = adjusted(SHIPPED, signals, right, np.ones(300))
    assert 0.7 < calibration.confidence(margins(9)[0]) < 0.95
    assert calibration.confidence(margins(-100)[0]) < 0.01
