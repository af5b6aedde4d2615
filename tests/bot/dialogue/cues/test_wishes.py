from __future__ import annotations

import pytest

from bot.dialogue.cues.wishes import (
    OPEN,
    asks_after_person,
    finds_dear,
    is_opener,
    number_picked,
    refuses_choice,
    says_what_was_promised,
    speaks_of_work,
    wants_all,
    wants_person,
    wants_something_done,
    without_refusal,
)


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
        "活人在不",
        "真人在没",
        "怎么还没转",
        "为什么还不转人工啊",
        "还没接通吗",
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
        "客服在不",
        "老板在不",
        "怎么还没转账",
        "还没接到货",
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


@pytest.mark.parametrize("words", ["太贵了", "有点小贵呀", "价格好贵", "别家才99", "人家都便宜多了"])
def test_finding_it_dear(words: str) -> None:
    assert finds_dear(words)


@pytest.mark.parametrize("words", ["不贵", "贵州", "贵不贵", "贵重物品", "别家的质量好"])
def test_not_finding_it_dear(words: str) -> None:
    assert not finds_dear(words)


@pytest.mark.parametrize(
    ("words", "promised"),
    [
        *(("说好送的", True), ("客服答应过的", True), ("你们说会补", True)),
        *(("那就说好了哈", False), ("客服没说要补", False), ("你说呢", False)),
    ],
)
def test_what_was_promised(words: str, *, promised: bool) -> None:
    assert says_what_was_promised(words) is promised


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


@pytest.mark.parametrize(
    ("words", "rest"),
    [
        ("不要人工", ""),
        ("算了不用人工了", ""),
        ("算了 别转人工，包邮吗", "包邮吗"),
        ("先别转人工了", ""),
        ("能不能别找人工", ""),
        ("不用给我转人工客服，退货几天到账", "退货几天到账"),
        ("发什么快递 不需要真人", "发什么快递"),
    ],
)
def test_refusing_a_person_leaves_what_is_asked_besides(words: str, rest: str) -> None:
    assert without_refusal(words) == rest


@pytest.mark.parametrize(
    "words",
    [
        *("不要机器人 转人工", "怎么不转人工", "为什么不用人工客服", "不转人工我就投诉", "要不要转人工", "用不用人工"),
        *("不要人工合成的", "不用人工安装吧", "不需要人工费吧", "区别人工和机器", "特别人工", "包邮吗", ""),
    ],
)
def test_no_refusal_of_a_person(words: str) -> None:
    assert without_refusal(words) == words


@pytest.mark.parametrize(
    "words",
    [
        *(
            "人呢",
            "人呢？？",
            "客服去哪了",
            "同事在吗",
            "怎么还没人来",
            "还没轮到我吗",
            "还不来",
            "还要等多久",
            "多久能到我呀",
        ),
        *(
            "要排多久",
            "大概等几分钟",
            "排第几",
            "前面还有几个人",
            "轮到我了吗",
            "什么时候轮到我",
            "有人吗",
            "在不在",
            "快点",
        ),
    ],
)
def test_asking_after_a_person(words: str) -> None:
    assert asks_after_person(words)


@pytest.mark.parametrize(
    "words",
    [
        "多久发货",
        "多久能到货",
        "快递还没到吗",
        "还没到",
        "多久到",
        "还没发货",
        "在哪里发货",
        "什么时候发货",
        "排骨有吗",
        "几天到",
        "在杭州吗",
        "",
    ],
)
def test_not_asking_after_a_person(words: str) -> None:
    assert not asks_after_person(words)


@pytest.mark.parametrize(
    "words",
    ["收件人也换一个", "放我家门口", "补我差价", "你们帮我问问快递", "麻烦催一下", "改成周五", "请备注轻拿", "退了吧"],
)
def test_words_that_want_something_done(words: str) -> None:
    assert wants_something_done(words)


@pytest.mark.parametrize(
    "words",
    ["人工催熟的", "是不是人工打蜡", "人工上色", "有没有人工加糖", "人工冷藏多久", "人工费多少", "上门安装人工怎么算"],
)
def test_whatever_is_done_to_goods_is_work(words: str) -> None:
    assert speaks_of_work(words)


@pytest.mark.parametrize(
    "words",
    ["放家门口了", "给我放驿站了", "没帮我改", "麻烦了", "请问", "电话换了", "我换过了", "盖子也裂了", "没给我发"],
)
def test_words_that_only_tell(words: str) -> None:
    assert not wants_something_done(words)


@pytest.mark.parametrize(
    "words",
    [
        *("人工", "人工处理下", "人工几点上班", "人工什么时候来", "人工回复我", "人工夜里回消息不", "人工开始接待了吗"),
        *("人工帮我查下", "人工我要退货", "有人工吗", "是人工还是机器", "转人工打蜡的", "不用人工了"),
    ],
)
def test_a_person_who_does_something_is_no_work(words: str) -> None:
    assert not speaks_of_work(words)
