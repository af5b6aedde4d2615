"""What the starter manual's bot makes of buyers' own ways of writing, with the rules alone."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.config import Hours
from bot.dialogue.state import Memory
from bot.domain.calendar import ShopCalendar
from tests.talk import OPEN, Talk, entries

AUTUMN = datetime(2026, 9, 28, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
DAYS_AHEAD, HOLIDAYS = ShopCalendar(hours=Hours(), zone=ZoneInfo("Asia/Shanghai")).ahead(AUTUMN)
IN_AUTUMN = dataclasses.replace(OPEN, local_time=AUTUMN, days_ahead=DAYS_AHEAD, holidays=HOLIDAYS)
"""A Monday, three days before the National Day week."""


# One question, however it is written


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("baoyou ma", "free-postage"),
        ("bao you ma", "free-postage"),
        ("by吗", "free-postage"),
        ("包油吗", "free-postage"),
        ("包郵嗎", "free-postage"),
        ("包~邮~吗~~~？？？", "free-postage"),
        ("包邮吗😊😊[微笑]", "free-postage"),
        ("&nbsp;包邮吗&amp;", "free-postage"),
        ("亲亲在吗，请问一下包邮吗谢谢", "free-postage"),
        ("hello 包邮吗", "free-postage"),
        ("發什麼快遞", "courier"),
        ("shenme shihou fahuo", "dispatch-time"),
        ("什么时侯发货", "dispatch-time"),
        ("神马时候发货", "dispatch-time"),
        ("咋退货", "return-how"),
        ("怎么退貨", "return-how"),
        ("xinjiang baoyou ma", "postage-remote"),
        ("zaima", "greeting"),
    ],
)
def test_a_question_is_understood_however_it_is_written(talk: Talk, words: str, entry: str) -> None:
    assert entries(talk.turn(words)) == [entry]


# Taking something back


@pytest.mark.parametrize(
    ("first", "then", "said"),
    [
        ("什么时候发货", "不对，我是想问能开发票吗", "电子普通发票"),
        ("包邮吗", "说错了 怎么退货", "申请售后"),
        ("毛衣有货吗", "哦不，是保温杯", "500毫升保温杯"),
        ("新疆包邮吗", "不是新疆，是西藏", "西藏满199元包邮"),
        ("新疆包邮吗", "写错了 是青海", "青海满199元包邮"),
        ("毛衣多少钱", "打错了 耳机", "Pro无线降噪耳机：299元"),
    ],
)
def test_what_he_takes_back_is_not_answered_but_what_he_means_is(talk: Talk, first: str, then: str, said: str) -> None:
    talk.turn(first)
    assert said in "".join(talk.says(then))
    assert talk.conversation.mode == "bot"


def test_a_place_taken_back_is_forgotten(talk: Talk) -> None:
    talk.turn("我在新疆")
    talk.turn("不是新疆，是浙江")
    assert talk.conversation.memory.region == "浙江"


# Heights and weights


def test_the_size_is_told_from_the_chart_by_height_and_weight(talk: Talk) -> None:
    decision = talk.turn("毛衣身高165体重110穿什么码")
    assert "建议选L。尺码表：S：身高150到158厘米" in "".join(bubble.text for bubble in decision.bubbles)
    assert decision.why.named["height_cm"] == "165"
    assert decision.why.named["weight_kg"] == "55"


@pytest.mark.parametrize("fragments", [("毛衣穿什么码", "165", "110斤"), ("毛衣穿什么码", "身高165", "体重110")])
def test_the_size_is_told_from_fragments_too(talk: Talk, fragments: tuple[str, ...]) -> None:
    assert "建议选L" in talk.says(*fragments)[0]
    assert talk.conversation.mode == "bot"


def test_a_product_without_a_chart_by_height_asks_for_nothing(talk: Talk) -> None:
    assert talk.says("保温杯多大") == ["500毫升保温杯：容量500毫升，高23.5厘米，杯身直径6.8厘米，净重约290克。"]


# What a question names


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("周三能发货吗", "周三照常发货：当天下午4点前付款的当天安排"),
        ("10月8号能发货吗", "10月8号照常发货"),
        ("周四能发货吗", "周四仓库休息，不发货"),
        ("国庆发货吗", "国庆仓库休息，不发货"),
        ("周日发货吗", "周日仓库休息，不发货"),
    ],
)
def test_the_day_that_is_asked_about_is_looked_at(talk: Talk, words: str, said: str) -> None:
    talk = Talk(talk.knowledge, IN_AUTUMN)
    assert any(each.startswith(said) for each in talk.says(words))


def test_a_day_changes_nothing_about_what_is_asked(talk: Talk) -> None:
    talk = Talk(talk.knowledge, IN_AUTUMN)
    decision = talk.turn("下周一能发货吗")
    assert (decision.why.text, decision.why.named["day"]) == ("下周一能发货", "下周一")
    assert entries(decision) == ["dispatch-time"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("买50块包邮吗", "普通地区满59元包邮，50元还差9元"),
        ("100包邮吗", "普通地区满59元包邮，100元够了"),
        ("我在广东买50块包邮吗", "寄到广东满59元包邮，50元还差9元"),
        ("新疆买100块包邮吗", "寄到新疆满199元包邮，100元还差99元"),
    ],
)
def test_a_sum_changes_nothing_about_what_is_asked(talk: Talk, words: str, said: str) -> None:
    assert talk.says(words)[0].startswith(said)


@pytest.mark.parametrize(
    ("words", "entry"),
    [
        ("昌吉能不能发", "remote-areas"),
        ("延边要多久到", "delivery-time"),
        ("攀枝花运费多少钱", "postage-cost"),
        ("买10个杯子多少钱", "price-ask"),
        ("1.68m 60kg 毛衣", "size"),
    ],
)
def test_what_a_question_names_changes_nothing_about_what_is_asked(talk: Talk, words: str, entry: str) -> None:
    assert entries(talk.turn(words)) == [entry]


def test_a_place_that_the_parcel_is_stuck_in_is_not_where_it_goes(talk: Talk) -> None:
    talk.turn("快递卡在武汉三天没动了")
    assert "湖北" not in "".join(talk.says("那包邮吗"))


def test_what_was_named_counts_for_the_choice_that_is_picked(talk: Talk) -> None:
    memory = Memory(
        welcomed_on="2026-09-28",
        choice=("free-postage", "dispatch-time"),
        passing={"day": "周四", "amount_yuan": "50"},
        passing_on="2026-09-28",
    )
    talk = Talk(talk.knowledge, IN_AUTUMN)
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    assert talk.says("2")[0].startswith("周四仓库休息")
    memory = dataclasses.replace(memory, passing_on="2026-09-27")
    talk.conversation = dataclasses.replace(talk.conversation, memory=memory)
    assert "50元还差9元" in talk.says("1")[0]
    talk.conversation = dataclasses.replace(talk.conversation, memory=dataclasses.replace(memory, passing={}))
    assert "50元" not in talk.says("1")[0]
