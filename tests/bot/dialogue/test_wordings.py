"""Buyers' own words for what the starter manual knows: the very answer that they ask for, and not one beside it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.dialogue.acts import HandOver
from tests.talk import OPEN, Talk, entries

if TYPE_CHECKING:
    from knowledge.base import KnowledgeBase


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("能不能上你们那儿自己取货", "不能到仓库自提"),
        ("可以用公司账户付款吗", "对公转账"),
        ("前段时间买还没这么贵", "价格以商品页显示的为准"),
        ("毛衣该送的羊毛袜没收到", "送羊毛袜一双"),
        ("收纳袋没给我", "每个订单送一个棉布收纳袋"),
        ("健身流汗会不会把耳机弄坏", "IPX4"),
        ("耳机跑步会掉下来吗", "戴得稳"),
        ("我已经付过款了，什么时候发货", "已经付款的"),
        ("现在下单什么时候发货", "现在还来得及"),
        ("两个订单分两次下的能一起发吗", "一般会放进一个包裹"),
        ("两件分两处寄可以吗", "一个订单只寄一个地址"),
        ("毛衣的执行标准是什么", "我这里没有资料"),
        ("毛衣版型标准吗", "标准版型"),
        ("耳机能无线充电吗", "我这里没有资料"),
        ("耳机充电要多久", "充电约1.5小时"),
        ("毛衣身高160体重70公斤穿什么码", "建议选XL"),
        ("你多大年纪", "不是真人"),
    ],
)
def test_the_very_thing_that_is_asked_is_answered(refined: KnowledgeBase, words: str, said: str) -> None:
    assert said in "".join(Talk(refined).says(words))


@pytest.mark.parametrize(
    ("words", "said"), [("到南京后儿个能收到吗", "后天"), ("周日下单要等到周一才发货吗", "周日照常发货")]
)
def test_the_day_that_is_asked_about_is_told(refined: KnowledgeBase, words: str, said: str) -> None:
    every_day = dataclasses.replace(OPEN, days_ahead="1" * 21)
    assert said in "".join(Talk(refined, every_day).says(words))


@pytest.mark.parametrize("words", ["买两个杯子只给了一个", "下单两件就来了一件"])
def test_a_count_that_falls_short_is_a_missing_item(refined: KnowledgeBase, words: str) -> None:
    assert entries(Talk(refined).turn(words)) == ["missing-item"]


@pytest.mark.parametrize("words", ["什么时候发货 你们有高领的没", "毛衣多少钱 你们能贴现不"])
def test_a_question_is_handed_on_however_it_ends(refined: KnowledgeBase, words: str) -> None:
    decision = Talk(refined).turn(words)
    assert isinstance(decision.act, HandOver)
    assert words.split()[1] in "".join(bubble.text for bubble in decision.bubbles)


@pytest.mark.parametrize(
    ("words", "said"),
    [("燕麦色的有货吗", "羊毛圆领毛衣"), ("会掉毛吗", "毛球修剪器"), ("续航怎么样", "续航6小时"), ("保温多久", "95度")],
)
def test_a_product_that_is_the_only_one_meant_need_not_be_named(refined: KnowledgeBase, words: str, said: str) -> None:
    talk = Talk(refined)
    assert said in talk.says(words)[0]
    assert "哪一款" not in talk.says("多少钱")[0]


@pytest.mark.parametrize("words", ["防水吗", "还有货吗", "白色的有货吗", "怎么洗"])
def test_a_product_is_asked_for_where_several_may_be_meant(refined: KnowledgeBase, words: str) -> None:
    assert "哪一款" in Talk(refined).says(words)[0]


def test_a_colour_in_a_complaint_names_no_product(refined: KnowledgeBase) -> None:
    assert "有现货" not in "".join(Talk(refined).says("要墨绿给的白的"))
