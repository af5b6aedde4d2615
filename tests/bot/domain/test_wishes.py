from __future__ import annotations

import pytest

from bot.domain.wishes import OPEN, is_opener, number_picked, refuses_choice, wants_all, wants_person


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
        "找你们店长",
        "叫你们主管来",
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
        "是真人吗",
        "是人工客服吗",
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


@pytest.mark.parametrize("words", ["0", "12", "2件", "买2个多少钱", "一点都不好", "", "好的那有货吗", "对了包邮吗"])
def test_no_number_out_of_a_choice_of_two(words: str) -> None:
    assert number_picked(words, choices=2) is None


@pytest.mark.parametrize(("words", "number"), [("前者", 1), ("就后面那个吧", 3), ("最后一个", 3), ("3", 3)])
def test_a_place_in_a_choice(words: str, number: int) -> None:
    assert number_picked(words, choices=3) == number


@pytest.mark.parametrize("words", ["是的", "嗯", "嗯嗯", "对对", "没错", "是这个", "好的呀"])
def test_yes_picks_the_only_one_and_leaves_a_choice_of_two_open(words: str) -> None:
    assert number_picked(words, choices=1) == 1
    assert number_picked(words, choices=2) == OPEN


def test_a_number_that_was_not_offered_leaves_the_choice_open() -> None:
    assert number_picked("3", choices=2) == OPEN


@pytest.mark.parametrize("words", ["都不是", "不是", "不是这个", "都没有", "上面都不对", "不是的", "两个都不是"])
def test_none_of_a_choice(words: str) -> None:
    assert refuses_choice(words)
    assert number_picked(words, choices=2) is None


@pytest.mark.parametrize("words", ["不是说包邮吗", "没有货吗", "都不好看", "不发货", ""])
def test_no_refusal(words: str) -> None:
    assert not refuses_choice(words)


@pytest.mark.parametrize("words", ["都要", "两个都要", "都想知道", "全部", "都问"])
def test_all_of_a_choice(words: str) -> None:
    assert wants_all(words)


@pytest.mark.parametrize("words", ["都要多久", "全部多少钱", "都不是", ""])
def test_not_all_of_a_choice(words: str) -> None:
    assert not wants_all(words)


@pytest.mark.parametrize("words", ["我想问下", "那个", "嗯嗯", "说错了", "不对不对", "啊不是"])
def test_words_that_only_open_a_question(words: str) -> None:
    assert is_opener(words)


@pytest.mark.parametrize("words", ["不对版", "你们发错了", "说错了怎么办", "不是" * 20, ""])
def test_words_that_open_none(words: str) -> None:
    assert not is_opener(words)
