"""What was said and told before, and how far it holds: a small shop of kettles and coffee machines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from adapters.contract import ProductCard
from bot.dialogue.acts import Answer, Clarify, HandOver
from bot.dialogue.reasons import in_words
from knowledge.manual.entry import Answer as EntryAnswer
from knowledge.manual.entry import Entry, Product, When
from tests.talk import Talk, entries, shop_of

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

ANY = When(products=frozenset({"*"}))
GENERAL = "水壶和咖啡机质保12个月，滤网3个月，坏了换新，来回运费我们出。烤箱类的不质保。"
RETURNS = "没拆封的7天内可以退，吊牌要一起寄回，运费您出。"
OPENED = "拆开用过的，除了质量问题不能退。"
BABY = "水壶都能用，带香薰的别用。"
PLANE = "1升的水壶倒空了能带上飞机，刀头不能随身带。"
ARRIVES = "一般2到3天到，省内1天，偏远地区4到6天。"
SURCHARGE = "除西藏、青海外全国包邮，这两个地方每单加20元。"
COURIER = "一般发中通，咖啡机发德邦。"
DAMAGE = "摔坏、进水这些人为的不在质保里，可以半价换新。"


def entry(name: str, title: str, questions: str, *answers: EntryAnswer, needs_product: bool = False) -> Entry:
    return Entry(
        id=name,
        group="店",
        title=title,
        questions=tuple(questions.split()),
        answers=answers,
        needs_product=needs_product,
    )


def says(text: str, when: When | None = None) -> EntryAnswer:
    return EntryAnswer(bubbles=(text,), when=when or When())


ENTRIES = (
    entry("price", "多少钱", "多少钱 怎么卖 什么价格", says("{price}"), needs_product=True),
    entry("warranty", "保修、换新", "保修多久 质保几年 可以换新吗 坏了保修吗", says(GENERAL), says("{warranty}", ANY)),
    entry("damage", "人为坏的", "摔坏了保修吗 进水了能修吗 摔坏了怎么办 进水了", says(DAMAGE)),
    entry(
        "returns",
        "能退吗",
        "可以退货吗 能退吗 支持七天无理由吗 不喜欢能退吗",
        says(RETURNS),
        says(OPENED, When(mentions=frozenset({"拆开", "用过"}))),
        says("没说明书的补一份再退。", When(mentions=frozenset({"说明书"}))),
    ),
    entry("postage", "包邮吗", "包邮吗 运费多少 运费怎么算 邮费谁付", says("全场包邮。")),
    entry(
        "baby",
        "孕妇能用吗",
        "孕妇能用吗 怀孕可以用吗 哺乳期能用吗",
        says("水壶都能用，带香薰的别用。"),
        says("{baby}", ANY),
    ),
    entry(
        "plane",
        "水壶能上飞机吗",
        "水壶能带上飞机吗 可以托运吗 过得了安检吗",
        says(PLANE),
    ),
    entry("boiling", "水开了会自己断电吗", "水开了会断电吗 会干烧吗", says("烧开了会自己断电，不会干烧。")),
    entry("arrival", "几天到", "几天到 多久能收到 什么时候到货", says(ARRIVES)),
    entry("surcharge", "偏远地区", "发西藏要加钱吗 偏远地区加多少 西藏青海发吗", says(SURCHARGE)),
    entry("courier", "发什么快递", "发什么快递 用哪家快递 是什么物流", says(COURIER)),
    entry("farewell", "道谢", "谢谢 好的 再见", says("不客气。")),
)
PRODUCTS = (
    Product(
        id="kettle",
        title="304电热水壶",
        aliases=("水壶",),
        attributes={
            "price": "99元",
            "warranty": "水壶质保一年，只换不修",
            "baby": "水壶孕妇放心用",
            "colours": "白色、绿色",
        },
    ),
    Product(
        id="coffee",
        title="家用咖啡机",
        aliases=("咖啡机",),
        attributes={"price": "399元", "warranty": "咖啡机质保两年", "baby": "咖啡机孕妇少用"},
    ),
)


@pytest.fixture(scope="module")
def shop() -> KnowledgeBase:
    return shop_of(ENTRIES, PRODUCTS)


@pytest.fixture
def talk(shop: KnowledgeBase) -> Talk:
    return Talk(shop)


# A thing that nobody knows is not the product before


def test_a_thing_that_is_unknown_is_not_answered_as_the_product_before(talk: Talk) -> None:
    talk.turn("水壶多少钱")
    decision = talk.turn("空气炸锅孕妇能用吗")
    assert [bubble.text for bubble in decision.bubbles] == [BABY]
    assert "空气炸锅" in in_words(next(rule.reason for rule in decision.why.rules if rule.won), "zh")
    assert decision.memory.product_id is None


def test_which_product_is_asked_where_the_price_of_an_unknown_thing_is_wanted(talk: Talk) -> None:
    talk.turn(ProductCard(product_id="kettle"))
    decision = talk.turn("你们家的烤箱多少钱")
    assert isinstance(decision.act, Clarify)
    assert talk.says("咖啡机") == ["399元"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("孕妇能用吗", "水壶孕妇放心用"),
        ("我老婆孕妇能用吗", "水壶孕妇放心用"),
        ("白色的多少钱", "99元"),
        ("现在多少钱", "99元"),
        ("2个多少钱", "99元"),
        ("这个多少钱", "99元"),
        ("那咖啡机多少钱", "399元"),
    ],
)
def test_the_product_before_is_meant_where_no_other_thing_leads_the_question(talk: Talk, words: str, said: str) -> None:
    talk.turn(ProductCard(product_id="kettle"))
    assert talk.says(words) == [said]


# The same for another one


def test_what_is_about_one_product_does_not_hold_for_another(talk: Talk) -> None:
    talk.turn("水壶能上飞机吗")
    assert isinstance(talk.turn("咖啡机呢").act, HandOver)


@pytest.mark.parametrize("words", ["咖啡机呢", "那304电热水壶呢"])
def test_what_is_about_no_product_is_affirmed_of_none(talk: Talk, words: str) -> None:
    talk.turn("包邮吗")
    assert isinstance(talk.turn(words).act, HandOver)


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("几天到", "新疆呢", ARRIVES),
        ("几天到", "那上海呢", ARRIVES),
        ("发西藏要加钱吗", "青海呢", SURCHARGE),
        ("发什么快递", "那咖啡机呢", COURIER),
        ("水壶能上飞机吗", "那304电热水壶呢", PLANE),
    ],
)
def test_an_answer_that_speaks_of_what_is_named_is_said_whole(talk: Talk, first: str, then: str, said: str) -> None:
    assert talk.says(first) == [said]
    assert talk.says(then) == [said]


@pytest.mark.parametrize(
    ("first", "then"), [("水壶多少钱", "上海呢"), ("发什么快递", "水壶呢"), ("发西藏要加钱吗", "香港呢")]
)
def test_an_answer_that_does_not_speak_of_what_is_named_calls_a_person(talk: Talk, first: str, then: str) -> None:
    talk.turn(first)
    decision = talk.turn(then)
    assert isinstance(decision.act, HandOver)
    assert [bubble.kind for bubble in decision.bubbles] == ["handoff"]


@pytest.mark.parametrize("first", ["水壶多少钱", "水开了会断电吗"])
def test_a_place_that_another_entry_is_likely_about_is_asked_back_about_that(talk: Talk, first: str) -> None:
    talk.turn(first)
    decision = talk.turn("新疆呢")
    assert isinstance(decision.act, Clarify)
    assert decision.act.entries == ("surcharge",)


# What the last answer says


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("能退吗", "吊牌呢", RETURNS),
        ("能退吗", "运费谁出", RETURNS),
        ("水壶能上飞机吗", "刀头呢", PLANE),
        ("保修多久", "烤箱呢", GENERAL),
        ("能退吗", "我拆开的能退吗", OPENED),
    ],
)
def test_a_last_answer_that_speaks_of_it_is_said_whole(talk: Talk, first: str, then: str, said: str) -> None:
    talk.turn(first)
    decision = talk.turn(then)
    assert [bubble.text for bubble in decision.bubbles] == [said]
    assert isinstance(decision.act, Answer)


def test_a_question_that_is_likely_about_another_entry_is_no_part_of_the_last_answer(talk: Talk) -> None:
    talk.turn("摔坏了保修吗")
    assert DAMAGE not in talk.says("换新要几天到货")


@pytest.mark.parametrize(("first", "then"), [("包邮吗", "刀头托运呢"), ("包邮吗", "断电呢")])
def test_a_bare_thing_is_no_question_that_another_entry_asks_about_it(talk: Talk, first: str, then: str) -> None:
    talk.turn(first)
    assert not isinstance(talk.turn(then).act, Answer)


def test_nothing_that_is_said_of_parcels_holds_abroad(talk: Talk) -> None:
    assert isinstance(talk.turn("几天能到美国").act, HandOver)
    assert entries(Talk(talk.knowledge).turn("几天能到")) == ["arrival"]


def test_an_answer_is_repeated_once_only(talk: Talk) -> None:
    for words in ("能退吗", "吊牌呢"):
        talk.turn(words)
    assert RETURNS not in talk.says("那吊牌呢")


def test_the_general_answer_is_said_where_only_that_speaks_of_it(talk: Talk) -> None:
    talk.turn("水壶保修多久")
    decision = talk.turn("滤网呢")
    assert [bubble.text for bubble in decision.bubbles] == [GENERAL]
    assert decision.memory.product_id is None


@pytest.mark.parametrize("words", ["小孩呢", "破壁机呢", "3岁宝宝呢"])
def test_nothing_is_affirmed_of_what_the_answer_does_not_speak_of(talk: Talk, words: str) -> None:
    talk.turn("水壶孕妇能用吗")
    decision = talk.turn(words)
    assert not isinstance(decision.act, Answer)
    assert "都在上面" not in "".join(bubble.text for bubble in decision.bubbles)


@pytest.mark.parametrize(
    ("first", "then", "entry_id"),
    [
        ("能退吗", "包邮吗", "postage"),
        ("能退吗", "运费多少", "postage"),
        ("能退吗", "水壶质保几年", "warranty"),
        ("保修多久", "谢谢", "farewell"),
    ],
)
def test_a_question_of_its_own_is_about_its_own_entry(talk: Talk, first: str, then: str, entry_id: str) -> None:
    talk.turn(first)
    assert entries(talk.turn(then)) == [entry_id]


def test_the_whole_matter_in_other_words_is_no_part_of_the_answer(talk: Talk) -> None:
    talk.turn("能退吗")
    assert talk.says("可以退货吗") == list(talk.knowledge.say("as-said", {}))


def test_who_waits_hears_it_too(talk: Talk) -> None:
    for words in ("转人工", "能退吗"):
        talk.turn(words)
    assert talk.says("吊牌呢") == [RETURNS]


# What was told before the question


def test_what_was_told_counts_for_the_question_after_it(talk: Talk) -> None:
    told = talk.turn("拆开泡过一次茶")
    assert told.memory.told == ("拆开泡过一次茶",)
    decision = talk.turn("能退吗")
    assert [bubble.text for bubble in decision.bubbles] == [OPENED]
    assert decision.memory.told == ()


def test_what_was_told_in_the_same_breath_counts_too(talk: Talk) -> None:
    assert talk.says("拆开泡过一次茶", "能退吗") == [OPENED]


def test_what_is_asked_counts_for_more_than_what_was_told(talk: Talk) -> None:
    talk.turn("拆开泡过一次茶")
    assert talk.says("没有说明书能退吗") == ["没说明书的补一份再退。"]


def test_what_was_told_before_another_answered_question_counts_no_more(talk: Talk) -> None:
    for words in ("拆开泡过一次茶", "包邮吗"):
        talk.turn(words)
    assert talk.says("能退吗") == [RETURNS]


def test_a_warranty_is_not_promised_to_who_told_of_a_damage(talk: Talk) -> None:
    talk.turn("水壶进水了")
    assert talk.says("能换新吗") == [DAMAGE]


def test_who_told_of_a_damage_is_asked_which_of_both_he_means(talk: Talk) -> None:
    talk.turn("水壶摔坏了")
    decision = talk.turn("保修吗")
    assert isinstance(decision.act, Clarify)
    assert set(decision.act.entries) == {"warranty", "damage"}


def test_who_waits_is_promised_nothing_either(talk: Talk) -> None:
    for words in ("转人工", "水壶摔坏了"):
        talk.turn(words)
    assert entries(talk.turn("保修吗")) != ["warranty"]


@pytest.mark.parametrize(
    ("told", "asked", "entry_id"),
    [
        ("水壶摔坏了", "多少钱", "price"),
        ("水壶摔坏了", "包邮吗", "postage"),
        ("我昨天收到的水壶", "保修多久", "warranty"),
        ("水壶摔坏了", "摔坏了怎么办", "damage"),
        ("水壶摔坏了", "拆开了能退吗", "returns"),
    ],
)
def test_what_was_told_of_something_else_changes_nothing(talk: Talk, told: str, asked: str, entry_id: str) -> None:
    talk.turn(told)
    assert entries(talk.turn(asked)) == [entry_id]
