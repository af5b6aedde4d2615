"""Which product a question can only be about, though it names none."""

from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from knowledge.language.normalisation import fold
from knowledge.manual.files import starter_manual

BASE = KnowledgeBase.build(revision=1, manual=starter_manual())


def shown(entry_id: str, words: str) -> str | None:
    entry = BASE.entry(entry_id)
    assert entry is not None
    return BASE.product_shown(fold(words), entry)


@pytest.mark.parametrize(
    ("entry_id", "words", "product_id"),
    [
        ("stock", "还有驼色吗", "sweater-wool"),
        ("stock", "墨绿的补货没", "thermos-500"),
        ("stock", "XL码卖完了吗", "sweater-wool"),
        ("price-ask", "降噪的那个多少钱", "earphones-pro"),
        ("material", "含羊毛多少", "sweater-wool"),
        ("material", "穿久了起毛球怎么办", "sweater-wool"),
        ("material", "充满要多长时间", "earphones-pro"),
        ("material", "可以泡茶么", "thermos-500"),
    ],
)
def test_what_only_one_product_has_shows_that_it_is_meant(entry_id: str, words: str, product_id: str) -> None:
    assert shown(entry_id, words) == product_id


@pytest.mark.parametrize(
    ("entry_id", "words"),
    [
        ("stock", "白色还有吗"),  # of two products
        ("size", "袖长有多少"),  # the measurements of two products are known
        ("stock", "驼色和墨绿都有吗"),
        ("stock", "XXXL有吗"),
        ("stock", "还有货吗"),
        ("material", "防水不"),
        ("material", "怎么清洗"),
        ("material", "有味道吗"),
        ("material", "能用多久"),
        ("material", "保修吗"),
        ("exchange", "换成驼色行吗"),  # the answer is the same for every product
    ],
)
def test_what_several_have_or_none_shows_nothing(entry_id: str, words: str) -> None:
    assert shown(entry_id, words) is None
