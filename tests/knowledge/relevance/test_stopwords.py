"""What a question is about, told without the stop words of any question."""

from __future__ import annotations

import pytest

from knowledge.intents.library import Intent, read_intents
from knowledge.relevance.stopwords import SHARED_BY, _stopwords, stopwords_in, subjects

CLOSE_TO = 0.8
"""The library grows; the file need not be counted anew for every wording."""


@pytest.mark.parametrize(
    ("one", "other"), [("汇率多少", "功率是多少"), ("有没有u盘", "有没有黑色"), ("谁赢了", "漏了")]
)
def test_questions_that_share_stopwords_only_have_no_subject_in_common(one: str, other: str) -> None:
    assert not (subjects(one) & subjects(other)) - {"率"}


@pytest.mark.parametrize(
    ("one", "other"), [("功率高吗", "功率是多少"), ("有没有黑的", "黑色款"), ("质地咋样", "质量好不好")]
)
def test_questions_about_one_thing_have_it_in_common(one: str, other: str) -> None:
    assert subjects(one) & subjects(other)


def test_what_an_entry_is_called_by_is_a_subject_unless_it_stands_everywhere() -> None:
    assert "发货" in subjects("多久发货", of_title=True)
    assert "发货" not in subjects("多久发货")
    assert "多少" not in subjects("运费多少", of_title=True)


def test_a_feature_that_many_intents_share_is_a_stopword() -> None:
    many = [Intent(id=f"a-{place}", title="a", questions=("价钱多少",)) for place in range(SHARED_BY["everywhere"])]
    few = [Intent(id=f"b-{place}", title="b", questions=("托运",)) for place in range(SHARED_BY["often"] - 1)]
    found = stopwords_in([*many, *few])
    assert "多少" in found["everywhere"]
    assert not found["often"]


def test_the_shipped_stopwords_are_those_of_the_library() -> None:
    counted, shipped = stopwords_in(read_intents()), _stopwords()
    assert shipped.keys() == counted.keys()
    for name, found in counted.items():
        same = len(found & shipped[name])
        enough = CLOSE_TO * max(len(found), len(shipped[name]))
        assert same > enough, f"run `python -m training.count_stopwords` for {name}"
