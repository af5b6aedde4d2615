"""A folded text as small comparable pieces, in four ways: its characters, their meanings, their sounds, its words.

A piece is one sign or two neighbouring ones. Meanings replace every word of a synonym class by the same sign; sounds
are toneless pinyin as careless or southern typists write it, so homophones and typed pinyin meet the right characters.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BLOCKS = ("characters", "meanings", "sounds", "words")

_SAME_START = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_SAME_END = ("ang", "eng", "ing")
_LONGEST_TYPED = 24
_LONGEST_SYLLABLE = 6
_FIRST_CLASS_SIGN = 0xA000  # Yi script: letters that no buyer of a Chinese shop types

_SIGN = re.compile(r"[a-z]+|\d+|[^\W\d_]", re.IGNORECASE)


class _Language(NamedTuple):
    spelling_of: dict[str, str]
    sound_of: dict[str, str]
    spoken: frozenset[str]
    meaning_of: dict[str, str]
    meaningful: re.Pattern[str]


@lru_cache(maxsize=1)
def _language() -> _Language:
    syllables = [line.split() for line in _lines_of("pinyin.txt")]
    spelling_of = {character: syllable for syllable, characters in syllables for character in characters}
    sound_of = {character: blurred(syllable) for character, syllable in spelling_of.items()}
    meaning_of: dict[str, str] = {}
    for number, line in enumerate(_lines_of("synonyms.txt")):
        meaning_of.update((word, chr(_FIRST_CLASS_SIGN + number)) for word in line.split())
    spoken = frozenset(syllable for syllable, _ in syllables)
    return _Language(spelling_of, sound_of, spoken, meaning_of, _either(meaning_of))


def _lines_of(name: str) -> list[str]:
    lines = (files("knowledge") / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _either(choices: Iterable[str]) -> re.Pattern[str]:
    """The longest of these words, wherever one begins; told apart by their first characters, which is much faster."""
    rests: dict[str, list[str]] = defaultdict(list)
    for word in sorted(choices, key=lambda word: (-len(word), word)):
        rests[re.escape(word[0])].append(re.escape(word[1:]))
    return re.compile("|".join(f"{first}(?:{'|'.join(each)})" for first, each in rests.items()))


@lru_cache(maxsize=4096)
def blurred(syllable: str) -> str:
    """A syllable as a southern speaker may hear it: zh, ch, sh are z, c, s and a final g makes no difference."""
    for heard, same_as in _SAME_START:
        if syllable.startswith(heard):
            syllable = same_as + syllable.removeprefix(heard)
    return syllable[:-1] if syllable.endswith(_SAME_END) else syllable


def class_words() -> tuple[str, ...]:
    """Every word that stands in a synonym class: worth knowing as a word when a sentence is cut."""
    return tuple(_language().meaning_of)


def meaning(word: str) -> str:
    """The sign of the class that a word stands in; the word itself when it is in none."""
    return _language().meaning_of.get(word, word)


def pieces(folded: str, words: Sequence[str]) -> tuple[list[str], list[str], list[str], list[str]]:
    """The pieces of a folded text that is cut into these words, a list for each of `BLOCKS`, each piece once."""
    return (
        characters(folded),
        meanings(folded),
        _with_pairs(_sounds(_SIGN.findall(folded))),
        list(dict.fromkeys([word for word in words if _SIGN.match(word)])),
    )


def characters(folded: str) -> list[str]:
    """The signs of a folded text and the pairs of neighbours, each once."""
    return _with_pairs(_SIGN.findall(folded))


def meanings(folded: str) -> list[str]:
    """The same, with one sign for all words of a synonym class."""
    language = _language()
    return characters(language.meaningful.sub(lambda found: language.meaning_of[found[0]], folded))


def syllables(sign: str) -> tuple[str, ...]:
    """The sounds of one character, or of letters typed as pinyin; none when it is neither."""
    return tuple(map(blurred, spelled(sign)))


def spelled(sign: str) -> tuple[str, ...]:
    """Like `syllables`, in exact pinyin: zh is not z here."""
    spelling = _language().spelling_of.get(sign)
    return _row_of_syllables(sign) if spelling is None else (spelling,)


def _with_pairs(signs: list[str]) -> list[str]:
    """Each sign and each pair of neighbours once."""
    return list(dict.fromkeys(signs + [first + second for first, second in pairwise(signs)]))


def _sounds(signs: list[str]) -> list[str]:
    sound_of = _language().sound_of
    sounds: list[str] = []
    for sign in signs:
        sound = sound_of.get(sign)
        if sound is None:
            sounds.extend(_typed(sign))
        else:
            sounds.append(sound + " ")
    return sounds


@lru_cache(maxsize=4096)
def _typed(sign: str) -> tuple[str, ...]:
    """The sounds of letters typed as pinyin; the sign itself when it is none."""
    return tuple(blurred(syllable) + " " for syllable in _row_of_syllables(sign)) or (sign + " ",)


@lru_cache(maxsize=4096)
def _row_of_syllables(sign: str) -> tuple[str, ...]:
    """Letters as a row of pinyin syllables, the longest first; none when they are no such row."""
    if not sign.isascii() or not sign.isalpha() or len(sign) > _LONGEST_TYPED:
        return ()
    rows: list[tuple[str, ...] | None] = [None] * len(sign) + [()]
    for start in range(len(sign) - 1, -1, -1):
        for end in range(min(start + _LONGEST_SYLLABLE, len(sign)), start, -1):
            rest = rows[end]
            if rest is not None and sign[start:end] in _language().spoken:
                rows[start] = (sign[start:end], *rest)
                break
    return rows[0] or ()
