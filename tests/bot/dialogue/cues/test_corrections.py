from __future__ import annotations

import pytest

from bot.dialogue.cues.corrections import only_takes_back, without_correction


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("不是，我是问退款多久到", "退款多久到"),
        ("不对 是耳机", "耳机"),
        ("哦不，是西藏", "西藏"),
        ("不对不对，是35码的", "35码的"),
        ("不对XL码", "XL码"),
        ("打错了 申通", "申通"),
        ("写错了 应该是南京", "南京"),
        ("不好意思说错了，能换货吗", "能换货吗"),
        ("不是围巾，是手套", "手套"),
        ("不是宁夏是宁波", "宁波"),
        ("我是说之前买的那个", "之前买的那个"),
        ("我问的是运费", "运费"),
        ("不是的 要深色的", "要深色的"),
        ("我没问发货时间，我问的是运费", "运费"),
        ("不是问快递 我想问能开票不", "能开票不"),
    ],
)
def test_what_is_taken_back_is_left_out(words: str, meant: str) -> None:
    assert without_correction(words) == meant
    assert not only_takes_back(words)


@pytest.mark.parametrize(
    "words",
    [
        "不对版怎么退",
        "不是说包邮吗",
        "不是说好今天发吗，怎么还没发",
        "不是正品吧",
        "不是质量问题能退吗",
        "不是本人签收怎么办",
        "不是发顺丰吗怎么是中通",
        "不是包邮吗是不是要运费",
        "不包邮吗",
        "不错 是正品吗",
        "写错了 能改吗",
        "你们发错了",
        "拍错了怎么办",
        "我是说明书没收到",
        "我问下尺码",
        "我没问题了",
        "没问清楚就拍了",
        "不是问过了吗",
        "我没问客服就下单了，能退吗",
        "",
    ],
)
def test_what_takes_nothing_back_is_left_as_it_is(words: str) -> None:
    assert without_correction(words) == words
    assert not only_takes_back(words)


@pytest.mark.parametrize(
    "words",
    [
        "不对",
        "不是不是",
        "说错了",
        "啊打错了",
        "不好意思，我说错了",
        "我没问你运费",
        "不是问你们发什么快递",
        "不是问这个。",
        "我问的不是尺码",
    ],
)
def test_words_that_only_take_back(words: str) -> None:
    assert without_correction(words) == words
    assert only_takes_back(words)
