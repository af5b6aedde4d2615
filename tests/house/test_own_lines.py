"""Each line that a manual must have is said by the bot somewhere: staff edit no sentence that nobody hears."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, TypeGuard

from knowledge.lint.whole_manual import LINES
from tests.house.tree import python_files, texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

LINE_PARAMETERS = {"line", "line_id", "first"}
"""How a function that says a line calls the line's id."""


def said_lines(*sources: str) -> set[str]:
    """The texts that modules hand to a parameter for a line's id, or keep in a variable of that name."""
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    functions = {each.name: [parameter.arg for parameter in each.args.args] for each in nodes if _is_function(each)}
    return {
        constant.value
        for node in nodes
        for value in _line_values(node, functions)
        for constant in ast.walk(value)
        if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
    }


def _is_function(node: ast.AST) -> TypeGuard[ast.FunctionDef]:
    """A method is called with its first parameter already given; the only one of ours that matters is `say`."""
    return isinstance(node, ast.FunctionDef) and [each.arg for each in node.args.args][:1] != ["self"]


def _line_values(node: ast.AST, functions: Mapping[str, Sequence[str]]) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign) and any(isinstance(to, ast.Name) and to.id == "line" for to in node.targets):
        yield node.value
    elif isinstance(node, ast.Call):
        yield from (keyword.value for keyword in node.keywords if keyword.arg in LINE_PARAMETERS)
        yield from _positional(node, functions)


def _positional(call: ast.Call, functions: Mapping[str, Sequence[str]]) -> Iterator[ast.expr]:
    if isinstance(call.func, ast.Attribute):
        yield from call.args[:1] if call.func.attr == "say" else ()  # KnowledgeBase.say(line_id, values)
    elif isinstance(call.func, ast.Name):
        names = functions.get(call.func.id, ())
        yield from (value for name, value in zip(names, call.args, strict=False) if name in LINE_PARAMETERS)


def test_every_line_of_the_manual_is_said_somewhere() -> None:
    said = said_lines(*(texts()[path] for path in [*python_files("bot/"), "knowledge/answers/templates.py"]))
    assert [line for line in LINES if line not in said] == []


def test_what_counts_as_saying_a_line() -> None:
    speaking = """
def speak(kind, line, *, first=()): ...
"""
    spoken = """
speak("answer", "welcome", first=("sorry", "later"))
line = "good" if kind else "bad"
knowledge.say("holding", {"name": "value"})
away = "away"
"""
    assert said_lines(speaking, spoken) == {"welcome", "sorry", "later", "good", "bad", "holding"}
