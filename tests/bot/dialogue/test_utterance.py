from __future__ import annotations

import dataclasses

import pytest

from adapters.contract import Image, OrderCard, ProductCard, Surroundings, Text, Unsupported
from bot.dialogue.cues.questions import is_question, only_tells
from bot.dialogue.state import Memory
from bot.dialogue.utterance import (
    ABOUT_PEOPLE,
    QUESTIONS_PER_TURN,
    begin_episode,
    only_names,
    question_of,
    remember_names,
    remember_surroundings,
    text_of,
    worth_judging,
)
from knowledge.base import KnowledgeBase
from knowledge.lint.whole_manual import RELIED_ON
from tests.small_manual import small_manual
from tests.talk import NEW, OPEN, heard

PICTURE = Image(url="https://shop.example/a.jpg")


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=small_manual())


def test_owners_are_told_of_every_entry_that_the_bot_knows_by_its_id() -> None:
    assert set(RELIED_ON) == ABOUT_PEOPLE


def test_a_new_episode_forgets_all_but_the_welcome_and_the_opening_time() -> None:
    memory = Memory(misses=1, region="新疆", welcomed_on="2026-11-22", away_told="night", advertised=True)
    talk = dataclasses.replace(NEW, memory=memory)
    assert begin_episode(talk) is memory
    closed = dataclasses.replace(talk, mode="closed")
    assert begin_episode(closed) == Memory(welcomed_on="2026-11-22", away_told="night")


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


def test_what_comes_with_messages_is_remembered_and_the_newest_counts(base: KnowledgeBase) -> None:
    looks_at = Surroundings(product_id="lamp-1", order_status="paid", region="新疆")
    first, second = heard("在吗", ProductCard(product_id="pillow-1"))
    first = dataclasses.replace(first, surroundings=looks_at)
    memory = remember_surroundings([first, second], Memory(), base)
    assert (memory.product_id, memory.order_status, memory.region) == ("pillow-1", "paid", "新疆")
    unknown = remember_surroundings(heard(ProductCard(product_id="hat-9")), memory, base)
    assert unknown.product_id == "pillow-1"
    order = remember_surroundings(heard(OrderCard(order_id="o-1", status="shipped")), memory, base)
    assert order.order_status == "shipped"


def test_what_any_message_of_a_turn_names_is_remembered(base: KnowledgeBase) -> None:
    memory = remember_names(heard("云朵枕", "寄到新疆", "多少钱"), Memory(), base)
    assert (memory.product_id, memory.region) == ("pillow-1", "新疆")


@pytest.mark.parametrize(
    ("words", "region"),
    [
        ("寄到新疆多久", "新疆"),
        ("我在新疆", "新疆"),
        ("新疆呢", "新疆"),
        ("新疆发货吗", "新疆"),
        ("货到新疆要几天", "新疆"),
        ("快递卡在武汉了", None),
        ("物流到武汉三天了", None),
        ("包裹一直在武汉", None),
        ("是不是义乌发的", None),
        ("你们店在义乌吗", None),
        ("是义乌的厂吗", None),
    ],
)
def test_only_where_he_lives_is_remembered_of_the_places_named(
    words: str, region: str | None, base: KnowledgeBase
) -> None:
    assert remember_names(heard(words), Memory(), base).region == region
    assert _asked(words, base)["region"] == region


def test_a_place_on_the_way_leaves_the_one_he_lives_in(base: KnowledgeBase) -> None:
    assert remember_names(heard("包裹停在武汉不动了"), Memory(region="新疆"), base).region == "新疆"


def test_a_card_counts_beside_words_that_only_open_a_question() -> None:
    card = ProductCard(product_id="pillow-1")
    said = heard("请问下", card)
    assert worth_judging(said) == said[1:]
    assert worth_judging(heard("请问下", card, "几天到"))[-1].content == Text("几天到")
    assert worth_judging(heard("请问下", card, PICTURE))[-1].content == PICTURE


def test_each_text_is_judged_once_and_the_last_picture_too() -> None:
    voice = Unsupported(kind="voice")
    said = heard("包邮吗", PICTURE, "包邮吗？", voice, "几天到")
    assert [each.content for each in worth_judging(said)] == [Text("包邮吗？"), Text("几天到"), voice]
    cards = heard(ProductCard(product_id="pillow-1"), ProductCard(product_id="lamp-1"))
    assert worth_judging(cards) == [cards[-1]]
    many = heard(*[f"第{number}个问题" for number in range(30)])
    assert worth_judging(many) == many[-QUESTIONS_PER_TURN:]


def test_only_words_have_a_text() -> None:
    words, picture = heard("包邮吗", PICTURE)
    assert (text_of(words), text_of(picture)) == ("包邮吗", "")


def _asked(text: str, base: KnowledgeBase, memory: Memory | None = None) -> dict[str, object]:
    (message,) = heard(text)
    question = question_of(message, text, conversation=NEW, memory=memory or Memory(), shop=OPEN, knowledge=base)
    return {
        "typed": question.typed,
        "folded": question.folded,
        "named": dict(question.named),
        "region": question.memory.region,
        "product": question.memory.product_id,
        "entries": [each.entry for each in question.findings.candidates],
    }


def test_a_question_knows_what_was_typed_and_what_was_understood(base: KnowledgeBase) -> None:
    asked = _asked("xinjiang yfsm", base)
    assert asked["typed"] == "xinjiang yfsm"
    asked = _asked("新彊 by", base)
    assert asked["folded"] == "新疆包邮"
    assert asked["named"] == {"region": "新疆"}
    assert asked["region"] == "新疆"


def test_a_question_names_what_its_talk_named_before_unless_it_names_another(base: KnowledgeBase) -> None:
    memory = Memory(region="新疆", product_id="lamp-1")
    assert _asked("包邮吗", base, memory)["region"] == "新疆"
    asked = _asked("云朵枕寄到西藏包邮吗", base, memory)
    assert (asked["region"], asked["product"]) == ("西藏", "pillow-1")


@pytest.mark.parametrize("words", ["人工费多少", "真人模特图有吗", "手工缝制的吗", "人工智能音箱有吗"])
def test_work_and_goods_never_mean_a_person(words: str, base: KnowledgeBase) -> None:
    assert "human" not in _asked(words, base)["entries"]  # type: ignore[operator]  # a list of ids


def test_what_spoke_for_a_person_speaks_for_the_rest_but_makes_nothing_sure(base: KnowledgeBase) -> None:
    (message,) = heard("人工缝制的毛巾怎么洗")
    question = question_of(
        message, "人工缝制的毛巾怎么洗", conversation=NEW, memory=Memory(), shop=OPEN, knowledge=base
    )
    assert question.best is not None
    assert question.best.entry == "towel-care"


def test_findings_without_a_person_stay_as_they_are(base: KnowledgeBase) -> None:
    assert _asked("毛巾能机洗吗", base)["entries"] == [each.entry for each in base.find("毛巾能机洗吗").candidates]


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
