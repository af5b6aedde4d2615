"""Words that mean the same to a shop (`synonyms.txt`): each class is one sign."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from knowledge.language.lines import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_FIRST_CLASS_SIGN = 0xA000  # Yi script: letters that no buyer of a Chinese shop types


class _Synonyms(NamedTuple):
    meaning_of: dict[str, str]
    meaningful: re.Pattern[str]


@lru_cache(maxsize=1)
def _synonyms() -> _Synonyms:
    meaning_of: dict[str, str] = {}
    for number, line in enumerate(lines_of("synonyms.txt")):
        meaning_of.update((word, chr(_FIRST_CLASS_SIGN + number)) for word in line.split())
    return _Synonyms(meaning_of, _either(meaning_of))


def _either(choices: Iterable[str]) -> re.Pattern[str]:
    """The longest of these words, wherever one begins; told apart by their first characters, which is much faster."""
    rests: dict[str, list[str]] = defaultdict(list)
    for word in sorted(choices, key=lambda word: (-len(word), word)):
        rests[re.escape(word[0])].append(re.escape(word[1:]))
    return re.compile("|".join(f"{first}(?:{'|'.join(each)})" for first, each in rests.items()))


def class_words() -> tuple[str, ...]:
    """Every word that stands in a synonym class: worth knowing as a word when a sentence is cut."""
    return tuple(_synonyms().meaning_of)


def meaning(word: str) -> str:
    """The sign of the class that a word stands in; the word itself when it is in none."""
    return _synonyms().meaning_of.get(word, word)


def in_meanings(folded: str) -> str:
    """A folded text with one sign for all words of a class."""
    synonyms = _synonyms()
    return synonyms.meaningful.sub(lambda found: synonyms.meaning_of[found[0]], folded)
