"""All that the shop knows, ready to be asked: what an entry is called counts where it has few questions."""

from __future__ import annotations

import dataclasses

import pytest

from knowledge.base import EFFORT_A_QUESTION, KnowledgeBase
from knowledge.manual.entry import MANY_QUESTIONS, Answer, Entry, Product
from knowledge.manual.files import starter_manual


def _entry(entry_id: str, title: str, *questions: str) -> Entry:
    return Entry(id=entry_id, group="fruit", title=title, questions=questions, answers=(Answer(bubbles=("好的。",)),))


def _base(*entries: Entry) -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=dataclasses.replace(starter_manual(), entries=entries))


def _sure_of(base: KnowledgeBase, words: str) -> list[str]:
    return [each.entry for each in base.find(words).candidates if each.confidence == 1]


TASTE = _entry("taste", "甜不甜、口感", "是酸的还是甜的", "吃起来怎么样")
STORING = _entry("storing", "怎么保存", "要放冰箱吗", "常温能放几天")


def test_each_part_of_a_title_is_a_question_too() -> None:
    base = _base(TASTE, STORING)
    assert _sure_of(base, "口感") == _sure_of(base, "甜不甜") == ["taste"]
    assert _sure_of(base, "怎么保存") == ["storing"]


def test_what_two_entries_are_called_tells_nothing() -> None:
    other = _entry("ripe", "熟没熟、口感", "硬的要放几天")
    assert _sure_of(_base(TASTE, other), "口感") == []
    asked = _entry("ripe", "熟没熟", "口感", "硬的要放几天")
    assert _sure_of(_base(TASTE, asked), "口感") == ["ripe"]


def test_many_questions_say_all_that_a_title_could() -> None:
    questions = (f"第{number}种问法" for number in range(MANY_QUESTIONS))
    assert _sure_of(_base(_entry("taste", "口感", *questions), STORING), "口感") == []


# What a question is about


def test_a_question_shares_the_subject_of_an_entry_or_only_a_frame() -> None:
    base = _base(_entry("size", "容量、几毫升", "多少毫升", "有没有大瓶"), STORING)
    assert base.shares_subject("一瓶容量多少", "size")
    assert base.shares_subject("毫升数写哪了", "size")
    assert not base.shares_subject("房贷利率多少", "size")
    assert not base.shares_subject("有没有u盘", "size")
    assert not base.shares_subject("一瓶容量多少", "storing")


# What its answers say


BOARDING = dataclasses.replace(
    _entry("boarding", "带上飞机", "能上飞机吗"), answers=(Answer(bubbles=("可以随身带，不能托运。",)),)
)


def test_an_entry_is_found_by_what_its_answer_says_and_shown_by_its_own_question() -> None:
    first = _base(STORING, BOARDING).find("能不能托运").candidates[0]
    assert (first.entry, first.example) == ("boarding", "能上飞机吗")


def test_a_clause_of_an_answer_is_no_question_that_is_asked_word_for_word() -> None:
    first = _base(STORING, BOARDING).find("不能托运").candidates[0]
    assert first.entry == "boarding"
    assert first.confidence < 1


def test_a_question_shares_a_subject_that_only_the_answer_names() -> None:
    assert _base(STORING, BOARDING).shares_subject("想托运", "boarding")


def test_the_answers_of_an_entry_with_many_questions_are_not_read() -> None:
    many = dataclasses.replace(BOARDING, questions=tuple(f"第{number}问" for number in range(MANY_QUESTIONS)))
    assert not _base(STORING, many).shares_subject("想托运", "boarding")
    assert _sure_of(_base(STORING, many), "不能托运") == []


# What something costs

PRICE = _entry("price", "价格", "多少钱", "怎么卖")
POWER = _entry("power", "功率", "多少瓦", "功率是多少", "多少伏的")
SOAP = Product(id="soap", title="香皂")


@pytest.fixture(scope="module")
def priced() -> KnowledgeBase:
    manual = dataclasses.replace(starter_manual(), entries=(PRICE, POWER, STORING), products=(SOAP,))
    return KnowledgeBase.build(revision=1, manual=manual)


@pytest.mark.parametrize(
    "words",
    [
        "香皂多少",
        "香皂是多少啊",
        "香皂几块",
        "香皂几块钱呀",
        "香皂多钱",
        "香皂几钱",
        "拿两块香皂什么价",
        "香皂几块一个",
    ],
)
def test_a_price_is_asked_for_in_many_words(priced: KnowledgeBase, words: str) -> None:
    found = priced.find(words)
    assert "多少钱" in found.text
    assert found.candidates[0].entry == "price"


@pytest.mark.parametrize("words", ["功率多少", "香皂有多少", "花了这么多钱", "分几块装", "多少", "电压多少"])
def test_what_asks_for_no_price_is_read_as_it_stands(priced: KnowledgeBase, words: str) -> None:
    assert priced.find(words).text == words


def test_within_an_effort_nothing_more_is_found_once_it_is_spent_and_what_was_asked_stays_known() -> None:
    base = _base(TASTE, STORING)
    bounded = base.within(EFFORT_A_QUESTION + 1)

    assert _sure_of(bounded, "口感") == ["taste"]
    assert _sure_of(bounded, "怎么保存") == []
    assert _sure_of(bounded, "口感") == ["taste"]
    assert _sure_of(base, "怎么保存") == _sure_of(base.within(EFFORT_A_QUESTION), "怎么保存") == ["storing"]
