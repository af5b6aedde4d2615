from __future__ import annotations

from decimal import Decimal

import pytest

from knowledge.entities.extract import notice
from knowledge.entities.money import without_sums


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("199元包邮吗", "199"),
        ("19.9元", "19.9"),
        ("¥58 可以吗", "58"),
        ("￥58.5吧", "58.5"),
        ("二十块行不行", "20"),
        ("三百二十元", "320"),
        ("三百二块钱", "320"),
        ("19块9卖吗", "19.9"),
        ("十块五毛", "10.5"),
        ("20块3件", "20"),
        ("满199减多少", "199"),
        ("没凑够99可以包邮吗", "99"),
        ("预算两百左右", "200"),
        ("1.2万元的货", "12000"),
        ("1千块", "1000"),
        ("100多块吧", "100"),
        ("100rmb", "100"),
        ("99包邮吗", "99"),
        ("200以内的有吗", "200"),
        ("满2件打折吗", None),
        ("超过48小时了", None),
        ("第2元", None),
        ("几百块", None),
        ("还差5块包邮", None),
        ("运费8元太贵", None),
        ("三四百块", None),
        ("和毛巾一块发吗", None),
        ("一块钱也不少?", "1"),
        ("买两块送什么", None),
        ("便宜点", None),
        ("满99包邮，我凑了95.5可以吗", "95.5"),
        ("满49包邮的话60块够吗", "60"),
        ("99包邮吗，我拍了88", "88"),
        ("满199减20元吗", "199"),
        ("19块9包邮吗", "19.9"),
        ("满59包邮我买3件", "59"),
        ("满59包邮，我买了38码", "59"),
        ("我买35码合适吗", None),
        ("1.包邮吗 2.几天到", None),
    ],
)
def test_a_sum_is_read_in_yuan(text: str, yuan: str | None) -> None:
    assert notice(text, products=()).amount_yuan == (None if yuan is None else Decimal(yuan))


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("我要3件", 3),
        ("两个包邮吗", 2),
        ("十二双有货吗", 12),
        ("来俩", 2),
        ("买两块送什么", 2),
        ("拍了一百个", 100),
        ("一包包邮吗", 1),
        ("给我们俩发", None),
        ("一件代发吗", None),
        ("第二件半价吗", None),
        ("十几件", None),
        ("两三件", None),
        ("要三个月才到吗", None),
        ("有两个颜色吗", None),
        ("1.5个", None),
        ("另一个呢", None),
        ("二十块", None),
        ("买一块钱的", None),
        ("和毛巾一块发吗", None),
        ("12个装的有吗", None),
        ("三条装怎么卖", None),
        ("装3个", 3),
    ],
)
def test_a_number_of_things_is_read(text: str, quantity: int | None) -> None:
    assert notice(text, products=()).quantity == quantity


@pytest.mark.parametrize(
    ("text", "without"),
    [
        ("我买50块包邮", "包邮"),
        ("100包邮", "包邮"),
        ("满99.5元包邮", "包邮"),
        ("我在广东买50块钱的东西包邮", "我在广东包邮"),
        ("二十块行不行", "行不行"),
        ("十块五毛包邮", "包邮"),
        ("满49包邮我买45.5行不", "包邮行不"),
        ("我买2件一共58元包邮", "我买2件包邮"),
        ("58包邮", "包邮"),
        ("58可以", "可以"),
    ],
)
def test_a_question_may_be_read_without_its_sum(text: str, without: str) -> None:
    assert without_sums(text) == without
