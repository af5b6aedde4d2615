"""Every reason that the program can give has words in both languages, and every sentence is some reason's."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import bot
import knowledge
from adapters.contract import FAULTS
from bot.dialogue.reasons import in_words, sentences
from knowledge.answers.conditions import CONDITIONS
from knowledge.manual.entry import DAY_STATES
from knowledge.reasons.reason import BETWEEN_REASONS, BETWEEN_VALUES, Reason, because

VALUE = re.compile(r"\{(\w+)\}")
HAN = re.compile(r"[\u4e00-\u9fff]")
STATES = {
    *(cell.states.code(name) for condition in CONDITIONS for cell in condition.cells for name in cell.states.names),
    *(f"named_day_{each}" for each in (*DAY_STATES, "unknown")),
    "arrival_unknown",
}


def _given() -> dict[str, set[str]]:
    """Each code that the source gives → the values that it gives with it."""
    found: dict[str, set[str]] = {}
    for package in (bot, knowledge):
        for file in Path(package.__path__[0]).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "because":
                    for code in _codes(node.args[0]):
                        found.setdefault(code, set()).update(str(each.arg) for each in node.keywords)
    return found


def _codes(node: ast.expr) -> list[str]:
    return [each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)]


def test_every_reason_has_words_and_all_words_are_for_one() -> None:
    given = _given().keys() | STATES | {*FAULTS, BETWEEN_REASONS, BETWEEN_VALUES}

    assert sentences("zh").keys() - given == set()
    whole = {code for code in _given() if not code.endswith("_") and " " not in code}
    assert whole - sentences("zh").keys() == {"unknown"}
    assert sentences("zh").keys() >= STATES | {*FAULTS}


def test_both_languages_name_the_same_values_which_are_given() -> None:
    given = _given()
    for code, words in sentences("zh").items():
        named = set(VALUE.findall(words))
        assert named == set(VALUE.findall(sentences("en")[code])), code
        assert named <= given.get(code, named), code
        assert not HAN.search(sentences("en")[code]), code


def test_a_reason_is_told_with_what_comes_to_it_and_with_titles() -> None:
    reason = because("sure", entry="postage").and_also(because("waits_at_place", place=3))

    assert in_words(reason, "zh", {"postage": "运费"}.__getitem__) == "「运费」肯定对得上；已经在等人工，排第 3 位"
    assert in_words(reason, "en") == "postage fits for sure; already waits for a person at place 3"
    assert Reason.from_plain(reason.to_plain()) == reason
