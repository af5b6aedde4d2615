"""What a few words are about, and where a text speaks of it."""

from __future__ import annotations

import pytest

from knowledge.language.segmentation import general_cutter
from knowledge.relevance.keywords import says_so, stands_in, subject_of, thing_before, without_figures

CUT = general_cutter()


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("怎么样", ()),
        ("那可以吗", ()),
        ("怎么申请", (("申请",),)),
        ("那油皮", (("油", "皮"),)),
        ("运费谁出", (("运费",), ("出",))),
        ("没拆的", (("没", "拆"),)),
        ("能退不", (("退",),)),
    ],
)
def test_small_words_are_no_subject(said: str, subject: object) -> None:
    assert subject_of(CUT(said)) == subject


@pytest.mark.parametrize(
    ("said", "text", "does"),
    [
        ("那油皮", "大油皮会觉得闷", True),
        ("充苹果15", "苹果15充到27w", True),
        ("眼霜", "霜在眼周用", False),
        ("苹果1", "苹果15充到27w", False),
        ("15的", "150元", False),
        ("运费谁出", "运费我们付", False),
        ("xl码", "xxl码没有", False),
    ],
)
def test_a_text_speaks_of_a_subject_as_a_whole(said: str, text: str, *, does: bool) -> None:
    assert stands_in(subject_of(CUT(said)), text) is does


KNOWN = "孕妇能用\n多少钱\n苹果5有\n1米25元"


@pytest.mark.parametrize(
    ("said", "thing"),
    [
        ("眼霜孕妇能用", "眼霜"),
        ("你们家的车充多少钱", "车充"),
        ("眼霜的多少钱", "眼霜"),
        ("孕妇能用", ""),
        ("我老公孕妇能用", ""),
        ("3个多少钱", ""),
        ("2米多少钱", ""),
        ("那个多少钱", ""),
        ("苹果15有", ""),
        ("什么都不知道", ""),
        ("", ""),
    ],
)
def test_the_thing_that_leads_what_is_known(said: str, thing: str) -> None:
    assert thing_before(said, KNOWN, CUT) == thing


@pytest.mark.parametrize(
    ("said", "text", "does"),
    [("没拆的", "没拆的可以退", True), ("拆了的", "没拆的可以退", False), ("拆了的", "拆了的只换不退", True)],
)
def test_what_is_negated_is_something_else(said: str, text: str, *, does: bool) -> None:
    assert says_so(subject_of(CUT(said)), text) is does


def test_one_figure_stands_for_all() -> None:
    assert without_figures("苹果15有2米的") == "苹果0有0米的"


def test_endless_messages_take_no_time() -> None:
    for said in ("那" * 2000, "1" * 2000, "吊牌" * 1000, "，" * 2000):
        assert says_so(subject_of(CUT(said)), said) in {True, False}
        assert thing_before(said, KNOWN, CUT) == ""
