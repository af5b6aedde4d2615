"""What is said when the answer was said before, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.dialogue.acts import Answer, Clarify, HandOver
from knowledge.base import KnowledgeBase
from knowledge.manual.entry import Answer as KnownAnswer
from knowledge.reasons.reason import because
from tests.small_manual import small_manual
from tests.talk import Talk, entries

if TYPE_CHECKING:
    from bot.dialogue.acts import Decision


def said(talk: Talk, line: str, **values: str) -> list[str]:
    return list(talk.knowledge.say(line, values))


def words_of(decision: Decision) -> str:
    return "".join(bubble.text for bubble in decision.bubbles)


def test_the_same_answer_is_not_said_twice_running_in_other_words(talk: Talk) -> None:
    first = talk.says("什么时候发货")
    again = talk.says("多久发货")
    assert again == said(talk, "as-said")
    assert first != again


def test_who_asks_for_the_same_answer_once_more_gets_a_person(talk: Talk) -> None:
    for words in ("什么时候发货", "多久发货"):
        talk.turn(words)
    decision = talk.turn("几天能发货")
    assert isinstance(decision.act, HandOver)
    assert decision.why.answer_rule


def test_another_answer_in_between_makes_it_news_again(talk: Talk) -> None:
    first = talk.says("什么时候发货")
    for words in ("多久发货", "发什么快递"):
        talk.turn(words)
    assert talk.says("几天能发货") == first


# Who tells more asks nothing


@pytest.mark.parametrize(
    ("asked", "told"),
    [("杯子收到磕了个坑", "盖子也裂了"), ("能开发票吗", "抬头写公司"), ("毛衣收到了，发错货了", "寄来的是燕麦色")],
)
def test_who_adds_something_is_told_that_it_was_heard_and_then_gets_a_person(talk: Talk, asked: str, told: str) -> None:
    entry = entries(talk.turn(asked))
    decision = talk.turn(told)
    assert entries(decision) == entry
    assert words_of(decision) == "".join(said(talk, "noted"))


def test_a_second_detail_of_a_damage_calls_a_person(talk: Talk) -> None:
    for words in ("杯子收到磕了个坑", "盖子也裂了"):
        talk.turn(words)
    assert isinstance(talk.turn("收到就是破的").act, HandOver)


def test_who_asks_again_and_then_tells_more_gets_a_person_too(talk: Talk) -> None:
    for words in ("杯子收到磕了个坑", "杯子碎了怎么办"):
        talk.turn(words)
    assert isinstance(talk.turn("盖子也裂了").act, HandOver)


def test_what_was_noted_is_no_answer_to_the_first_question_after_it(talk: Talk) -> None:
    for words in ("券怎么用不了", "说没到门槛"):
        talk.turn(words)
    assert talk.says("满多少能用券") == said(talk, "as-said")
    assert isinstance(talk.turn("满多少才能用券").act, HandOver)


def test_who_wants_something_done_that_only_a_person_can_do_gets_one(talk: Talk) -> None:
    entry = entries(talk.turn("能开发票吗"))
    decision = talk.turn("给我开发票")
    assert isinstance(decision.act, HandOver)
    assert [decision.act.entry] == entry


def test_who_waits_hears_what_the_manual_says_of_his_matter_but_not_twice_running(talk: Talk) -> None:
    talk.turn("转人工")
    first = talk.turn("不便宜我就不买了")
    assert isinstance(first.act, HandOver)
    assert "价格我做不了主" in words_of(first)
    again = talk.turn("不便宜就不买")
    assert "价格我做不了主" not in words_of(again)


# Another place or product, and the same answer


def test_an_answer_that_goes_by_the_place_is_said_of_another_one_in_full(talk: Talk) -> None:
    first = talk.says("呼和浩特能发货吗")
    assert talk.says("包头呢") == first
    assert talk.conversation.mode == "bot"


def test_an_answer_that_says_nothing_of_another_one_is_no_answer_to_it(talk: Talk) -> None:
    talk.turn("能开发票吗")
    assert isinstance(talk.turn("那耳机呢").act, HandOver)


def test_what_differs_for_another_one_is_said_in_full(talk: Talk) -> None:
    first = talk.says("呼和浩特能发货吗")
    assert "辽宁" in talk.says("沈阳呢")[0] != first[0]


def test_a_name_that_was_said_before_is_no_other_one(talk: Talk) -> None:
    talk.turn("呼和浩特能发货吗")
    assert talk.says("那呼和浩特呢") == said(talk, "as-said")


# What a product costs


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("寄拉萨，买件毛衣要邮费吗", "269元够了"),
        ("寄拉萨，买个杯子要邮费吗", "99元还差100元"),
        ("寄拉萨，买两个杯子要邮费吗", "198元还差1元"),
        ("杯子包邮吗", "99元够了"),
    ],
)
def test_the_price_of_what_he_buys_counts_for_postage(talk: Talk, words: str, told: str) -> None:
    assert told in words_of(talk.turn(words))


def test_each_product_counts_with_its_own_price(talk: Talk) -> None:
    assert "99元够了" in words_of(talk.turn("杯子包邮吗"))
    assert "299元够了" in words_of(talk.turn("耳机呢"))
    assert "寄到新疆满199元包邮，299元够了" in words_of(talk.turn("那新疆呢"))


@pytest.mark.parametrize("words", ["买50块的杯子包邮吗", "包邮吗", "毛衣和杯子一起买包邮吗"])
def test_no_price_counts_beside_a_sum_of_his_own_or_with_more_or_no_products(talk: Talk, words: str) -> None:
    assert not any(f"{price}元" in words_of(talk.turn(words)) for price in ("99元够", "269元够", "368"))


def test_a_price_without_a_sum_counts_for_nothing(base: KnowledgeBase) -> None:
    unpriced = tuple(
        dataclasses.replace(each, attributes={**each.attributes, "price": "看商品页"}) for each in base.manual.products
    )
    talk = Talk(KnowledgeBase.build(revision=1, manual=dataclasses.replace(base.manual, products=unpriced)))
    assert "满59元包邮" in talk.says("杯子包邮吗")[0]


# In the queue


@pytest.mark.parametrize("words", ["快递丢了怎么办", "签收了没收到", "毛衣能便宜点吗，我买五十件"])
def test_nobody_in_the_queue_is_told_to_reply_for_a_person(talk: Talk, words: str) -> None:
    assert "回复“人工”" in "".join(Talk(talk.knowledge).says(words))
    talk.turn("转人工")
    decision = talk.turn(words)
    assert isinstance(decision.act, Answer)
    assert "回复“人工”" not in words_of(decision)
    assert "等同事接入" in words_of(decision)


@pytest.mark.parametrize(
    ("told", "in_the_queue"),
    [
        ("拍照，回复“人工”发给我们。", "拍照，等同事接入后发给我们。"),
        ("烫手就停用回复“人工”。", "烫手就停用，等同事接入。"),
        ("拍三张（含面单）回复“人工”报订单号。", "拍三张（含面单），等同事接入后报订单号。"),
        ("找不到就回复“人工”，再发订单号。", "找不到就等同事接入，再发订单号。"),
        ("要办，回复人工就行", "要办，等同事接入就行"),
    ],
)
def test_what_is_to_be_done_with_a_person_is_done_once_he_comes(told: str, in_the_queue: str) -> None:
    manual = small_manual()
    courier = next(each for each in manual.entries if each.id == "courier")
    told_so = dataclasses.replace(courier, answers=(dataclasses.replace(courier.answers[0], bubbles=(told,)),))
    others = (each for each in manual.entries if each is not courier)
    talk = Talk(KnowledgeBase.build(revision=1, manual=dataclasses.replace(manual, entries=(told_so, *others))))
    assert talk.says("发什么快递") == [told]
    talk = Talk(talk.knowledge)
    talk.turn("转人工")
    assert talk.says("发什么快递") == [in_the_queue]


def test_the_same_answer_again_is_left_to_the_person(talk: Talk) -> None:
    for words in ("转人工", "什么时候发货"):
        talk.turn(words)
    assert talk.says("多久发货") == said(talk, "waiting-still", queue_position="1")
    assert talk.says("几天能发货") == said(talk, "handed-on", question="“几天能发货”")


# A height, then a weight


def test_what_is_told_of_a_size_is_never_asked_for_again(talk: Talk) -> None:
    talk.turn("毛衣")
    assert talk.says("170") == said(talk, "which-size", figures="体重")
    assert "建议选XL" in words_of(talk.turn("130斤"))


def test_the_name_of_the_product_brings_what_is_still_missing(talk: Talk) -> None:
    talk.turn("穿什么码")
    assert talk.says("毛衣") == said(talk, "which-size", figures="身高和体重")
    assert talk.says("165") == said(talk, "which-size", figures="体重")
    assert "建议选L" in words_of(talk.turn("120斤"))


def test_a_number_after_a_product_without_a_chart_is_no_height(talk: Talk) -> None:
    talk.turn("耳机")
    assert isinstance(talk.turn("170").act, HandOver)


# Which product


def test_a_manual_from_before_there_was_a_line_to_ask_by_brings_a_person(base: KnowledgeBase) -> None:
    price = next(entry for entry in base.manual.entries if entry.id == "price-ask")
    asks_nothing = dataclasses.replace(price, answers=(KnownAnswer(bubbles=("{product}：{price}元。",)),))
    manual = dataclasses.replace(base.manual, entries=(asks_nothing,))
    without = dataclasses.replace(manual, lines=tuple(line for line in manual.lines if line.id != "which-product"))
    decision = Talk(KnowledgeBase.build(revision=1, manual=without)).turn("多少钱")
    assert isinstance(decision.act, HandOver)
    assert decision.act.reason == because("fact_missing", entry="price-ask", missing="product, price")
    assert isinstance(Talk(KnowledgeBase.build(revision=1, manual=manual)).turn("多少钱").act, Clarify)
