"""Example questions as weighted pieces in one postings index, four blocks deep: characters, meanings, sounds, words.

A piece is one sign or two neighbouring ones. A rare piece weighs more; rarity is counted over entries, not examples, so
that an entry with many examples does not make its own words look common.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge.text import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Integers = NDArray[np.int32]

BLOCKS = ("characters", "meanings", "sounds", "words")
FUZZY = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ang", "an"), ("eng", "en"), ("ing", "in"))
LONGEST_TYPED = 24
LONGEST_SYLLABLE = 6

_SIGN = re.compile(r"[a-z]+|\d+|[^\W\d_]", re.IGNORECASE)
_CLASS_SIGNS = 0xA000  # Yi script: letters that no buyer of a Chinese shop types


class _Language(NamedTuple):
    sound_of: dict[str, str]
    spoken: frozenset[str]
    meaning_of: dict[str, str]
    meanings: re.Pattern[str]


@lru_cache(maxsize=1)
def _language() -> _Language:
    sound_of: dict[str, str] = {}
    spoken: set[str] = set()
    for line in _lines_of("pinyin.txt"):
        syllable, characters = line.split()
        spoken.add(syllable)
        sound_of.update(dict.fromkeys(characters, blurred(syllable)))
    meaning_of: dict[str, str] = {}
    for number, line in enumerate(_lines_of("synonyms.txt")):
        meaning_of.update((word, chr(_CLASS_SIGNS + number)) for word in line.split())
    return _Language(sound_of, frozenset(spoken), meaning_of, _either(meaning_of))


def _lines_of(name: str) -> list[str]:
    lines = (files("knowledge") / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _either(choices: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(choice) for choice in sorted(choices, key=lambda word: (-len(word), word))))


def blurred(syllable: str) -> str:
    """A syllable as a southern speaker may hear it: zh, ch, sh and the final g make no difference."""
    for heard, same_as in FUZZY:
        syllable = syllable.replace(heard, same_as) if len(heard) == 2 else syllable.removesuffix(heard) + (
            same_as if syllable.endswith(heard) else ""
        )
    return syllable


def class_words() -> tuple[str, ...]:
    """Every word that has synonyms: worth knowing as a word when cutting a sentence."""
    return tuple(_language().meaning_of)


def pieces(folded: str) -> tuple[list[str], list[str], list[str], list[str]]:
    """The pieces of a folded text, a list for each of `BLOCKS`, repeated as often as they occur."""
    language = _language()
    signs = _SIGN.findall(folded)
    meant = _SIGN.findall(language.meanings.sub(lambda found: language.meaning_of[found[0]], folded))
    return (
        _pairs_too(signs),
        _pairs_too(meant),
        _pairs_too(_sounds(signs)),
        [word for word in words(folded) if _SIGN.match(word)],
    )


def _pairs_too(signs: list[str]) -> list[str]:
    return signs + [first + second for first, second in zip(signs, signs[1:], strict=False)]


def _sounds(signs: list[str]) -> list[str]:
    sound_of = _language().sound_of
    sounds: list[str] = []
    for sign in signs:
        if len(sign) == 1 and sign in sound_of:
            sounds.append(sound_of[sign] + " ")
        else:
            sounds.extend(syllable + " " for syllable in _typed(sign))
    return sounds


@lru_cache(maxsize=4096)
def _typed(sign: str) -> tuple[str, ...]:
    """Letters as a row of pinyin syllables, the longest first; the sign itself when it is none."""
    if not sign.isascii() or not sign.isalpha() or len(sign) > LONGEST_TYPED:
        return (sign,)
    rows: list[tuple[str, ...] | None] = [None] * len(sign) + [()]
    for start in range(len(sign) - 1, -1, -1):
        for end in range(min(start + LONGEST_SYLLABLE, len(sign)), start, -1):
            rest = rows[end]
            if rest is not None and sign[start:end] in _language().spoken:
                rows[start] = (blurred(sign[start:end]), *rest)
                break
    return rows[0] or (sign,)


class Index:
    """Examples' pieces, weighted, in postings (piece → examples). Immutable; reads from any thread."""

    def __init__(self, examples: Sequence[str], entry_of: Integers, entries: int) -> None:
        numbers: tuple[dict[str, int], ...] = tuple({} for _ in BLOCKS)
        rows: list[int] = []
        columns: list[int] = []
        blocks: list[int] = []
        for row, example in enumerate(examples):
            for block, found in enumerate(pieces(example)):
                known = numbers[block]
                for piece in found:
                    number = known.get(piece)
                    if number is None:
                        number = known[piece] = len(blocks)
                        blocks.append(block)
                    rows.append(row)
                    columns.append(number)
        self._numbers = numbers
        self._examples = len(examples)
        self._block_of = np.array(blocks, np.int8)
        self._weigh(np.array(rows, np.int64), np.array(columns, np.int64), entry_of, entries)

    def _weigh(self, rows: NDArray[np.int64], columns: NDArray[np.int64], entry_of: Integers, entries: int) -> None:
        pieces_known = len(self._block_of)
        pairs, counts = np.unique(columns * self._examples + rows, return_counts=True)
        columns, rows = pairs // self._examples, pairs % self._examples
        by_entry = np.unique(columns * entries + entry_of[rows]) // entries
        self._rarity = np.log((1 + entries) / (np.bincount(by_entry, minlength=pieces_known) + 0.5)).astype(np.float32)
        self._rarest = np.float32(np.log((1 + entries) / 0.5))
        weights = (1 + np.log(counts)) * self._rarity[columns]
        blocks = self._block_of[columns].astype(np.int64)
        squares = np.bincount(blocks * self._examples + rows, weights * weights, len(BLOCKS) * self._examples)
        weights /= np.sqrt(squares)[blocks * self._examples + rows] + 1e-9
        self._starts = np.concatenate(([0], np.cumsum(np.bincount(columns, minlength=pieces_known)))).astype(np.int64)
        self._rows = rows.astype(np.int32)
        self._weights = weights.astype(np.float32)

    def likeness(self, folded: str) -> tuple[Floats, Floats]:
        """How like each example is, block by block (cosine, blocks x examples), and each block's known share."""
        numbers: list[int] = []
        tf: list[float] = []
        mass = np.zeros(len(BLOCKS), np.float32)
        known_mass = np.zeros(len(BLOCKS), np.float32)
        for block, found in enumerate(pieces(folded)):
            counts: dict[str, int] = {}
            for piece in found:
                counts[piece] = counts.get(piece, 0) + 1
            known = self._numbers[block]
            for piece, count in counts.items():
                number = known.get(piece)
                weight = float(1 + np.log(count)) if count > 1 else 1.0
                if number is None:
                    mass[block] += float(weight * self._rarest) ** 2
                else:
                    numbers.append(number)
                    tf.append(weight)
        chosen = np.array(numbers, np.int64)
        weights = np.array(tf, np.float32) * self._rarity[chosen]
        blocks = self._block_of[chosen].astype(np.int64)
        known_mass = np.bincount(blocks, weights * weights, len(BLOCKS)).astype(np.float32)
        mass = mass + known_mass
        weights = weights / np.sqrt(mass + 1e-9)[blocks]
        starts = self._starts[chosen]
        lengths = self._starts[chosen + 1] - starts
        ends = np.cumsum(lengths)
        places = np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(starts - (ends - lengths), lengths)
        keys = np.repeat(blocks * self._examples, lengths) + self._rows[places]
        size = len(BLOCKS) * self._examples
        found_likeness = np.bincount(keys, self._weights[places] * np.repeat(weights, lengths), size)
        return found_likeness.reshape(len(BLOCKS), -1).astype(np.float32), known_mass / (mass + 1e-9)
