"""The signs of questions that need the shop's own words, each with examples of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.dialogue.acts import Answer, Clarify, HandOver
from bot.dialogue.cues.own_words import LISTS, signs_for, speaks_of_all
from knowledge.language.normalisation import fold
from knowledge.manual.entry import Answer as Says
from knowledge.manual.entry import Entry, Product, When
from knowledge.phrases.lists import list_of
from tests.talk import Talk, entries, shop_of

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

SIGNS = {kind: signs for theme in LISTS for kind, signs in list_of(theme).items()}


@pytest.mark.parametrize("kind", SIGNS)
def test_a_sign_stands_in_its_own_examples_only(kind: str) -> None:
    has = {said for said in (*SIGNS[kind]["yes"], *SIGNS[kind]["no"]) if kind in _matters(said)}
    assert has == set(SIGNS[kind]["yes"])


def _matters(said: str) -> set[str]:
    return {sign.matter for sign in signs_for(fold(said), ())}


def test_the_shop_speaks_of_just_what_the_fruit_has_come_to() -> None:
    soft, black = (signs_for(fold(said), ()) for said in ("软了能吃吗", "黑了能吃吗"))
    assert speaks_of_all(soft, "收到放2到4天变软了再吃")
    assert not speaks_of_all(black, "收到放2到4天变软了再吃")
    assert not speaks_of_all(soft, "收到就能吃")


def test_endless_messages_take_no_time() -> None:
    for said in ("宝宝能" * 700, "孕" * 2000, "三个月" * 700, "吃着" * 1000):
        assert signs_for(said, ()) is not None


# A tea shop that has a word on pregnancy for one tea, and none on anything else


def entry(name: str, title: str, questions: str, *answers: Says, needs_product: bool = False) -> Entry:
    return Entry(
        id=name,
        group="茶",
        title=title,
        questions=tuple(questions.split()),
        answers=answers,
        needs_product=needs_product,
    )


ENTRIES = (
    entry("drink", "怎么喝", "怎么喝 可以直接喝吗 能空腹喝吗 能喝吗", Says(bubbles=("开水冲泡，三分钟就能喝。",))),
    entry("taste", "好喝吗", "好喝吗 苦不苦 什么味道", Says(bubbles=("{taste}。",)), needs_product=True),
    entry(
        "suits",
        "适合什么人喝",
        "适合什么人喝 哪些人不能喝 谁能喝",
        Says(bubbles=("大人都能喝，晚上少喝。",)),
        Says(bubbles=("红茶孕妇一天别超过一杯。",), when=When(products=frozenset({"red"}), mentions=frozenset({"孕"}))),
    ),
    entry("milk", "哺乳期能喝吗", "哺乳期能喝吗 喂奶能喝吗", Says(bubbles=("哺乳期不建议喝。",))),
    entry("postage", "包邮吗", "包邮吗 要运费吗", Says(bubbles=("全场包邮。",))),
)
PRODUCTS = (
    Product(id="red", title="正山红茶", aliases=("红茶",), attributes={"taste": "甜香"}),
    Product(id="green", title="明前绿茶", aliases=("绿茶",), attributes={"taste": "清香"}),
)


@pytest.fixture(scope="module")
def shop() -> KnowledgeBase:
    return shop_of(ENTRIES, PRODUCTS)


@pytest.fixture
def talk(shop: KnowledgeBase) -> Talk:
    return Talk(shop)


@pytest.mark.parametrize(
    "words", ["孕妇能喝吗", "小孩能喝吗", "痛风可以喝吗", "吃着药能喝吗", "绿茶孕妇能喝吗", "我怀孕了"]
)
def test_a_person_answers_what_the_shop_has_no_word_on(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert isinstance(decision.act, HandOver)
    assert [bubble.kind for bubble in decision.bubbles] == ["handoff"]


def test_the_word_that_the_shop_has_is_said(talk: Talk) -> None:
    assert talk.says("哺乳期能喝吗") == ["哺乳期不建议喝。"]
    assert talk.says("红茶适合孕妇喝吗") == ["红茶孕妇一天别超过一杯。"]


@pytest.mark.parametrize(
    "turns",
    [
        ("孕妇能喝吗", "是", "红茶呢"),
        ("红茶好喝吗", "孕妇能喝吗", "绿茶呢"),
        ("我怀孕了", "能喝吗"),
        ("红茶好喝吗", "宝宝呢", "可以喝吗"),
        ("好喝吗", "红茶", "高血压能喝吗", "那可以喝绿茶吗"),
    ],
)
def test_nothing_that_follows_is_answered_as_a_question_about_drinking(talk: Talk, turns: tuple[str, ...]) -> None:
    *before, last = turns
    for words in before:
        talk.turn(words)
    decision = talk.turn(last)
    assert not isinstance(decision.act, Answer | Clarify)


def test_what_has_nothing_to_do_with_it_is_answered_on(talk: Talk) -> None:
    talk.turn("孕妇能喝吗")
    assert entries(talk.turn("包邮吗")) == ["postage"]


def test_two_questions_in_one_message_are_answered_and_left_to_a_person(talk: Talk) -> None:
    decision = talk.turn("孕妇能喝吗，包邮吗")
    assert isinstance(decision.act, HandOver)
    said = "".join(bubble.text for bubble in decision.bubbles)
    assert "全场包邮。" in said
    assert "“孕妇能喝吗”" in said
