"""What answers an invite to rate and what does not, by the examples beside the wordings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dialogue.cues.ratings import Rating, read_rating
from knowledge.phrases.lists import list_of

DATA = list_of("ratings")


@pytest.mark.parametrize(
    ("said", "score", "comment"),
    [(said, each["score"], each.get("comment", "")) for each in DATA["yes"] for said in each["said"]],
)
def test_a_mark_is_read_with_its_comment(said: str, score: int, comment: str) -> None:
    assert read_rating(said) == Rating(score=score, comment=comment)


@pytest.mark.parametrize("said", DATA["out_of_range"])
def test_a_mark_outside_of_one_to_five_is_taken_for_none_of_them(said: str) -> None:
    found = read_rating(said)
    assert found is not None
    assert found.score is None


@pytest.mark.parametrize("said", DATA["no"])
def test_what_is_no_mark(said: str) -> None:
    assert read_rating(said) is None


@given(st.text(max_size=40) | st.text(alphabet="五星分53.10⭐★👍好评满意差，,。 我给你们钟", max_size=12))
def test_whatever_is_said_it_is_a_mark_from_one_to_five_or_none(said: str) -> None:
    found = read_rating(said)
    assert found is None or found.score in {None, 1, 2, 3, 4, 5}
