"""How messages are found by words: Chinese by pairs of characters, everything else by whole words and numbers.

A pair is the shortest word that anybody looks for, and a longer one is found by all its pairs. A number is found whole
or by its last digits, as people read them off an order.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from knowledge.language.normalisation import same_letters

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_INDEXED = 500
LAST_DIGITS = (4, 6)
OF_NAMES = "n"
"""What a word begins with that stands in a buyer's name rather than in a message."""
_HAN = re.compile(r"[\u3400-\u9fff]+")
_WORD = re.compile(r"[a-z0-9]+")
_LONG_NUMBER = re.compile(r"\d{7,}")


def words_of_message(text: str) -> tuple[str, ...]:
    """What a message is found by, each once."""
    folded = same_letters(text[:LONGEST_INDEXED])
    return tuple(dict.fromkeys([*_pairs(folded), *_WORD.findall(folded), *_ends_of_numbers(folded)]))


def words_of_name(*names: str) -> tuple[str, ...]:
    """What a buyer is found by, each once."""
    return tuple(dict.fromkeys(f"{OF_NAMES}{word}" for name in names for word in words_of_message(name)))


def words_asked(query: str) -> tuple[str, ...]:
    """What a message has to have that holds these words; nothing where they are too short to look for."""
    folded = same_letters(query[:LONGEST_INDEXED])
    return tuple(dict.fromkeys([*_pairs(folded), *_WORD.findall(folded)]))


def holds(text: str, query: str) -> bool:
    """Whether the words stand in this text as they were typed; each of several by itself."""
    folded = same_letters(text)
    return all(part in folded for part in same_letters(query).split())


def _pairs(folded: str) -> Iterator[str]:
    for run in _HAN.findall(folded):
        yield from (run[at : at + 2] for at in range(len(run) - 1))


def _ends_of_numbers(folded: str) -> Iterator[str]:
    for number in _LONG_NUMBER.findall(folded):
        yield from (number[-last:] for last in LAST_DIGITS)
