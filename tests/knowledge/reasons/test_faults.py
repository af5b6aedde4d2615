"""What can be wrong with a file or a manual is said in each language, and the languages say the same of it."""

from __future__ import annotations

import re
from string import Formatter
from typing import TYPE_CHECKING

import pytest

from knowledge.reasons.faults import fault, sentences, some
from knowledge.reasons.sentences import LANGUAGES
from tests.house.tree import ROOT, files

if TYPE_CHECKING:
    from knowledge.reasons.sentences import Language

CHINESE, ENGLISH = (sentences(language) for language in LANGUAGES)
MADE_UP = re.compile(r"^(?:code|place|topic|loss|rows_without|sheet_left)_")
"""Codes that are put together of two parts where they are used."""


def named_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_both_languages_know_the_same_faults_in_the_same_order() -> None:
    assert list(CHINESE) == list(ENGLISH)


@pytest.mark.parametrize("code", CHINESE)
def test_both_languages_name_the_same_of_a_fault(code: str) -> None:
    assert named_in(CHINESE[code]) == named_in(ENGLISH[code])
    assert CHINESE[code].strip()


def test_every_fault_that_the_program_finds_has_a_sentence_and_every_sentence_is_used() -> None:
    program = "".join(
        (ROOT / path).read_text("utf-8") for path in files() if re.match(r"(?:knowledge|bot)/.*\.py$", path)
    )
    named = set(re.findall(r'"([a-z][a-z_0-9]*)"', program))
    assert set(re.findall(r'\bfault\(\s*"(\w+)"', program)) <= CHINESE.keys()
    assert {code for code in CHINESE if code not in named and not MADE_UP.match(code)} == set()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "工作表“回答”第 3 行“开始日期”列：“明天”不是日期：要写成 2026-11-11 这样"),
        ("en", "sheet “回答” row 3 column “开始日期”: “明天” is no date: write it like 2026-11-11"),
    ],
)
def test_a_fault_is_said_with_its_place(language: Language, said: str) -> None:
    place = fault("place_sheet_row_column", sheet="回答", row=3, column="开始日期")
    assert fault("at", place=place, problem=fault("no_date", text="明天")).said(language) == said


@pytest.mark.parametrize(
    ("language", "few", "many"),
    [("zh", "1、2", "1、2、3、4、5、6、7、8 等 9 个"), ("en", "1, 2", "1, 2, 3, 4, 5, 6, 7, 8 and others, 9 in all")],
)
def test_of_many_names_the_first_are_said(language: Language, few: str, many: str) -> None:
    two, nine = (fault("keywords_left", keywords=some(range(1, count + 1))).said(language) for count in (2, 9))
    assert two.endswith(few)
    assert nine.endswith(many)


def test_braces_that_a_sentence_shows_are_no_names() -> None:
    shown = fault("variable_unknown", name="shop_nmae").said("en")
    assert shown.startswith("“{shop_nmae}” is no fact")
    assert "{name}" in fault("stray_brace", text="{").said("en")
