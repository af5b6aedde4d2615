from __future__ import annotations

import pytest

from bot.dialogue.cues.courtesies import gives_up, is_acknowledgement, is_pleased, takes_leave


@pytest.mark.parametrize(
    "words",
    [
        *(
            "哦",
            "噢噢",
            "嗯",
            "嗯嗯呢",
            "好",
            "好的呀",
            "好好好",
            "好哒[微笑]",
            "好嘞～",
            "好吧。",
            "行",
            "行吧",
            "成",
            "妥了",
        ),
        *("OK", "okk", "ok的 收到", "kk", "知道啦", "我明白了", "看到了，不用回了", "不用回复", "没问题", "可以的"),
        *("哈哈哈哈哈", "呵呵", "hhh", "那好吧", "嗯，谢谢啦", "好的老板", "行 麻烦你了", "先这样吧", "没事了"),
        *("会了", "会啦 谢谢", "知道怎么装了", "搞定", "连上了", "好使了"),
        *("就这些", "就这些了", "没别的问题了", "没有其他的了，谢谢"),
    ],
)
def test_words_that_only_say_that_it_was_read(words: str) -> None:
    assert is_acknowledgement(words)


@pytest.mark.parametrize(
    "words",
    [
        *("嗯？", "好吗", "行不", "行吗", "可以吗", "可以便宜吗", "好贵", "好慢", "不行", "不好", "好用吗", "好看不"),
        *(
            "好的那有货吗",
            "哦那运费呢",
            "知道怎么退吗",
            "收到的是坏的",
            "收到货了",
            "没收到",
            "没事干吗",
            "成分",
            "行李箱",
        ),
        *(
            "老板好",
            "你好",
            "哈喽",
            "",
            "😊",
            "好" * 40,
            "嗯" * 23 + "票",
            "奥特曼",
            "哈密瓜",
            "妥投了吗",
            "不用邮费吧",
            "就这些颜色",
            "没货了",
            "会吗",
            "连不上了",
            "好使吗",
            "会坏",
            "你再看看",
            "看看",
            "我看看有没有",
            "想一想办法",
        ),
    ],
)
def test_words_that_say_more_or_nothing(words: str) -> None:
    assert not is_acknowledgement(words)


@pytest.mark.parametrize(
    ("words", "lets_be"),
    [
        *(("算了", True), ("那算了吧", True), ("哎，算了", True), ("没有就算了", True)),
        *(("怎么算了两遍", False), ("算了多少钱", False), ("没有优惠就算了", False)),
    ],
)
def test_letting_it_be(words: str, *, lets_be: bool) -> None:
    assert gives_up(words) is lets_be


@pytest.mark.parametrize("words", ["谢谢", "多谢老板", "拜拜啦", "辛苦了 再见", "收到货了", "快递到了", "太感谢了"])
def test_thanks_and_goodbyes(words: str) -> None:
    assert takes_leave(words)


@pytest.mark.parametrize(
    "words", ["谢谢？", "收到了吗", "到了 少一件", "再见到你", "拜托快点", "谢" * 40, "货呢", "老板", "那", ""]
)
def test_no_mere_thanks(words: str) -> None:
    assert not takes_leave(words)


@pytest.mark.parametrize(
    "words",
    ["收到啦 很保暖", "穿着特别舒服", "质量真好", "五星好评已送上", "好喝 还会回购", "漂亮，谢谢老板", "发货快 给好评"],
)
def test_who_says_only_that_he_likes_it_is_pleased(words: str) -> None:
    assert is_pleased(words)


@pytest.mark.parametrize(
    "words",
    [
        *("收到了", "收到了 不保暖", "很好看 就是有点大", "好吃吗", "好看不", "给好评有返现吗", "好评返现", "满意度"),
        *("质量好不好", "很贵", "好慢", "好看？", "好吃" * 40, "下次再买还有券吗", "好评价", "甜", ""),
    ],
)
def test_who_says_more_or_asks_is_not_merely_pleased(words: str) -> None:
    assert not is_pleased(words)
