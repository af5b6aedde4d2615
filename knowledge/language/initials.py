"""The first letters of how words sound, as people type them to find a phrase: `kd` for 快递."""

from __future__ import annotations

from functools import lru_cache

from knowledge.language.normalisation import same_letters
from knowledge.language.pinyin import spelled


@lru_cache(maxsize=20_000)
def initials(text: str) -> str:
    """The first letter of each character's pinyin; letters and digits stand for themselves, the rest is left out."""
    return "".join(map(_initial, same_letters(text)))


def _initial(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isalnum() else ""
    spelling = spelled(sign)
    return spelling[0][0] if spelling else ""
