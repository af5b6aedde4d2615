"""A fruit shop with entries of few questions each, as its owner would write them: what is near is not the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.dialogue.acts import Answer, Clarify, HandOver, Suggest
from knowledge.manual.entry import Answer as Says
from knowledge.manual.entry import Entry, Product
from tests.talk import Talk, entries, shop_of

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase

ROWS = {
    "delivery": ("送货上门吗", "送货上门吗 怎么送货", "昆明市区（五华、盘龙）送货上门。"),
    "dispatch": ("什么时候发货", "什么时候发货 今天下单今天发吗 多久能发", "每天15:00前付款的当天发，从云南昆明发货。"),
    "postage": ("包邮吗", "包邮吗 要运费吗 满多少包邮", "除新疆、西藏外全国包邮，这几个地方每单加20元运费。"),
    "courier": ("发什么快递", "发什么快递 能发顺丰吗", "默认发中通，草莓统一发顺丰冷链。"),
    "arrive": ("几天到", "几天能到 多久到货 后天能到吗", "发出后一般2到3天到，偏远地区4到6天。"),
    "rotten": ("坏果包赔", "坏了怎么办 坏果赔吗 收到烂了几个怎么赔", "签收24小时内拍照发给我们，坏几个赔几个的钱。"),
    "gift": ("送礼包装", "有礼盒吗 可以送人吗 能写贺卡吗", "有礼盒，下单时加10元选“礼盒装”。"),
    "wax": ("打蜡和农药", "打蜡吗 有农药残留吗 洗了就能吃吗", "不打蜡，用清水冲洗就能吃。"),
    "taste": ("甜不甜", "甜不甜 酸吗 好吃吗 甜度多少", "{product}：{taste}。"),
    "ripe": ("收到能直接吃吗", "收到能直接吃吗 要放几天才能吃 是熟的吗", "{product}：{ripeness}。"),
    "pack": ("一份多少", "一箱多少个 几斤装 一份有多少", "{product}：{weight}。"),
}
OF_PRODUCTS = {"taste", "ripe", "pack"}
PRODUCTS = (
    Product(
        id="orange",
        title="赣南脐橙",
        aliases=("橙子",),
        attributes={"taste": "酸甜，甜的多", "ripeness": "收到就能吃", "weight": "一箱5斤"},
    ),
    Product(
        id="mango",
        title="贵妃芒果",
        aliases=("芒果",),
        attributes={"taste": "熟透了很甜", "ripeness": "收到放2到4天变软了再吃", "weight": "一箱12个"},
    ),
)


@pytest.fixture(scope="module", params=["quick", "refined"])
def shop(request: pytest.FixtureRequest) -> KnowledgeBase:
    own = tuple(
        Entry(
            id=name,
            group="水果",
            title=title,
            questions=tuple(questions.split()),
            answers=(Says(bubbles=(said,)),),
            needs_product=name in OF_PRODUCTS,
        )
        for name, (title, questions, said) in ROWS.items()
    )
    quick = shop_of(own, PRODUCTS)
    return quick if request.param == "quick" else quick.refined()


@pytest.fixture
def talk(shop: KnowledgeBase) -> Talk:
    return Talk(shop)


@pytest.mark.parametrize(
    "words",
    [
        *("快递到哪了", "我的包裹现在在哪", "帮我查下快递"),
        *("少发了一箱", "你们发错了"),
        *("送老人哪种好", "哪个最甜", "推荐一下"),
        *("能保证新鲜吗", "包甜吗"),
        *("能吃吗", "烂了还能吃吗", "橙子变软了还能吃吗"),
        *("新疆发货吗", "能发新疆吗", "北京能送吗", "香港能寄吗"),
    ],
)
def test_what_is_near_is_left_to_a_person(talk: Talk, words: str) -> None:
    decision = talk.turn(words)
    assert isinstance(decision.act, HandOver)
    assert [bubble.kind for bubble in decision.bubbles] == ["handoff"]


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("发什么快递", "courier"),
        ("芒果一箱多少个", "pack"),
        ("可以送人吗", "gift"),
        ("新疆包邮吗", "postage"),
        ("什么时候发货", "dispatch"),
        ("收到烂了几个怎么赔", "rotten"),
        ("洗了就能吃吗", "wax"),
    ],
)
def test_what_is_asked_itself_is_answered(talk: Talk, words: str, entry: str) -> None:
    assert entries(talk.turn(words)) == [entry]


def test_a_part_of_a_town_that_an_entry_names_is_offered_or_answered(talk: Talk) -> None:
    decision = talk.turn("昆明送吗")
    assert "delivery" in (*entries(decision), *getattr(decision.act, "entries", ()))


@pytest.mark.parametrize("before", ["葡萄烂了一半", "收到芒果还是硬的", "芒果黑了"])
def test_whether_what_arrived_so_may_be_eaten_is_not_asked_back(talk: Talk, before: str) -> None:
    talk.turn(before)
    assert not isinstance(talk.turn("能吃吗").act, Answer | Suggest | Clarify)


def test_of_the_products_that_were_named_one_is_picked_by_its_place(talk: Talk) -> None:
    (asked,) = talk.says("甜不甜")
    assert "赣南脐橙、贵妃芒果" in asked
    assert talk.says("第二个") == ["贵妃芒果：熟透了很甜。"]


def test_a_place_that_nobody_named_picks_nothing(talk: Talk) -> None:
    talk.turn("甜不甜")
    assert entries(talk.turn("第五个")) == []
