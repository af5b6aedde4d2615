from __future__ import annotations

import pytest

from knowledge.language.normalisation import LONGEST, fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("請問這個什麼時候發貨呢", "这个什么时候发货"),
        ("亲，包邮吗？？？", "包邮"),
        ("包 邮 吗", "包邮"),
        ("包\u200b邮\ufeff吗\u202e", "包邮"),
        ("[微笑]包邮吗[玫瑰]", "包邮"),
        ("包邮吗😀👍🏻", "包邮"),
        ("买2件打折&amp;包邮吗", "买2件打折包邮"),
        ("&lt;b&gt;包邮", "b包邮"),
        ("你好在吗？我想问一下，怎么退货啊 谢谢", "怎么退货"),
        ("老板，hello，什么时候发货呢亲", "什么时候发货"),
        ("你好呀～什么时候发货", "什么时候发货"),
        ("哈喽哇，在吗呀 什么时候发货", "什么时候发货"),
        ("老板好，什么时候发货", "什么时候发货"),
        ("1.5米 × 2米，15%棉", "1.5米2米15%棉"),
        ("16:00前下单今天能发吗", "16:00前下单今天能发"),
        ("1.包邮吗 2.怎么退", "包邮吗怎么退"),
        ("（1）包邮吗2)怎么退", "包邮吗怎么退"),
        ("①包邮吗②怎么退", "包邮吗怎么退"),
        ("你好，一、包邮吗 二、怎么退", "包邮吗怎么退"),
        ("要2、杯子要3个", "要2杯子要3个"),
        ("我要1、毛衣", "我要1毛衣"),
        ("1、2楼", "1 2楼"),
        ("1.", "1"),
        ("baoyou  ma", "baoyou ma"),
        ("iPhone 15 Pro 有货吗", "iphone 15 pro有货"),
    ],
)
def test_what_looks_different_but_says_the_same_folds_the_same(typed: str, folded: str) -> None:
    assert fold(typed) == folded


@pytest.mark.parametrize(
    "said", ["在吗", "你好", "亲", "请问", "有人吗", "谢谢", "什么", "怎么", "干嘛", "好吗", "你好呀"]
)
def test_a_message_never_folds_to_nothing_when_something_was_said(said: str) -> None:
    assert fold(said)


@pytest.mark.parametrize(
    "typed", ["亲子装有货", "你好评返现", "客服电话多少", "亲肤的吗料子", "父母亲", "老板好", "哇塞好看"]
)
def test_words_that_only_begin_or_end_like_a_greeting_stay(typed: str) -> None:
    assert fold(typed) == typed


@pytest.mark.parametrize("nothing", ["", "   ", "\x00", "\ud800", "😀😀", "[微笑]", "？！……", "\n\t"])
def test_what_says_nothing_folds_to_nothing(nothing: str) -> None:
    assert fold(nothing) == ""


def test_only_the_first_two_thousand_characters_are_looked_at() -> None:
    assert fold("货" * (LONGEST + 50)) == "货" * LONGEST


def test_politeness_at_either_end_of_a_long_message_goes_too() -> None:
    assert fold("你好，" + "货" * 200 + "谢谢") == "货" * 200
