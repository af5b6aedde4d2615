from __future__ import annotations

import pytest

from knowledge.base import KnowledgeBase
from knowledge.language.normalisation import fold
from knowledge.language.segmentation import general_cutter
from knowledge.matching.matcher import ANSWER_AT
from knowledge.matching.spelling import Spelling
from tests.small_manual import small_manual

EXAMPLES = (
    "包邮吗",
    "新疆包邮吗",
    "什么时候发货",
    "怎么退货",
    "退货运费谁出",
    "发什么快递",
    "可以发顺丰吗",
    "是坏的",
    "打碎了",
    "有现货吗",
    "多少钱",
    "便宜点",
    "中华人民共和国中央人民政府",
    "货收到了",
    "这个时候还没到",
    "上周下的单",
    "能上楼吗",
    "可以上楼的",
    "这个能换吗",
    "坏的换吗",
    "两件不包邮",
)


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling(EXAMPLES, general_cutter())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("baoyou ma", "包邮"),
        ("bao you", "包邮"),
        ("ＢＡＯＹＯＵ", "包邮"),
        ("shenme shihou fahuo", "什么时候发货"),
        ("xinjiang baoyou ma", "新疆包邮"),
        ("退huo", "退货"),
        ("sm shihou fahuo", "什么时候发货"),
        ("by吗", "包邮"),
        ("byma", "包邮"),
        ("kd", "快递"),
        ("zhuan rengong", "转人工"),
        ("包油吗", "包邮"),
        ("什么时侯发货", "什么时候发货"),
        ("顺风可以发吗", "顺丰可以发"),
        ("神马时候发货", "什么时候发货"),
        ("有冇现货", "有没有现货"),
        ("平啲", "便宜点"),
        ("那怎么退货", "怎么退货"),
        ("新彊包邮吗", "新疆包邮"),
        ("好的那有现货吗", "有现货"),
    ],
)
def test_a_careless_spelling_becomes_the_manuals_own(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.corrected(fold(typed)) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "包邮吗",
        "是谁",
        "pro max",
        "iphone",
        "xl",
        "那个怎么退",
        "冇",
        "你好",
        "",
        "12345",
        "Ποῦ εἶναι",
        "能装油吗",
        "凉山州送吗",
        "领口勒得慌",
        "寄到滨江不",
        "三楼的师傅",
        "是的帮我看看",
        "sf0000000000001",
    ],
)
def test_what_is_no_misspelling_stays(spelling: Spelling, typed: str) -> None:
    said = fold(typed)
    assert spelling.corrected(said) == {"冇": "没有"}.get(said, said)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("zhengpin ma", "正品"),
        ("zengpin you ma", "赠品有"),
        ("zenpin ma", "zenpin ma"),  # either
        ("sunfeng", "顺丰"),  # only one sounds like it
    ],
)
def test_of_words_that_sound_alike_the_one_that_is_spelled_so_is_meant(typed: str, meant: str) -> None:
    both = Spelling(("有赠品吗", "送赠品吗", "是正品吗", "发顺丰吗"), general_cutter())
    assert both.corrected(fold(typed)) == meant


@pytest.mark.parametrize("typed", ["老婆怀了宝宝", "我怀了", "怀了能用", "货怀的"])
def test_one_syllable_is_no_misspelling(spelling: Spelling, typed: str) -> None:
    assert (
        Spelling((*EXAMPLES, "怀孕能用吗", "收到坏了", "东西坏了", "坏的"), general_cutter()).corrected(typed) == typed
    )
    assert spelling.corrected("包油") == "包邮"


def test_a_sign_without_a_known_sound_is_left_alone(spelling: Spelling) -> None:
    assert spelling.corrected("㐀油") == "㐀油"


@pytest.fixture(scope="module")
def base() -> KnowledgeBase:
    return KnowledgeBase.build(revision=1, manual=small_manual())


def test_the_base_reads_what_it_does_not_understand_in_its_own_spelling(base: KnowledgeBase) -> None:
    found = base.find("smsh fh")
    assert found.text == "什么时候发货"
    assert found.candidates[0].entry == "dispatch"
    assert found.candidates[0].confidence == 1.0


def test_a_products_name_does_not_stand_in_the_way_of_a_question(base: KnowledgeBase) -> None:
    found = base.find("这款云朵枕有什么尺码")
    assert found.candidates[0].entry == "size"
    assert found.candidates[0].confidence >= ANSWER_AT


def test_what_is_understood_as_it_stands_is_taken_as_it_stands(base: KnowledgeBase) -> None:
    assert base.find("什么时候发货").text == "什么时候发货"
    assert base.find("Ποῦ εἶναι").candidates == ()
