"""What a model says of meaning moves a confidence, within bounds, and says so."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
import pytest

from knowledge.base import KnowledgeBase
from knowledge.matching.embeddings import PART, USUAL_SCALE, Meanings, Meant, NoVectors, as_vectors, blended
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT, Candidate, Findings
from tests.model import vector_of
from tests.small_manual import NONSENSE, small_manual

EXAMPLES = (
    *(("dispatch", text) for text in ("什么时候发货", "今天能发货吗", "几天能发货", "多久发货")),
    *(("postage", text) for text in ("包邮吗", "运费多少", "要运费吗", "运费怎么算")),
    *(("invoice", text) for text in ("能开发票吗", "有发票吗", "发票怎么开", "要电子发票")),
)


def vectors(*texts: str) -> np.typing.NDArray[np.float32]:
    return as_vectors([vector_of(text) for text in texts])


def meanings(*examples: tuple[str, str]) -> Meanings:
    return Meanings(examples, vectors(*(text for _, text in examples))).fitted()


def found(**confidences: float) -> Findings:
    candidates = (
        Candidate(entry=entry, confidence=each, score=2.0, example="", parts=MappingProxyType({"words": 2.0}))
        for entry, each in confidences.items()
    )
    return Findings(text="", words=(), candidates=tuple(candidates))


def confidences(findings: Findings) -> dict[str, float]:
    return {each.entry: round(each.confidence, 4) for each in findings.candidates}


# Vectors


def test_vectors_have_length_one_whatever_their_size() -> None:
    assert as_vectors([[3, 4], [1e300, 0], [0, -1e-300]]).tolist() == [
        [pytest.approx(0.6), pytest.approx(0.8)],
        [1.0, 0.0],
        [0.0, -1.0],
    ]


@pytest.mark.parametrize(
    "rows",
    [[], [[]], [[1.0], [1.0, 2.0]], [["x"]], [[None]], {}, None, [[float("nan")]], [[0.0, 0.0]], [1.0], [[10**400]]],
    ids=str,
)
def test_what_are_no_vectors_is_refused(rows: object) -> None:
    with pytest.raises(NoVectors):
        as_vectors(rows)


# Meanings


def test_a_question_means_the_entry_whose_examples_are_like_it() -> None:
    (asked, other) = meanings(*EXAMPLES).meant(vectors("运费是多少", "能开发票不"))
    assert (asked[0].entry, asked[0].example) == ("postage", "运费多少")
    assert other[0].entry == "invoice"
    assert asked[0].share > 0.5
    assert sum(each.share for each in asked) <= 1
    assert [each.share for each in asked] == sorted((each.share for each in asked), reverse=True)


def test_what_is_like_nothing_means_nothing() -> None:
    (asked,) = meanings(*EXAMPLES).meant(vectors("今天天气不错呀"))
    assert all(each.share < 0.5 for each in asked)


def test_the_scale_is_measured_on_the_examples_themselves() -> None:
    far_apart, close = as_vectors(np.eye(12) + 0.1), as_vectors(np.eye(12) + 10)
    scales = [Meanings(EXAMPLES, each).fitted().scale for each in (far_apart, close)]
    assert scales[0].level < scales[1].level
    assert USUAL_SCALE not in scales


@pytest.mark.parametrize(
    "examples",
    [EXAMPLES[:4], (("dispatch", "什么时候发货"), ("postage", "包邮吗"))],
    ids=["one entry", "one example each"],
)
def test_where_nothing_can_be_measured_the_usual_scale_holds(examples: tuple[tuple[str, str], ...]) -> None:
    assert meanings(*examples).scale == USUAL_SCALE


# Together with the wording


def test_the_model_counts_for_half_and_the_account_says_so() -> None:
    together = blended(
        found(dispatch=0.6, postage=0.2), [Meant("dispatch", 0.9, "发货"), Meant("invoice", 0.1, "发票")]
    )
    assert confidences(together) == {"dispatch": 0.75, "postage": 0.1, "invoice": 0.05}
    first, _, last = together.candidates
    assert dict(first.parts) == {"words": 2.0, PART: pytest.approx(0.45)}
    assert (last.score, last.example) == (0.0, "发票")
    assert dict(last.parts) == {PART: pytest.approx(0.05)}


def test_meaning_alone_offers_a_choice_and_never_answers() -> None:
    alone = blended(found(), [Meant("dispatch", 1.0, "发货")]).candidates[0]
    assert CLARIFY_AT <= alone.confidence < ANSWER_AT


def test_no_more_candidates_are_kept_than_the_matcher_finds() -> None:
    many = found(**{f"entry-{number}": 0.1 for number in range(5)})
    assert confidences(blended(many, [Meant("dispatch", 1.0, "发货")])) == {
        "dispatch": 0.5,
        **{f"entry-{number}": 0.05 for number in range(4)},
    }


def test_knowledge_hears_the_model_only_where_it_is_in_doubt() -> None:
    knowledge = KnowledgeBase.build(revision=1, manual=small_manual())
    says_return = [Meant("return", 1.0, "怎么退货")]
    told = knowledge.with_meant({NONSENSE: says_return, "什么时候发货": says_return})
    assert told.find("什么时候发货") == knowledge.find("什么时候发货")
    assert confidences(told.find(NONSENSE)) == {"return": 0.5}
    assert knowledge.find(NONSENSE).candidates == ()
