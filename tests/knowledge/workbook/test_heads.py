from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest

from knowledge.workbook.heads import Block, blocks_of, kind_of

KINDS = tomllib.loads(files("knowledge").joinpath("data", "heads.toml").read_text("utf-8"))


@pytest.mark.parametrize(("head", "kind"), [(head, kind) for kind, told in KINDS.items() for head in told["yes"]])
def test_a_head_is_known_by_its_usual_names(head: str, kind: str) -> None:
    assert kind_of(head) == kind


@pytest.mark.parametrize(("head", "kind"), [(head, kind) for kind, told in KINDS.items() for head in told["no"]])
def test_a_head_is_not_taken_for_another(head: str, kind: str) -> None:
    assert kind_of(head) != kind


def test_a_row_without_a_question_and_an_answer_is_no_row_of_heads() -> None:
    assert blocks_of({0: "问题", 1: "备注"}) == blocks_of({0: "发什么快递", 1: "怎么回答"}) == blocks_of({}) == ()


def test_several_answers_are_one_only_where_a_number_tells_them_apart() -> None:
    assert blocks_of({0: "问题", 1: "话术一", 2: "话术二"})[0].answers == (1, 2)
    assert blocks_of({0: "问题", 1: "淘宝话术", 2: "京东话术"})[0].answers == (1,)


def test_two_lists_may_stand_side_by_side() -> None:
    assert blocks_of({0: "分类", 1: "问题", 2: "答案", 4: "问题", 5: "答案", 6: "关键词"}) == (
        Block(questions=(1,), answers=(2,), keywords=(), groups=(0,)),
        Block(questions=(4,), answers=(5,), keywords=(6,), groups=(0,)),
    )
