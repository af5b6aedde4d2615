"""Questions that mean little without what was said before, with the starter manual and the rules alone."""

from __future__ import annotations

import pytest

from tests.talk import Talk, entries, rule_of


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("包邮吗", "那新疆呢", "新疆满199元包邮"),
        ("新疆包邮吗", "北京呢", "满59元包邮"),
        ("几天能到", "我在新疆", "5到8天"),
        ("毛衣有货吗", "那保温杯呢", "500毫升保温杯"),
        ("有货吗", "杯子", "500毫升保温杯"),
        ("保修多久", "耳机的", "主机质保12个月"),
    ],
)
def test_a_follow_up_is_about_the_question_before(talk: Talk, first: str, then: str, said: str) -> None:
    talk.turn(first)
    assert said in "".join(talk.says(then))


def test_a_follow_up_skips_what_only_named_another_place(talk: Talk) -> None:
    for words in ("包邮吗", "那新疆呢", "那西藏呢"):
        decision = talk.turn(words)
    assert decision.bubbles[0].text.startswith("西藏满199元包邮")


def test_when_will_it_come_after_when_is_it_sent_is_about_delivery(talk: Talk) -> None:
    talk.turn("什么时候发货")
    assert entries(talk.turn("那什么时候到")) == ["delivery-time"]


def test_an_unclear_question_that_stays_with_the_last_answer_is_about_that(talk: Talk) -> None:
    talk.turn("有优惠券吗")
    decision = talk.turn("哪领")
    assert (rule_of(decision), entries(decision)) == ("goes on from a question", ["coupon"])
    assert not rule_of(talk.turn("宇宙有多大呢")).startswith("goes on")


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("怎么退货", "地址呢", "return-how"),
        ("客服几点下班", "周末呢", "working-hours"),
        ("有运费险吗", "怎么赔", "freight-insurance"),
        ("我要退货", "寄哪", "return-how"),
        ("毛衣有货吗", "红色呢", "stock"),
        ("地址填错了", "能改吗", "address-change"),
        ("能开发票吗", "怎么弄", "invoice"),
    ],
)
def test_a_few_words_are_about_the_question_before(talk: Talk, first: str, then: str, entry: str) -> None:
    talk.turn(first)
    decision = talk.turn(then)
    assert entries(decision) == [entry]
    assert rule_of(decision) == "goes on from a question"


@pytest.mark.parametrize(
    ("first", "then", "entry"),
    [
        ("能开发票吗", "能退吗", "return-policy"),
        ("怎么退货", "包邮吗", "free-postage"),
        ("可以发顺丰吗", "包邮吗", "free-postage"),
        ("毛衣多少钱", "有货吗", "stock"),
    ],
)
def test_a_new_subject_in_a_few_words_is_understood_by_itself(talk: Talk, first: str, then: str, entry: str) -> None:
    talk.turn(first)
    assert entries(talk.turn(then)) == [entry]


@pytest.mark.parametrize("words", ["哈哈哈哈", "111", "好", "行", "那9.9呢"])
def test_what_asks_nothing_does_not_go_on_from_a_question(talk: Talk, words: str) -> None:
    talk.turn("有优惠券吗")
    assert entries(talk.turn(words)) != ["coupon"]


def test_a_few_words_go_on_from_the_question_before_the_last_few_words(talk: Talk) -> None:
    for words in ("毛衣有货吗", "L码呢"):
        talk.turn(words)
    assert entries(talk.turn("黑色呢")) == ["stock"]


def test_a_follow_up_in_the_same_message_knows_the_question_before_it(talk: Talk) -> None:
    said = "\n".join(talk.says("毛衣多少钱 耳机呢"))
    assert "羊毛圆领毛衣：269元" in said
    assert "Pro无线降噪耳机：299元" in said


def test_a_courier_after_a_question_about_a_courier(talk: Talk) -> None:
    talk.turn("可以发顺丰吗")
    assert entries(talk.turn("那圆通呢"))[0] in {"courier-choose", "courier"}


def test_a_courier_after_something_else_is_not_about_that(talk: Talk) -> None:
    talk.turn("能开发票吗")
    assert entries(talk.turn("那圆通呢")) != ["invoice"]


def test_a_short_question_is_about_what_was_named(talk: Talk) -> None:
    talk.turn("可以发顺丰吗")
    assert entries(talk.turn("包邮吗")) == ["free-postage"]  # it is understood by itself
    talk = Talk(talk.knowledge)
    talk.turn("顺丰到付可以吗")
    decision = talk.turn("要加多少钱")
    assert entries(decision) == ["courier-choose"]


def test_a_short_question_without_a_subject_is_about_the_place_that_was_named(talk: Talk) -> None:
    talk.turn("新疆几天到")
    decision = talk.turn("不包邮是吧")
    assert (rule_of(decision), entries(decision)) == ("same subject", ["postage-remote"])
