"""The words for reasons: `reasons.*.toml` have a sentence for each code, `faults.*.toml` for what keeps a send."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from knowledge.reasons import conditions
from knowledge.reasons.reason import told
from knowledge.reasons.sentences import sentences_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from knowledge.reasons.reason import Reason
    from knowledge.reasons.sentences import Language

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
    """Every code's sentence in that language: those of the rules, of the conditions of answers, and of sends."""
    rules = sentences_of("bot.dialogue", "reasons", language)
    return {**conditions.sentences(language), **rules, **fault_words(language)}


def fault_words(language: Language) -> Mapping[str, str]:
    """What keeps a message from arriving, and what to do next: a sentence for each `Fault`."""
    return sentences_of("bot.dialogue", "faults", language)
