"""More questions for an entry with few: about the same thing, new to the manual, and as different as may be."""

from __future__ import annotations

import dataclasses

import pytest

from knowledge.base import KnowledgeBase
from knowledge.improve.suggest import Suggestion, suggest
from knowledge.intents.library import Intent, read_intents
from knowledge.language.normalisation import fold
from knowledge.manual.entry import Answer, Entry
from knowledge.manual.files import starter_manual
from knowledge.matching.matcher import ANSWER_AT

INTENTS = (
    Intent(
        id="engraving",
        title="刻字",
        questions=("能刻字吗", "可以刻字吗", "刻名字要加钱不", "杯底帮我刻个名", "刻的字会掉吗", "刻字的能退吗", "666"),
    ),
    Intent(id="engraving-time", title="刻字要多久", questions=("刻字要几天", "刻个字得等多久", "加急刻字行不行")),
    Intent(id="parking", title="停车", questions=("门口能停车吗", "有停车场没", "停车收费吗")),
    Intent(id="pickup", title="自提", questions=("能自提吗", "到店里拿行吗", "自己上门取")),
)


def entry_of(entry_id: str, title: str, *questions: str) -> Entry:
    return Entry(id=entry_id, group="test", title=title, questions=questions, answers=(Answer(bubbles=("好的。",)),))


ENGRAVE = entry_of("engrave", "刻字服务", "可以刻字吗", "能在杯子上刻名字吗", "刻字要几天")
RETURN = entry_of("engrave-return", "刻字的退不退", "刻了字能退吗", "刻字的可以退货吗", "刻字的不喜欢能退么")
VISIT = entry_of("visit", "到店自提", "到店里拿行吗", "我自己去店里取")
SHOP = (ENGRAVE, RETURN, VISIT)


def known(*entries: Entry) -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=dataclasses.replace(starter_manual(), entries=entries))


def questions(found: tuple[Suggestion, ...]) -> list[str]:
    return [each.question for each in found]


def test_suggested_is_what_is_about_the_same_and_not_yet_known() -> None:
    found = suggest(ENGRAVE, knowledge=known(*SHOP), intents=INTENTS, most=20)
    assert {each.intent.id for each in found} <= {"engraving", "engraving-time"}
    assert {"杯底帮我刻个名", "刻的字会掉吗", "加急刻字行不行"} <= set(questions(found))
    assert set(questions(found)).isdisjoint(ENGRAVE.questions)


def test_the_most_different_come_first_and_no_more_than_asked_for() -> None:
    knowledge = known(*SHOP)
    every = questions(suggest(ENGRAVE, knowledge=knowledge, intents=INTENTS, most=20))
    assert every[0] == "刻的字会掉吗"
    assert questions(suggest(ENGRAVE, knowledge=knowledge, intents=INTENTS, most=2)) == every[:2]
    assert len(every) == len(set(every))


def test_what_the_bot_answers_surely_already_is_left_out() -> None:
    knowledge = known(*SHOP)
    assert knowledge.find("刻字的能退吗").candidates[0].confidence >= ANSWER_AT
    found = suggest(ENGRAVE, knowledge=knowledge, intents=INTENTS, most=20)
    assert "刻字的能退吗" not in questions(found)
    assert all(each.confidence < ANSWER_AT for each in found)


def test_each_says_what_it_is_taken_for_today() -> None:
    found = {each.question: each for each in suggest(ENGRAVE, knowledge=known(*SHOP), intents=INTENTS, most=20)}
    assert "666" not in found  # nothing of the entry's own wording
    assert found["刻的字会掉吗"].understood == "engrave"
    assert 0 < found["刻的字会掉吗"].confidence < ANSWER_AT


def test_what_the_library_asks_of_other_goods_is_left_out() -> None:
    ripe = entry_of("ripe", "要放几天才熟", "收到就能吃吗", "要放几天才能吃", "现在熟了吗", "硬邦邦的怎么吃")
    found = questions(suggest(ripe, knowledge=known(ripe), intents=read_intents(), most=20))
    assert "没熟怎么催熟" in found
    assert {"口红夏天会化吗", "木头家具怕暖气吗", "轮胎放久了老化不"}.isdisjoint(found)


def test_nothing_is_suggested_from_another_trade() -> None:
    keep = entry_of("storage", "怎么保存", "怎么保存", "要放冰箱吗", "能放几天")
    taste = entry_of("taste", "甜不甜", "甜不甜", "酸吗", "好吃吗", "甜度多少")
    base = known(keep, taste)
    fruit = KnowledgeBase.build(revision=1, manual=dataclasses.replace(base.manual, products=()))
    found = questions(suggest(keep, knowledge=fruit, intents=read_intents(), most=40))
    assert {"没吃完怎么存", "要避光吗"} <= set(found)
    assert [
        each
        for each in found
        if any(
            word in each for word in ("茶叶", "轮胎", "帐篷", "羽绒服", "口红", "家具", "墨水", "电池", "鞋", "螃蟹")
        )
    ] == []
    assert suggest(taste, knowledge=fruit, intents=read_intents(), most=40) == ()


def test_every_wording_of_just_what_the_entry_is_about_fits_however_unlike_it_is() -> None:
    person = entry_of("person", "找人工", "人工", "转人工", "找客服")
    found = {each.question: each for each in suggest(person, knowledge=known(person), intents=read_intents(), most=20)}
    assert (found["换个懂的来"].understood, found["换个懂的来"].confidence) == (None, 0.0)


@pytest.mark.parametrize(
    "entry",
    [
        entry_of("spell", "魔法", "Ποῦ εἶναι"),
        entry_of("pickup", "自提", "能自提吗", "到店里拿行吗", "自己上门取"),
    ],
    ids=["nothing like it", "all of it known"],
)
def test_where_the_library_has_nothing_more_nothing_is_suggested(entry: Entry) -> None:
    assert suggest(entry, knowledge=known(entry), intents=INTENTS, most=20) == ()


def test_the_library_that_ships_has_more_for_an_entry_of_three_questions() -> None:
    entry = entry_of("back", "退货", "不想要了能退吗", "七天内可以退货吗", "拆封了还能退不")
    found = suggest(entry, knowledge=known(entry, *SHOP), intents=read_intents(), most=20)
    assert len({fold(each.question) for each in found}) == 20
    assert sum(each.intent.id == "return-policy" for each in found) >= 15
