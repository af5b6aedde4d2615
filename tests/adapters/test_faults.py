"""Whatever a platform refuses is told by a code that people of the shop have words for."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import adapters
from adapters.contract import FAULTS
from bot.dialogue.reasons import fault_words
from knowledge.reasons.sentences import LANGUAGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.reasons.sentences import Language

FOLDER = Path(adapters.__path__[0])
FILES = [each.relative_to(FOLDER).as_posix() for each in FOLDER.rglob("*.py") if "simulation" not in each.parts]
LEAST_CODES = 80
OUTCOMES = {"TryLater", "Refused", "Unknown", "RefusedWithCode"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_words(language: Language) -> None:
    words = fault_words(language)
    assert words.keys() == {*FAULTS}
    assert all(each.endswith(("。", ".")) for each in words.values())


@pytest.mark.parametrize("file", FILES)
def test_every_outcome_has_a_code_and_every_table_knows_its_codes(file: str) -> None:
    tree = ast.parse((FOLDER / file).read_text("utf-8"))
    assert [node.lineno for node in _outcomes(tree) if "fault" not in {each.arg for each in node.keywords}] == []
    assert {_code(value) for value in _tables(tree)} <= {*FAULTS, None}


def test_there_are_tables_to_look_at() -> None:
    trees = (ast.parse((FOLDER / file).read_text("utf-8")) for file in FILES)
    assert sum(len([*_tables(tree)]) for tree in trees) > LEAST_CODES


def _outcomes(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in OUTCOMES:
            yield node


def _tables(tree: ast.Module) -> Iterator[ast.expr]:
    """What stands in the dictionaries of a module that say what a platform's codes mean."""
    told = [node for node in tree.body if isinstance(node, ast.AnnAssign | ast.Assign)]
    for node in told:
        if any(word in ast.unparse(node) for word in ("PlatformFault", "Meaning", "Codes(", "with_refused(")):
            for each in ast.walk(node):
                yield from each.values if isinstance(each, ast.Dict) else ()


def _code(value: ast.expr) -> object:
    """What a table has for a number: the code alone, or with what an adapter needs besides."""
    first = value.elts[0] if isinstance(value, ast.Tuple) else value
    return first.value if isinstance(first, ast.Constant) else None
