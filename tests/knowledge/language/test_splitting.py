from __future__ import annotations

import pytest

from knowledge.language.splitting import MOST_PARTS, one_for_each, split


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("包邮吗 什么时候发货 能开发票吗", ("包邮吗", "什么时候发货", "能开发票吗")),
        ("包邮吗？什么时候发货？？能开发票吗？", ("包邮吗", "什么时候发货", "能开发票吗")),
        ("包邮吗，什么时候发货\n能开发票吗", ("包邮吗", "什么时候发货", "能开发票吗")),
        ("包邮吗还有什么时候发货", ("包邮吗", "什么时候发货")),
        ("包邮吗还有货吗", ("包邮吗", "还有货吗")),
        ("发什么快递，另外想问一下几天到", ("发什么快递", "想问一下几天到")),
        ("能退吗顺便问下运费谁出", ("能退吗", "运费谁出")),
        ("1.什么材质2.会不会缩水3.能机洗吗", ("什么材质", "会不会缩水", "能机洗吗")),
        ("①什么材质②会不会缩水", ("什么材质", "会不会缩水")),
    ],
)
def test_several_questions_are_cut_where_people_cut(message: str, parts: tuple[str, ...]) -> None:
    assert split(message) == parts


@pytest.mark.parametrize(
    "message",
    [
        "包邮吗",
        "还有货吗",
        "还有什么颜色",
        "还有没有优惠",
        "毛衣165 110斤穿什么码",
        "1.8米的床单有吗",
        "2.能机洗吗",
        "hello world",
        "",
        "？",
        "包邮吗？",
    ],
)
def test_one_question_stays_whole(message: str) -> None:
    assert split(message) == (message,)


def test_a_page_of_questions_is_read_as_far_as_anybody_would_answer() -> None:
    assert len(split("？".join(f"第{number}件包邮吗" for number in range(50)))) == MOST_PARTS


def test_a_single_sign_is_no_part() -> None:
    assert split("啊，包邮吗，哦，什么时候发货") == ("包邮吗", "什么时候发货")


def test_a_question_asked_twice_in_a_message_is_one() -> None:
    assert split("包邮吗？在吗？包邮吗？") == ("包邮吗", "在吗")


@pytest.mark.parametrize(
    ("message", "names", "each"),
    [
        ("毛衣和杯子多少钱", ("毛衣", "杯子"), ("毛衣多少钱", "杯子多少钱")),
        ("毛衣、杯子、耳机有货吗", ("毛衣", "杯子", "耳机"), ("毛衣有货吗", "杯子有货吗", "耳机有货吗")),
        ("北京上海几天到", ("北京", "上海"), ("北京几天到", "上海几天到")),
        ("Cup跟毛衣多少钱", ("cup", "毛衣"), ("Cup多少钱", "毛衣多少钱")),
    ],
)
def test_a_question_about_two_is_one_for_each(message: str, names: tuple[str, ...], each: tuple[str, ...]) -> None:
    assert one_for_each(message, names) == each


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("毛衣多少钱", ("毛衣",)),
        ("毛衣和杯子哪个好", ("毛衣", "杯子")),
        ("毛衣和杯子一起买有优惠吗", ("毛衣", "杯子")),
        ("毛衣起球吗，杯子保温吗", ("毛衣", "杯子")),
        ("包邮吗", ()),
    ],
)
def test_a_question_about_one_or_both_together_stays_whole(message: str, names: tuple[str, ...]) -> None:
    assert one_for_each(message, names) == (message,)
