"""The features of a folded text, in four ways: its characters, their meanings, their sounds, its words.

A feature is one sign or two neighbouring ones. Meanings replace every word of a synonym class by the same sign; sounds
are toneless pinyin as careless or southern typists write it, so homophones and typed pinyin meet the right characters.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from knowledge.language.pinyin import sounds
from knowledge.language.synonyms import in_meanings

if TYPE_CHECKING:
    from collections.abc import Sequence

BLOCKS = ("characters", "meanings", "sounds", "words")

_SIGN = re.compile(r"[a-z]+|\d+|[^\W\d_]", re.IGNORECASE)


def features(folded: str, words: Sequence[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """The features of a folded text that is cut into these words, a list for each of `BLOCKS`, each feature once."""
    return (
        characters(folded),
        meanings(folded),
        _with_pairs(sounds(_SIGN.findall(folded))),
        list(dict.fromkeys([word for word in words if _SIGN.match(word)])),
    )


def characters(folded: str) -> list[str]:
    """The signs of a folded text and the pairs of neighbours, each once."""
    return _with_pairs(_SIGN.findall(folded))


def meanings(folded: str) -> list[str]:
    """The same, with one sign for all words of a synonym class."""
    return characters(in_meanings(folded))


def _with_pairs(signs: list[str]) -> list[str]:
    """Each sign and each pair of neighbours once."""
    return list(dict.fromkeys(signs + [first + second for first, second in pairwise(signs)]))
