"""How characters sound: exact pinyin, and pinyin as careless or southern typists write it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from knowledge.language.lines import lines_of

_SAME_START = (("zh", "z"), ("ch", "c"), ("sh", "s"))
_SAME_END = ("ang", "eng", "ing")
_LONGEST_TYPED = 24
_LONGEST_SYLLABLE = 6


class _Pinyin(NamedTuple):
    spelling_of: dict[str, str]
    sound_of: dict[str, str]
    spoken: frozenset[str]


@lru_cache(maxsize=1)
def _pinyin() -> _Pinyin:
    syllables = [line.split() for line in lines_of("pinyin.txt")]
    spelling_of = {character: syllable for syllable, characters in syllables for character in characters}
    sound_of = {character: blurred(syllable) for character, syllable in spelling_of.items()}
    return _Pinyin(spelling_of, sound_of, frozenset(syllable for syllable, _ in syllables))


@lru_cache(maxsize=4096)
def blurred(syllable: str) -> str:
    """A syllable as a southern speaker may hear it: zh, ch, sh are z, c, s and a final g makes no difference."""
    for heard, same_as in _SAME_START:
        if syllable.startswith(heard):
            syllable = same_as + syllable.removeprefix(heard)
    return syllable[:-1] if syllable.endswith(_SAME_END) else syllable


def spelled(sign: str) -> tuple[str, ...]:
    """The pinyin of one character, or of letters typed as pinyin; none when it is neither."""
    spelling = _pinyin().spelling_of.get(sign)
    return _row_of_syllables(sign) if spelling is None else (spelling,)


def sounds(signs: list[str]) -> list[str]:
    """How a row of signs sounds, blurred, with a space after each; a sign that is no pinyin stands for itself."""
    sound_of = _pinyin().sound_of
    heard: list[str] = []
    for sign in signs:
        sound = sound_of.get(sign)
        if sound is None:
            heard.extend(_typed(sign))
        else:
            heard.append(sound + " ")
    return heard


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
            if rest is not None and sign[start:end] in _pinyin().spoken:
                rows[start] = (sign[start:end], *rest)
                break
    return rows[0] or ()
