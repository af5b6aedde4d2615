from __future__ import annotations

import pytest

from knowledge.entities.dates import on_usual_days
from knowledge.entities.extract import notice


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("明天能到吗", "明天"),
        ("大后天", "大后天"),
        ("后天之前能发吗", "后天前"),
        ("礼拜五之前要", "周五前"),
        ("下星期天发", "下周日"),
        ("这周能发吗", "这周"),
        ("下个月还有吗", "下个月"),
        ("月底发?", "月底"),
        ("年前能到吗", "年前"),
        ("三年前买的", None),
        ("双11有活动吗", "双十一"),
        ("双12", "双十二"),
        ("618便宜吗", "618"),
        ("618元", None),
        ("国庆发货吗", "国庆"),
        ("五一前能到吗", "五一前"),
        ("寄五一路", None),
        ("十一放假吗", "十一"),
        ("11月11日以前", "11月11日前"),
        ("25号能到吗", "25号"),
        ("42号有吗", None),
        ("寄到长江路18号能到吗", None),
        ("48号能发吗", None),
        ("31号能发吗", "31号"),
        ("今天下单明天到吗", "明天"),
        ("今天拍今天发吗", "今天"),
        ("周末下单哪天发", None),
        ("急用,后天能到杭州吗", "后天"),
        ("节前能收到吗", "节前"),
        ("季节前的款", None),
        ("这个月底前能到吗", "这个月底前"),
        ("下月底能发吗", "下月底"),
        ("双十一之前到得了吗", "双十一前"),
        ("周五前后能到吗", "周五"),
        ("周五前台有人吗", "周五"),
        ("七夕能到吗", "七夕"),
        ("重阳节前能到吗", "重阳节前"),
        ("感恩节有活动吗", "感恩节"),
        ("腊八节能到吗", "腊八节"),
        ("腊八粥怎么煮", None),
        ("小年前到得了吗", "小年前"),
        ("大小年都能吃吗", None),
        ("平安夜能收到吗", "平安夜"),
        ("明儿能寄到不", "明天"),
        ("后儿个前要用", "后天前"),
        ("大后儿赶得上吗", "大后天"),
        ("今儿还发不", "今天"),
        ("前儿个买的今儿能走不", "今天"),
        ("以后儿子穿", None),
        ("说明儿童也能用", None),
        ("儿童节前能到吗", "儿童节前"),
        ("周日下单得等到周二才发吗", None),
        ("要等到周二吗", "周二"),
        ("双休日发货吗", "周末"),
        ("双休拍的周一能发吗", "周一"),
        ("一周一次", None),
        ("多久到", None),
    ],
)
def test_a_day_stays_in_words_one_wording_for_each(text: str, day: str | None) -> None:
    assert notice(text, products=()).day == day


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("周末下单哪天发", (None, "周末")),
        ("今天下单明天到吗", ("明天", "今天")),
        ("我昨天买的周五能到吗", ("周五", "昨天")),
        ("今天拍今天发吗", ("今天", "今天")),
        ("明天发周五能到吗", ("周五", "明天")),
        ("明天发货的话周五前到得了不", ("周五前", "明天")),
        ("明天能到吗", ("明天", None)),
        ("周六发还是周日发", ("周六", None)),
        ("今天买明天发周五收得到吗", ("周五", "今天")),
    ],
)
def test_the_day_that_is_asked_about_and_the_one_of_ordering_are_told_apart(
    text: str, days: tuple[str | None, str | None]
) -> None:
    named = notice(text, products=())
    assert (named.day, named.paid_on) == days


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("周四能发货", "明天能发货"),
        ("今天下单双十二能发", "今天下单明天能发"),
        ("周末下单能发", "明天下单能发"),
        ("周六下单下周三前能到", "今天下单明天能到"),
        ("能发货", "能发货"),
    ],
)
def test_the_same_question_may_be_asked_of_another_day(text: str, other: str) -> None:
    assert on_usual_days(text, asked="明天", paid="今天") == other
