"""The words for reasons: `reasons.zh.toml` and `reasons.en.toml` have a sentence for each code."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from knowledge.reasons import conditions
from knowledge.reasons.reason import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from knowledge.reasons.faults import Language
    from knowledge.reasons.reason import Reason

ENTRIES = frozenset({"about", "entry", "entry_before", "last"})
"""The values that are ids of entries, which people know by their titles."""
_QUOTED = {"zh": "「{}」", "en": "“{}”"}


def in_words(reason: Reason, language: Language, title_of: Callable[[str], str] | None = None) -> str:
    """The reason in that language; with `title_of`, entries are called by what it gives for their ids."""

    def name(key: str, value: str) -> str:
        return value if title_of is None or key not in ENTRIES else _QUOTED[language].format(title_of(value))

    return told(reason, sentences(language), name)


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Every code's sentence in that language: those of the rules, and those of the conditions of answers."""
    own = tomllib.loads(files("bot.dialogue").joinpath(f"reasons.{language}.toml").read_text("utf-8"))
    return {**conditions.sentences(language), **own}
