"""What is done with a likely entry, with the starter manual and the rules alone."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from bot.dialogue.acts import Answer, Clarify, HandOver, Suggest
from bot.dialogue.policy.judge import judge
from bot.dialogue.question import Judged, question_of
from bot.dialogue.responses.ask_back import clarify
from bot.dialogue.state import Memory
from knowledge.base import KnowledgeBase
from knowledge.manual.entry import Answer as Answer_
from knowledge.manual.entry import Entry, Product
from knowledge.manual.files import starter_manual
from knowledge.matching.matcher import Candidate
from knowledge.reasons.reason import Reason, because
from tests.talk import NEW, OPEN, Talk, entries, said

if TYPE_CHECKING:
    from bot.dialogue.acts import Decision
    from bot.dialogue.state import Mode


# Speaking of the very thing


def judged(base: KnowledgeBase, words: str, *likely: tuple[str, float]) -> Judged:
    """The response to a question that these entries come nearest to."""
    asked = question_of(said(base, words)[0], conversation=NEW, memory=NEW.memory, shop=OPEN)
    found = tuple(Candidate(entry=entry, confidence=at, score=0, example="", parts={}) for entry, at in likely)
    return judge(dataclasses.replace(asked, findings=dataclasses.replace(asked.findings, candidates=found)))


@pytest.mark.parametrize(
    ("words", "entry"), [("毛衣掉色吗", "material"), ("会员卡有啥用", "coupon"), ("来五十件啥价位", "discount")]
)
def test_a_likely_entry_is_answered_when_the_question_speaks_of_its_very_thing(
    base: KnowledgeBase, words: str, entry: str
) -> None:
    response = judged(base, words, (entry, 0.5), ("invoice", 0.2)).response
    assert isinstance(response.act, Answer)
    assert (response.act.entry, response.act.confidence) == (entry, 0.5)


@pytest.mark.parametrize(
    ("words", "likely"),
    [
        ("毛衣咋样", (("material", 0.5), ("invoice", 0.2))),  # speaks of nothing in particular
        ("毛衣掉色吗", (("material", 0.5), ("quality-issue", 0.4))),  # as likely something else
        ("毛衣掉色吗", (("material", 0.4), ("quality-issue", 0.1))),  # hardly likely
        ("毛衣来五件啥价位", (("price-ask", 0.5), ("invoice", 0.2))),  # too few
    ],
)
def test_a_likely_entry_is_asked_about_otherwise(
    base: KnowledgeBase, words: str, likely: tuple[tuple[str, float], ...]
) -> None:
    assert isinstance(judged(base, words, *likely).response.act, Clarify)


def test_nothing_likely_speaks_of_anything(base: KnowledgeBase) -> None:
    assert isinstance(judged(base, "毛衣掉色吗").response.act, HandOver)


# Choices


def test_a_complaint_is_never_offered_as_a_choice(talk: Talk) -> None:
    for words in ("怎么处理", "太久了吧", "你们老板是谁"):
        decision = Talk(talk.knowledge).turn(words)
        assert "complaint" not in getattr(decision.act, "entries", ())


def _offered(decision: Decision) -> tuple[str, ...]:
    return decision.act.entries if isinstance(decision.act, Clarify) else ()


def test_small_talk_is_no_choice(talk: Talk) -> None:
    for words in ("好像可以", "没事你说", "那我走", "有人知道不", "打扰你们一会", "谢你们的礼物", "我问一个事情"):
        assert not {"greeting", "farewell"} & {*_offered(Talk(talk.knowledge).turn(words))}, words


@pytest.mark.parametrize("words", ["现在有人吗", "老板好"])
def test_a_greeting_is_answered_rather_than_offered(talk: Talk, words: str) -> None:
    assert entries(talk.turn(words)) == ["greeting"]


def test_one_likely_entry_is_asked_about_and_not_padded_with_an_unlikely_one(talk: Talk) -> None:
    lone = "我刚给的钱货啥时候能走"
    offer = talk.turn(lone)
    assert isinstance(offer.act, Clarify)
    assert len(offer.act.entries) == 1
    assert "吗？" in offer.bubbles[0].text
    assert isinstance(talk.turn(lone + "呀").act, HandOver)


def test_after_two_misses_nothing_more_is_asked_back(talk: Talk) -> None:
    talk.conversation = dataclasses.replace(talk.conversation, memory=Memory(misses=2))
    decision = talk.turn("还有没有优惠")
    assert isinstance(decision.act, HandOver)
    assert because("missed", times=2) in [tried.reason for tried in decision.why.rules]


# What was answered just now


def answered(base: KnowledgeBase, last: str, words: str, *likely: tuple[str, float], mode: Mode = "bot") -> Judged:
    """The response to a question that comes nearest to these entries, after an answer of the last one."""
    talk = dataclasses.replace(NEW, mode=mode, memory=dataclasses.replace(NEW.memory, last_entry=last, asked={last: 1}))
    asked = question_of(said(base, words)[0], conversation=talk, memory=talk.memory, shop=OPEN)
    found = tuple(Candidate(entry=entry, confidence=at, score=0, example="", parts={}) for entry, at in likely)
    return judge(dataclasses.replace(asked, findings=dataclasses.replace(asked.findings, candidates=found)))


def test_what_was_answered_just_now_and_is_likely_again_goes_on(base: KnowledgeBase) -> None:
    response = answered(base, "signed-not-received", "到现在没个人影算怎么回事", ("signed-not-received", 0.5)).response
    assert isinstance(response.act, Answer)
    assert response.chosen is not None
    assert response.chosen.rule == because("asked_at_least", times=2)


@pytest.mark.parametrize(
    "likely",
    [
        [("delivery-method", 0.5)],
        [("signed-not-received", 0.5), ("delivery-method", 0.4)],
        [("delivery-method", 0.5), ("signed-not-received", 0.4)],
    ],
)
def test_what_may_be_about_something_else_is_asked_back(base: KnowledgeBase, likely: list[tuple[str, float]]) -> None:
    response = answered(base, "signed-not-received", "驿站我都问过了吗这算", *likely).response
    assert isinstance(response.act, Clarify)


# What is very likely is answered in the same breath


def test_what_is_very_likely_is_answered_with_the_question_whether_it_is_meant(base: KnowledgeBase) -> None:
    refined = base.with_matcher(base.matcher)
    response = answered(refined, "human", "票据那边是咋个弄法的", ("invoice", 0.75), ("gift", 0.1)).response
    assert response.act == Suggest(entries=("invoice",), confidence=0.75)
    assert response.bubbles[0].text.startswith("您是想问“开发票”吧？可以开")
    assert (response.memory.choice, response.memory.last_entry) == (("invoice",), "invoice")


@pytest.mark.parametrize(
    "likely",
    [
        [("invoice", 0.71)],
        [("invoice", 0.73), ("gift", 0.27)],
        [("gift", 0.8)],
        [("complaint", 0.8)],
        [("human", 0.8)],
    ],
    ids=["less likely", "another is likely too", "answered last", "never offered", "for a person"],
)
def test_what_is_less_likely_or_no_plain_answer_is_not_answered_before_it_is_meant(
    base: KnowledgeBase, likely: list[tuple[str, float]]
) -> None:
    refined = base.with_matcher(base.matcher)
    assert answered(refined, "gift", "那边是咋个弄法的", *likely).tried[-1].rule != "suggest"


def test_the_quick_matcher_asks_before_it_answers(base: KnowledgeBase) -> None:
    assert answered(base, "human", "票据那边是咋个弄法的", ("invoice", 0.75)).tried[-1].rule == "clarify"


# What leads while a person is awaited


def test_who_waits_hears_what_leads_clearly(base: KnowledgeBase) -> None:
    refined = base.with_matcher(base.matcher)
    words = "另外还有啥可以便宜一些的吗"
    for knowledge, act in ((refined, Suggest), (base, HandOver)):
        assert isinstance(answered(knowledge, "human", words, ("gift", 0.8), mode="waiting").response.act, act)
    assert isinstance(answered(refined, "human", words, ("gift", 0.73), mode="waiting").response.act, Suggest)
    for likely in ([("gift", 0.7)], [("gift", 0.8), ("stock", 0.4)], [("complaint", 0.59)], []):
        assert not isinstance(answered(refined, "human", words, *likely, mode="waiting").response.act, Answer | Clarify)


def test_another_choice_is_no_misunderstood_one(base: KnowledgeBase) -> None:
    memory = dataclasses.replace(NEW.memory, choice=("stock", "gift"))
    asked = question_of(said(base, "那样行吗")[0], conversation=NEW, memory=memory, shop=OPEN)
    for entries_offered, way_out in ((("size", "gift"), "choice"), (("stock", "gift"), "choice-unclear")):
        told = clarify(asked, entries_offered, confidence=0.5, reason=because("very_likely")).bubbles[-1].text
        assert told == base.say(way_out, {"numbers": "1或2", "choices": ""})[-1]


def test_what_hands_over_is_offered_in_no_choice_whatever_its_id(base: KnowledgeBase) -> None:
    entries_ = tuple(
        dataclasses.replace(each, id=f"my-{each.id}" if each.hands_over else each.id) for each in base.manual.entries
    )
    knowledge = KnowledgeBase.build(revision=1, manual=dataclasses.replace(base.manual, entries=entries_))
    for words in ("人工上蜡的吗", "不要人工合成的"):
        assert knowledge.find(words).candidates[0].entry == "my-human"
        assert isinstance(Talk(knowledge).turn(words).act, HandOver)


# What has only the frame of the question in common with it

BOARDING = Entry(
    id="boarding",
    group="test",
    title="能上飞机吗",
    questions=("能带上飞机吗", "可以过安检吗", "多少瓦时"),
    answers=(Answer_(bubbles=("能带上飞机，要随身带，不能托运。",)),),
)
CASES = dataclasses.replace(
    BOARDING,
    id="cases",
    title="箱子的大小",
    questions=("箱子多大", "轮子是静音的吗", "有没有行李带"),
    answers=(Answer_(bubbles=("20寸，轮子可以拆。",)),),
)
LOCKS = dataclasses.replace(
    CASES,
    id="locks",
    title="锁",
    questions=("锁怎么用", "忘了密码怎么办"),
    answers=(Answer_(bubbles=("轮子上没锁。",)),),
)


WEIGHT = dataclasses.replace(
    CASES,
    id="weight",
    title="重量",
    questions=("重不重", "几斤"),
    answers=(Answer_(bubbles=("{weight}",)),),
    needs_product=True,
)
MODELS = tuple(Product(id=name, title=name, attributes={"weight": "3公斤"}) for name in ("登机箱", "旅行包"))


@pytest.fixture(scope="module")
def cases() -> KnowledgeBase:
    manual = dataclasses.replace(starter_manual(), entries=(BOARDING, CASES, LOCKS, WEIGHT), products=MODELS)
    built = KnowledgeBase.build(revision=1, manual=manual)
    return built.with_matcher(built.matcher)


def last_tried(judged_: Judged) -> tuple[str, Reason]:
    tried = judged_.tried[-1]
    return tried.rule, tried.reason


@pytest.mark.parametrize("words", ["房贷利率多少", "可以玩吗", "有没有u盘"])
def test_what_shares_only_a_frame_with_an_entry_is_not_offered(cases: KnowledgeBase, words: str) -> None:
    for entry in ("boarding", "cases"):
        asked = judged(cases, words, (entry, 0.54))
        assert isinstance(asked.response.act, HandOver)
        reason = because("only_frame_in_common", entry=entry, confidence="0.54")
        assert reason in [tried.reason for tried in asked.tried]


@pytest.mark.parametrize(
    ("words", "entry"), [("几寸的飞机能带", "boarding"), ("这箱多高", "cases"), ("锁坏了", "locks")]
)
def test_what_shares_a_subject_with_an_entry_is_offered(cases: KnowledgeBase, words: str, entry: str) -> None:
    response = judged(cases, words, (entry, 0.58)).response
    assert isinstance(response.act, Clarify)
    assert response.act.entries == (entry,)


def test_what_shares_only_a_frame_is_asked_about_where_it_would_be_suggested(cases: KnowledgeBase) -> None:
    assert last_tried(judged(cases, "房贷利率多少", ("boarding", 0.8)))[0] == "clarify"
    assert last_tried(judged(cases, "几寸的飞机能带", ("boarding", 0.8)))[0] == "suggest"


def test_what_needs_a_product_first_is_not_suggested(cases: KnowledgeBase) -> None:
    asked = judged(cases, "重量是咋样的", ("weight", 0.8))
    assert because("needs_more_than_answer", entry="weight") in [tried.reason for tried in asked.tried]


def test_an_entry_is_offered_on_a_models_word(cases: KnowledgeBase) -> None:
    asked = judged(cases, "房贷利率多少", ("boarding", 0.58)).question
    meant = dataclasses.replace(asked.findings.candidates[0], parts={"semantic": 0.3})
    findings = dataclasses.replace(asked.findings, candidates=(meant,))
    assert isinstance(judge(dataclasses.replace(asked, findings=findings)).response.act, Clarify)


# Entries with few questions


@pytest.mark.parametrize("at", [0.5, 0.6, 0.8])
def test_an_entry_with_few_questions_is_suggested_at_less(cases: KnowledgeBase, at: float) -> None:
    asked = judged(cases, "几寸的飞机能带", ("boarding", at), ("cases", at * 0.39))
    assert asked.response.act == Suggest(entries=("boarding",), confidence=at)
    assert asked.response.bubbles[0].text.startswith("您是想问“能上飞机吗”吧？能带上飞机")


@pytest.mark.parametrize(
    "likely",
    [[("boarding", 0.49)], [("boarding", 0.12)], [("boarding", 0.55), ("cases", 0.23)]],
    ids=["no likelier than not", "hardly likely", "another is near"],
)
def test_it_is_asked_about_at_less_too(cases: KnowledgeBase, likely: list[tuple[str, float]]) -> None:
    assert isinstance(judged(cases, "几寸的飞机能带", *likely).response.act, Clarify)


def test_unlikely_ones_are_offered_beside_it(cases: KnowledgeBase) -> None:
    asked = judged(cases, "几寸的飞机能带", ("boarding", 0.3), ("cases", 0.04), ("locks", 0.02))
    assert asked.response.act == Clarify(entries=("boarding", "cases"), confidence=0.3)


def test_what_is_offered_first_need_not_share_the_subject_where_another_does(cases: KnowledgeBase) -> None:
    asked = judged(cases, "锁坏了", ("boarding", 0.3), ("locks", 0.2))
    assert asked.response.act == Clarify(entries=("boarding", "locks"), confidence=0.3)


def test_a_question_is_about_what_only_the_answer_names(cases: KnowledgeBase) -> None:
    assert isinstance(judged(cases, "能托运不", ("boarding", 0.5)).response.act, Suggest)


def test_the_quick_matcher_suggests_nothing(cases: KnowledgeBase) -> None:
    quick = KnowledgeBase.build(revision=1, manual=cases.manual)
    assert isinstance(judged(quick, "能托运不", ("boarding", 0.5)).response.act, Clarify)


# Alike by nothing but a product's name


@pytest.mark.parametrize(
    ("words", "answered"),
    [("羽绒服能水洗吗", []), ("羽绒服起球吗", []), ("羽绒服充绒量多少", ["filling"]), ("羽绒服是什么绒", ["filling"])],
)
def test_a_question_that_has_only_the_products_name_in_common_is_not_answered(words: str, answered: list[str]) -> None:
    def known(name: str, asked: str, said: str) -> Entry:
        return Entry(
            id=name, group="店", title=name, questions=tuple(asked.split()), answers=(Answer_(bubbles=(said,)),)
        )

    starter = starter_manual()
    manual = dataclasses.replace(
        starter,
        entries=(
            known("filling", "什么面料 什么材质 羽绒服充绒量多少", "{product}：90%白鸭绒。"),
            known("price", "多少钱 怎么卖", "{product}：399元。"),
            known("postage", "包邮吗 要运费吗", "全场包邮。"),
        ),
        products=(Product(id="down", title="轻薄羽绒服", aliases=("羽绒服",)),),
    )
    assert entries(Talk(KnowledgeBase.build(revision=1, manual=manual)).turn(words)) == answered
