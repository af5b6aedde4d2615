from __future__ import annotations

import dataclasses

import pytest

from knowledge.answers.templates import say
from knowledge.answers.topics import can_ask, topics
from knowledge.manual.entry import Answer, Entry, Manual
from knowledge.manual.files import starter_manual


def _entry(group: str, title: str, question: str = "问一句", entry_id: str = "q01") -> Entry:
    return Entry(id=entry_id, group=group, title=title, questions=(question,), answers=(Answer(bubbles=("好",)),))


def test_the_starter_manual_names_what_most_buyers_ask() -> None:
    assert can_ask(starter_manual()) == "发货、快递、运费、退换都可以直接问"


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ((), "有问题可以直接问"),
        ((_entry("茶铺", "茶叶能放多久"),), "有问题可以直接问"),
        ((_entry("after-sale", "投诉", entry_id="complaint"),), "有问题可以直接问"),
        ((_entry("茶铺", "拍下以后多长时间寄出来", "几天发货"),), "发货可以直接问"),
        ((_entry("postage", "包不包邮"), _entry("茶铺", "发票怎样开")), "运费、付款都可以直接问"),
    ],
)
def test_only_what_the_manual_has_is_named(entries: tuple[Entry, ...], told: str) -> None:
    assert can_ask(Manual(entries=entries)) == told


def test_a_line_reads_well_without_a_topic() -> None:
    manual = dataclasses.replace(starter_manual(), entries=())
    assert topics(manual) == ()
    (welcome,) = say(manual, "welcome", {"shop_name": "茶铺"})
    assert welcome == "您好，欢迎来到茶铺。我是店里的自动客服小二，有问题可以直接问我。"
