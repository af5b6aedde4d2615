from __future__ import annotations

import pytest

from knowledge.language.pinyin import blurred, spelled
from knowledge.language.synonyms import class_words, meaning
from tests.cut_up import cut_up


def test_a_text_is_taken_apart_in_four_ways() -> None:
    characters, meanings, sounds, cut = cut_up("运费多少")
    assert characters == ["运", "费", "多", "少", "运费", "费多", "多少"]
    assert len(meanings) == 5
    assert sounds[:4] == ["yun ", "fei ", "duo ", "sao "]
    assert cut == ["运费", "多少"]


def test_words_of_one_class_have_one_meaning() -> None:
    assert cut_up("邮费多少")[1] == cut_up("运费多少")[1]
    assert "运费" in class_words()


def test_homophones_and_typed_pinyin_sound_the_same() -> None:
    assert cut_up("包油")[2] == cut_up("包邮")[2] == cut_up("baoyou")[2]
    assert cut_up("zhiliang")[2] == cut_up("质量")[2]


@pytest.mark.parametrize("typed", ["iphone", "xyz", "vvvv", "n" * 30, "15"])
def test_letters_that_spell_no_pinyin_stay_as_they_are(typed: str) -> None:
    assert cut_up(typed)[2] == [typed + " "]


@pytest.mark.parametrize(
    ("syllable", "heard"), [("zhang", "zan"), ("cheng", "cen"), ("shi", "si"), ("xing", "xin"), ("hong", "hong")]
)
def test_syllables_are_heard_as_careless_typists_write_them(syllable: str, heard: str) -> None:
    assert blurred(syllable) == heard


def test_punctuation_is_no_piece() -> None:
    assert cut_up("1.5米")[0] == ["1", "5", "米", "15", "5米"]
    assert cut_up("1.5米")[3] == ["1.5", "米"]


def test_pinyin_is_spelled_exactly_and_heard_roughly() -> None:
    assert spelled("正") == spelled("zheng") == ("zheng",)
    assert tuple(map(blurred, spelled("正"))) == tuple(map(blurred, spelled("zeng"))) == ("zen",)
    assert spelled("zhengpin") == ("zheng", "pin")
    assert spelled("xyz") == ()


def test_a_word_means_its_class_or_itself() -> None:
    assert meaning("运费") == meaning("邮费") != "运费"
    assert meaning("托运") == "托运"
