"""Pairs that a person has labelled: what the bot would have said, what somebody said, and whether that is the same."""

from __future__ import annotations

import pytest

from knowledge.improve.agreement import Agreement, agree, at_least, by_entry

LABELLED = [
    ("下单后48小时内发货。", "亲，48小时内发货哦", True),
    ("下单后48小时内发货。", "48小时内给您发出，发货后有短信", True),
    ("下单后48小时内发货。", "72小时内发货", False),
    ("下单后48小时内发货。", "今天发不了货", False),
    ("下单后48小时内发货。", "稍等我看一下", False),
    ("默认发中通。", "我们默认发中通快递的", True),
    ("默认发中通。", "发顺丰", False),
    ("新疆满199元包邮。", "新疆满199包邮", True),
    ("新疆满199元包邮。", "新疆不包邮", False),
    ("新疆满199元包邮。", "新疆满299元包邮", False),
    ("全国包邮。", "亲全国都包邮的", True),
    ("全国包邮。", "不包邮哦", False),
    ("支持七天无理由退货，运费您承担。", "支持七天无理由退货的，运费需要您承担", True),
    ("支持七天无理由退货，运费您承担。", "定制的不支持退货", False),
    ("可以开电子发票，下单时备注抬头。", "可以的，下单备注抬头，给您开电子发票", True),
    ("可以开电子发票，下单时备注抬头。", "暂时开不了发票", False),
    ("这款是纯棉的。", "是纯棉的亲", True),
    ("这款是纯棉的。", "这款是涤纶", False),
    ("保质期12个月。", "保质期是12个月哈", True),
    ("保质期12个月。", "保质期6个月", False),
    ("", "在的", False),
]


@pytest.mark.parametrize(("drafted", "said", "label"), LABELLED)
def test_it_finds_what_a_person_finds(drafted: str, said: str, *, label: bool) -> None:
    assert agree(drafted, said) is label
    assert agree(said, drafted) is label


def test_each_entry_has_its_agreement_and_an_advice() -> None:
    compared = [("postage", True)] * 206 + [("postage", False)] * 6
    compared += [("courier", True)] * 19 + [("returns", True)] * 20 + [("returns", False)] * 10
    assert by_entry(compared) == [
        Agreement(entry="postage", agreed=206, compared=212),
        Agreement(entry="returns", agreed=20, compared=30),
        Agreement(entry="courier", agreed=19, compared=19),
    ]
    assert [each.advice for each in by_entry(compared)] == ["go", "look", "wait"]


@pytest.mark.parametrize(
    ("agreed", "compared", "low"), [(0, 0, 0), (5, 7, 0.3589), (206, 212, 0.9397), (20, 20, 0.8389)]
)
def test_what_it_surely_reaches_is_wilsons(agreed: int, compared: int, low: float) -> None:
    assert at_least(agreed, compared) == pytest.approx(low, abs=1e-3)
