from __future__ import annotations

import pytest

from bot.domain.wishes import number_picked, wants_person


@pytest.mark.parametrize(
    "words",
    [
        "人工",
        "转人工",
        "转人工客服",
        "我要找人工客服",
        "人工！！",
        "叫真人来",
        "有没有活人",
        "能不能转人工",
        "找客服",
        "帮我转接人工服务",
        "human",
    ],
)
def test_a_wish_for_a_person(words: str) -> None:
    assert wants_person(words)


@pytest.mark.parametrize(
    "words",
    [
        "人工费多少",
        "人工智能",
        "这是人工缝制的吗",
        "真人模特是谁",
        "客服在吗",
        "有人吗",
        "人",
        "客服",
        "",
        "？",
        "多少人用过",
        "客服几点上班",
    ],
)
def test_no_wish_for_a_person(words: str) -> None:
    assert not wants_person(words)


@pytest.mark.parametrize(
    ("words", "number"),
    [("1", 1), ("2", 2), ("②", 2), ("二", 2), ("第二个", 2), ("选2", 2), ("我选1吧", 1), ("就是第一个", 1), ("2。", 2)],
)
def test_a_number_out_of_a_choice(words: str, number: int) -> None:
    assert number_picked(words, choices=2) == number


@pytest.mark.parametrize("words", ["3", "0", "12", "2件", "买2个多少钱", "一点都不好", ""])
def test_no_number_out_of_a_choice_of_two(words: str) -> None:
    assert number_picked(words, choices=2) is None
