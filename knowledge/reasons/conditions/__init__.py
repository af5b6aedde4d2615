"""What each condition of an answer is called, in a file of its own: its sentences, and its columns in a workbook.

[columns.FIELD]   of each field of `When`: its `title`, its `width_characters`, and what its `states_are`
[zh], [en]        a sentence for each code: the condition, why it does not hold, and its states
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from knowledge.reasons.sentences import Language


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Every code's words in that language."""
    return {code: words for book in _books() for code, words in book[language].items()}


@cache
def columns() -> Mapping[str, Mapping[str, Any]]:
    """The column of each field."""
    return {field: column for book in _books() for field, column in book.get("columns", {}).items()}


def states_are(language: Language) -> Mapping[str, str]:
    """What the states of each field are called as a whole."""
    return {field: column["states_are"][language] for field, column in columns().items() if "states_are" in column}


@cache
def _books() -> tuple[Mapping[str, Any], ...]:
    folder = sorted(files("knowledge.reasons.conditions").iterdir(), key=lambda each: each.name)
    return tuple(tomllib.loads(file.read_text("utf-8")) for file in folder if file.name.endswith(".toml"))
