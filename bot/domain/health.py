"""Questions about somebody's health, by signs that are data; only the shop's own words or a person answer them."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FILE = "health.toml"
_MAY_HE = re.compile(
    r"(?:能|可以|可不可以|适合|敢)\w{0,6}?[吃喝用涂抹敷服贴]|[吃喝用][吗么嘛不]?$|怎么[吃喝用服]|[吃喝]多少|^那?(?:能|可以|行)[吗么不]?$"
)
"""What is asked of him who told of his health just before: "能吃吗", "怎么吃"."""


class Sign(NamedTuple):
    """What a question has of health in it: its words, and a pattern for where the shop speaks of the same."""

    words: str
    said_as: re.Pattern[str]


class _Kind(NamedTuple):
    asks: re.Pattern[str]
    says: re.Pattern[str] | None
    """None where the shop must use the very words of the question."""


@cache
def _kinds() -> tuple[_Kind, ...]:
    book = tomllib.loads(files("bot.domain").joinpath(FILE).read_text("utf-8"))
    return tuple(
        _Kind(
            re.compile("|".join(kind["asks"])),
            None if kind.get("same_word") else re.compile(kind.get("says", "|".join(kind["asks"]))),
        )
        for kind in book.values()
    )


@lru_cache(maxsize=2048)
def signs_in(folded: str) -> tuple[Sign, ...]:
    """The signs of health in a folded text, without the names of products."""
    found = ((kind, kind.asks.search(folded)) for kind in _kinds())
    return tuple(
        Sign(match[0], kind.says or re.compile(re.escape(match[0]))) for kind, match in found if match is not None
    )


def health_signs(folded: str, before: Sequence[str]) -> tuple[Sign, ...]:
    """The signs in a question, or those in the texts just before it where it only asks whether he may."""
    signs = signs_in(folded)
    if signs or not _MAY_HE.search(folded):
        return signs
    return next((found for text in reversed(before) if (found := signs_in(text))), ())


def speaks_of_all(signs: Iterable[Sign], said: str) -> bool:
    """Whether folded words of the shop speak of all of these."""
    return all(sign.said_as.search(said) for sign in signs)
