from __future__ import annotations

import pytest

from adapters.contract import Image, ProductCard, Text, Unsupported
from bot.dialogue.cues.questions import is_question, only_tells
from bot.dialogue.utterance import ABOUT_PEOPLE, QUESTIONS_PER_TURN, only_names, text_of, worth_judging
from knowledge.base import KnowledgeBase
from knowledge.lint.whole_manual import RELIED_ON
from tests.small_manual import small_manual
from tests.talk import heard, said

PICTURE = Image(url="https://shop.example/a.jpg")


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=small_manual())


def test_owners_are_told_of_every_entry_that_the_bot_knows_by_its_id() -> None:
    assert set(RELIED_ON) == ABOUT_PEOPLE


@pytest.mark.parametrize(
    "words",
    [
        "包邮吗?",
        "什么时候发货",
        "能不能退",
        "多少钱一件",
        "一块买能减不",
        "有小号没？",
        "我的单发出去没呀",
        "领口扎不扎",
        "面料是棉的还是毛的",
        "发中通还是圆通",
        "应该还没出库吧",
        "不会褪色吧",
    ],
)
def test_words_that_ask(words: str) -> None:
    assert is_question(words)


@pytest.mark.parametrize(
    "words",
    [
        *("包邮", "我想问下", "新疆", "吗", "我昨天买的毛衣", "我的单还没", "时不时掉线", "不不不不", "他说我也不"),
        *("帮我退了吧", "那还是算了吧", "就先这样吧", "我还是再看看", "物流还是不动"),
    ],
)
def test_words_that_ask_nothing_by_themselves(words: str) -> None:
    assert not is_question(words)


@pytest.mark.parametrize(
    ("words", "tells"),
    [
        *(("还没付款呢", True), ("我等着呢", True), ("等着用呢", True), ("孩子急着穿呢", True)),
        *(("有大码没呢", False), ("为什么还没发货呢", False), ("怎么退", False), ("穿着扎不扎呢", False)),
    ],
)
def test_what_is_not_yet_is_told_rather_than_asked(words: str, *, tells: bool) -> None:
    assert only_tells(words) is tells


def test_a_card_counts_beside_words_that_only_open_a_question(base: KnowledgeBase) -> None:
    card = ProductCard(product_id="pillow-1")
    opened = said(base, "请问下", card)
    assert worth_judging(opened) == opened[1:]
    assert worth_judging(said(base, "请问下", card, "几天到"))[-1].text == "几天到"
    assert worth_judging(said(base, "请问下", card, PICTURE))[-1].heard.content == PICTURE


def test_each_text_is_judged_once_and_the_last_picture_too(base: KnowledgeBase) -> None:
    voice = Unsupported(kind="voice")
    judged = worth_judging(said(base, "包邮吗", PICTURE, "包邮吗？", voice, "几天到"))
    assert [each.heard.content for each in judged] == [Text("包邮吗？"), Text("几天到"), voice]
    cards = said(base, ProductCard(product_id="pillow-1"), ProductCard(product_id="lamp-1"))
    assert worth_judging(cards) == [cards[-1]]
    many = said(base, *[f"第{number}个问题" for number in range(30)])
    assert worth_judging(many) == many[-QUESTIONS_PER_TURN:]


def test_a_message_is_known_from_its_parts(base: KnowledgeBase) -> None:
    message, alone = said(base, "云朵枕多少钱，包邮吗", "包邮吗")
    assert [part.text for part in message.parts] == ["云朵枕多少钱", "包邮吗"]
    assert [part.is_whole for part in (message, *message.parts, *alone.parts)] == [True, False, False, True]
    assert {part.spoken for part in message.parts} == {message.text}
    assert message.saying(message.text) is message


def test_each_product_and_place_that_is_asked_about_is_a_part(base: KnowledgeBase) -> None:
    (message,) = said(base, "新疆和西藏包邮吗")
    assert [part.text for part in message.parts] == ["新疆包邮吗", "西藏包邮吗"]


def test_a_picture_says_nothing(base: KnowledgeBase) -> None:
    (picture,) = said(base, PICTURE)
    assert (picture.text, picture.tells, picture.asks, picture.refuses_person) == ("", False, False, False)


def test_no_person_is_all_that_is_said(base: KnowledgeBase) -> None:
    refuses, asks = said(base, "不用转人工", "不用转人工，包邮吗")
    assert refuses.refuses_person
    assert not asks.refuses_person
    assert asks.unrefused == "包邮吗"


def test_only_words_have_a_text() -> None:
    words, picture = heard("包邮吗", PICTURE)
    assert (text_of(words), text_of(picture)) == ("包邮吗", "")


@pytest.mark.parametrize(
    ("words", "bare"),
    [
        ("那新疆呢", True),
        ("云朵枕的", True),
        ("我在新疆", True),
        ("那顺丰呢", True),
        ("新疆包邮吗", False),
        ("那个呢", False),
        ("", False),
    ],
)
def test_a_name_with_the_small_words_of_a_follow_up_asks_nothing_by_itself(
    words: str, *, bare: bool, base: KnowledgeBase
) -> None:
    assert only_names(words, base.names_in(words)) is bare
