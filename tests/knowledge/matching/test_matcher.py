from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.language.segmentation import cutter
from knowledge.matching import matcher as matching
from knowledge.matching.matcher import ANSWER_AT, KINDS, Matcher

if TYPE_CHECKING:
    from knowledge.matching.matcher import Findings

EXAMPLES = {
    "dispatch": ["什么时候发货", "今天能发货吗", "几天能发", "拍下多久发货", "怎么还不发货", "下单后多长时间寄出"],
    "postage": ["包邮吗", "运费多少", "邮费怎么算", "要出运费吗", "满多少包邮", "快递费谁出"],
    "returns": ["能退货吗", "不合适可以退吗", "怎么退货", "支持七天无理由吗", "退货流程是什么", "想退掉"],
    "invoice": ["能开发票吗", "有发票吗", "开专票行不行", "发票怎么开", "要电子发票", "发票抬头写公司"],
    "size": ["穿多大码", "尺码准吗", "160斤穿什么码", "偏大还是偏小", "身高175选哪个码", "L码是多大"],
}
PAIRS = [(entry, example) for entry, examples in EXAMPLES.items() for example in examples]


@pytest.fixture(scope="module")
def built() -> Matcher:
    return Matcher.build(PAIRS, cut=cutter(["七天无理由"]))


@pytest.fixture(scope="module")
def refined(built: Matcher) -> Matcher:
    return built.refined()


def best(findings: Findings) -> str:
    return findings.candidates[0].entry if findings.candidates else ""


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("老板啥时候能发货呀", "dispatch"),
        ("包油吗", "postage"),
        ("baoyou ma", "postage"),
        ("請問可以開發票嗎", "invoice"),
        ("你好，不喜欢能退吗？谢谢", "returns"),
        ("170斤穿啥码", "size"),
        ("邮费多少钱", "postage"),
    ],
)
def test_a_question_finds_its_entry_however_it_is_typed(
    built: Matcher, refined: Matcher, question: str, entry: str
) -> None:
    assert best(built.find(question)) == entry
    assert best(refined.find(question)) == entry


def test_findings_say_why(refined: Matcher) -> None:
    found = refined.find("亲，邮费多少钱？")
    assert found.text == "邮费多少钱"
    assert found.words == ("邮费", "多少钱")
    first = found.candidates[0]
    assert first.example in EXAMPLES["postage"]
    assert tuple(first.parts) == KINDS
    assert sum(first.parts.values()) == pytest.approx(first.score, abs=1e-4)


def test_candidates_come_best_first_and_no_more_than_asked_for(built: Matcher, refined: Matcher) -> None:
    for matcher in (built, refined):
        confidences = [each.confidence for each in matcher.find("发货运费发票").candidates]
        assert confidences == sorted(confidences, reverse=True)
        assert all(0 <= confidence <= 1 for confidence in confidences)
        assert len(matcher.find("发货运费发票", limit=2).candidates) == 2


@pytest.mark.parametrize("nothing", ["", " ", "\x00", "\ud800", "😀", "[微笑]", "？？", "123", "12.5", "😀1", "龘龘"])
def test_what_says_nothing_finds_nothing(built: Matcher, refined: Matcher, nothing: str) -> None:
    assert built.find(nothing).candidates == ()
    assert refined.find(nothing).candidates == ()


@given(st.text(max_size=40))
@settings(max_examples=60)
def test_any_text_can_be_asked(text: str) -> None:
    found = Matcher.build(PAIRS[:8]).find(text)
    assert all(0 <= each.confidence <= 1 for each in found.candidates)


def test_an_examples_own_words_are_certain(built: Matcher, refined: Matcher) -> None:
    for matcher in (built, refined):
        first, *others = matcher.find("亲，运费多少呢？").candidates
        assert (first.entry, first.confidence, first.example) == ("postage", 1.0, "运费多少")
        assert all(each.confidence == 0 for each in others)


def test_entries_that_share_an_example_share_the_certainty() -> None:
    matcher = Matcher.build([*PAIRS, ("remote", "运费多少")])
    first, second = matcher.find("运费多少").candidates[:2]
    assert {first.entry, second.entry} == {"postage", "remote"}
    assert first.confidence == second.confidence == 0.5


def test_earlier_entries_come_first_among_equals() -> None:
    matcher = Matcher.build([("later", "包邮吗亲亲"), ("sooner", "包邮么亲亲")])
    assert [each.entry for each in matcher.find("包邮的").candidates] == ["later", "sooner"]


def test_examples_of_one_entry_need_not_stand_together() -> None:
    shuffled = sorted(PAIRS, key=lambda pair: pair[1])
    matcher = Matcher.build(shuffled)
    assert best(matcher.find("邮费多少钱")) == "postage"
    assert set(matcher.entries) == set(EXAMPLES)


def test_foreign_talk_is_not_answered(refined: Matcher) -> None:
    for talk in ("今天天气怎么样", "给我讲个笑话", "晚上吃什么呢", "周杰伦有哪些歌"):
        found = refined.find(talk)
        assert not found.candidates or found.candidates[0].confidence < ANSWER_AT


def test_an_empty_knowledge_base_finds_nothing() -> None:
    matcher = Matcher.build([])
    assert matcher.find("包邮吗").candidates == ()
    assert matcher.refined() is matcher


def test_one_entry_is_too_few_to_learn_from() -> None:
    matcher = Matcher.build([("postage", "包邮吗"), ("postage", "")])
    assert matcher.refined() is matcher
    assert best(matcher.find("包邮不")) == "postage"


def test_two_entries_with_one_example_each_are_enough() -> None:
    matcher = Matcher.build([("postage", "包邮吗"), ("invoice", "有发票吗")]).refined()
    assert best(matcher.find("包邮不")) == "postage"


def test_a_knowledge_base_too_large_to_learn_from_is_used_as_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "WORK_WORTH_REFINING", 10)
    matcher = Matcher.build(PAIRS)
    assert matcher.refined() is matcher


def test_a_large_knowledge_base_is_calibrated_on_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matching, "WORK_WORTH_ALL_FOLDS", 10)
    assert best(Matcher.build(PAIRS).refined().find("170斤穿啥码")) == "size"


def test_a_large_index_finds_the_same(monkeypatch: pytest.MonkeyPatch, built: Matcher) -> None:
    monkeypatch.setattr("knowledge.matching.index.EXAMPLES_COMPARED_ONE_BY_ONE", 4)
    large = Matcher.build(PAIRS)
    for question in ("老板啥时候能发货呀", "邮费多少钱", "170斤穿啥码"):
        assert best(large.find(question)) == best(built.find(question))
    assert large.find("邮费多少钱").candidates[0].example in EXAMPLES["postage"]


def test_the_same_examples_make_the_same_matcher() -> None:
    first, second = Matcher.build(PAIRS).refined(), Matcher.build(PAIRS).refined()
    for question in ("啥时候发", "退货邮费谁出", "发票"):
        assert first.find(question) == second.find(question)


def test_what_a_matcher_was_taught_may_be_handed_from_one_process_to_another(built: Matcher, refined: Matcher) -> None:
    assert built.with_taught(refined.taught).find("退货邮费谁出") == refined.find("退货邮费谁出")


def test_many_threads_may_ask_at_once(refined: Matcher) -> None:
    expected = {question: refined.find(question) for _, question in PAIRS}
    wrong: list[str] = []

    def ask() -> None:
        wrong.extend(question for question, found in expected.items() if refined.find(question) != found)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_only_the_beginning_of_a_very_long_question_is_matched(refined: Matcher) -> None:
    assert best(refined.find("包邮吗" + "," * 400 + "发" * 5000)) == "postage"
    assert refined.find("，" * 500 + "包邮吗").candidates == ()


def test_what_lies_elsewhere_is_not_taken_for_an_entry(
    built: Matcher, refined: Matcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("knowledge.matching.out_of_scope.EXAMPLES_AN_ENTRY", 6)
    wary = built.refined()
    for question in ("今天会不会下雨", "密码忘了怎么登录"):
        wary_of, taken_for = (matcher.find(question).candidates[0] for matcher in (wary, refined))
        assert wary_of.confidence < taken_for.confidence
    assert best(wary.find("运费多少钱")) == "postage"


# Entries of all sizes

MANY = [f"{opening}{middle}" for opening in ("请问", "我想知道", "你们", "那个") for _, middle in PAIRS[:6]]
UNEVEN = [
    *(("dispatch", question) for question in dict.fromkeys(MANY)),
    ("gift", "送什么赠品"),
    ("color", "有几个颜色"),
    ("care", "能机洗吗"),
    ("stock", "还有货吗"),
]


@pytest.mark.parametrize(
    ("question", "entry"), [("你们送赠品吗", "gift"), ("请问颜色有几个", "color"), ("我想知道机洗行吗", "care")]
)
def test_an_entry_with_many_questions_swallows_none_of_those_with_one(question: str, entry: str) -> None:
    uneven = Matcher.build(UNEVEN)
    assert best(uneven.regressed().find(question)) == entry


def test_the_quick_matcher_stays_where_learning_understands_less(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Matcher.build(UNEVEN).refined().has_learned
    monkeypatch.setattr("knowledge.matching.classifier.ADVANTAGE", 60.0)  # large entries lose their own questions
    kept = Matcher.build(UNEVEN).refined()
    assert not kept.has_learned
    assert best(kept.find("你们啥时候发货")) == "dispatch"


CLAUSES = [("returns", "寄回运费由买家承担"), ("postage", "满59元包邮"), ("postage", "偏远地区除外")]


def test_a_clause_of_an_answer_speaks_for_its_entry_and_is_never_shown() -> None:
    quick = Matcher.build(PAIRS, clauses=CLAUSES)
    for matcher in (quick, quick.refined()):
        for words in ("偏远地区呢", "偏远地区除外"):
            first = matcher.find(words).candidates[0]
            assert first.entry == "postage"
            assert first.example in EXAMPLES["postage"]
            assert first.confidence < 1
    assert quick.examples == len(PAIRS)
