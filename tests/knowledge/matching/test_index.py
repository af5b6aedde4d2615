from __future__ import annotations

import random

import numpy as np
import pytest

from knowledge.matching import index as index_module
from knowledge.matching.features import BLOCKS
from knowledge.matching.index import Index
from tests.cut_up import cut_up

EXAMPLES = ("什么时候发货", "今天能发货", "包邮", "运费多少")
ENTRY_OF = np.array([0, 0, 1, 1])


def small() -> Index:
    return Index([cut_up(text) for text in EXAMPLES], ENTRY_OF)


def test_the_same_text_is_wholly_alike_and_a_strange_one_not_at_all() -> None:
    index = small()
    rows = index.shortlist(index.vocabulary.weigh(cut_up("包邮")))
    assert rows.tolist() == [0, 1, 2, 3]
    same = index.likeness(index.vocabulary.weigh(cut_up("包邮")), rows)
    assert same.shape == (len(BLOCKS), 4)
    assert same[:, 2] == pytest.approx(1, abs=1e-4)
    strange = index.vocabulary.weigh(cut_up("苹果"))
    assert strange.known.tolist() == [0, 0, 0, 0]
    assert not index.likeness(strange, rows).any()


def test_rare_pieces_weigh_more_than_common_ones() -> None:
    index = Index([cut_up(text) for text in ("发货地", "发货慢", "发票")], np.array([0, 1, 2]))
    vocabulary = index.vocabulary
    assert vocabulary.rarity[vocabulary.numbers[0]["票"]] > vocabulary.rarity[vocabulary.numbers[0]["货"]]
    assert vocabulary.rarity[vocabulary.numbers[0]["货"]] > vocabulary.rarity[vocabulary.numbers[0]["发"]]
    assert vocabulary.unseen > vocabulary.rarity.max()


def test_rarity_counts_entries_not_examples() -> None:
    many = Index([cut_up(text) for text in ("发货", "发货呀", "要发货", "包邮")], np.array([0, 0, 0, 1]))
    known = many.vocabulary.numbers[0]
    assert many.vocabulary.rarity[known["发货"]] == many.vocabulary.rarity[known["包邮"]]


def test_what_is_unknown_of_a_question_makes_it_less_like_anything() -> None:
    index = small()
    rows = np.arange(4)
    plain = index.likeness(index.vocabulary.weigh(cut_up("包邮")), rows)[0, 2]
    diluted = index.vocabulary.weigh(cut_up("包邮苹果"))
    assert index.likeness(diluted, rows)[0, 2] < plain
    assert 0 < diluted.known[0] < 1


def test_an_empty_index_answers_too() -> None:
    index = Index([], np.array([], np.int64))
    asked = index.vocabulary.weigh(cut_up("包邮"))
    assert index.shortlist(asked).tolist() == []
    assert index.likeness(asked, index.shortlist(asked)).shape == (len(BLOCKS), 0)


def test_a_shortlist_finds_what_a_full_comparison_finds(monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(1)  # noqa: S311 - seeded texts, not secrets
    signs = "发货包邮运费多少今天能到退款换质量好吗颜色尺码优惠券发票地址改单"
    texts = ["".join(dice.choices(signs, k=6)) for _ in range(900)]
    entry_of = np.arange(900) // 5
    whole = Index([cut_up(text) for text in texts], entry_of)
    monkeypatch.setattr(index_module, "EXAMPLES_COMPARED_ONE_BY_ONE", 100)
    large = Index([cut_up(text) for text in texts], entry_of)
    for row in (0, 123, 899):
        asked = large.vocabulary.weigh(cut_up(texts[row]))
        rows = large.shortlist(asked)
        assert row in rows
        assert len(rows) <= index_module.SHORTLISTED_EXAMPLES
        assert rows.tolist() == sorted(rows.tolist())
        everything = whole.likeness(whole.vocabulary.weigh(cut_up(texts[row])), np.arange(900))
        assert large.likeness(asked, rows) == pytest.approx(everything[:, rows], abs=1e-5)


def test_a_shortlist_may_be_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index_module, "EXAMPLES_COMPARED_ONE_BY_ONE", 2)
    index = small()
    assert index.shortlist(index.vocabulary.weigh(cut_up("包邮"))).tolist() == [2]


def test_a_shortlist_holds_the_likeliest_example_and_then_those_of_likely_entries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (("EXAMPLES_COMPARED_ONE_BY_ONE", 5), ("SHORTLISTED_EXAMPLES", 5), ("LIKELIEST_EXAMPLES", 1)):
        monkeypatch.setattr(index_module, name, value)
    postage = ("新疆包邮", "包邮活动", "哪些包邮", "单件包邮", "包邮门槛")
    others = [text for goods in "苹香橘葡" for text in (f"{goods}满减券", f"{goods}包邮", goods, goods * 2, goods * 3)]
    rest = [sign * length for sign in "天地玄黄宇宙洪荒日月盈昃辰宿列张寒来暑往" for length in (1, 2, 3, 4, 5)]
    texts = [*postage, *others, *rest]
    index = Index([cut_up(text) for text in texts], np.arange(len(texts)) // 5)
    rows = index.shortlist(index.vocabulary.weigh(cut_up("包邮满减券"))).tolist()
    assert [texts[row][1:] for row in rows if row >= len(postage)] == ["满减券"]
    assert len(rows) == 5


def test_every_example_gives_its_pieces_back() -> None:
    index = small()
    [(start, columns, texts)] = index.examples(at_once=10)
    assert start == 0
    third = index.vocabulary.weigh(cut_up(EXAMPLES[2]))
    assert sorted(columns[texts // len(BLOCKS) == 2].tolist()) == sorted(third.numbers.tolist())
    assert [first for first, _, _ in index.examples(at_once=3)] == [0, 3]
