"""Matters on which only the shop's own words or a person may answer, somebody's health first: their signs are data."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from knowledge.phrases.lists import list_of
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

HEALTH, MATTERS = LISTS = ("health", "matters")
IT = "它"
"""Stands for the name of a product in a question."""
_MAY_HE = Phrase("asking", "may_he")
"""What is asked upon what was told of a matter: "能吃吗", "怎么吃"."""
_NEVER = r"(?!)"


class Sign(NamedTuple):
    """What a question has of a matter in it: its words, and a pattern for where the shop speaks of the same."""

    matter: str
    words: str
    said_as: re.Pattern[str]
    is_health: bool


class _Kind(NamedTuple):
    matter: str
    asks: re.Pattern[str]
    told: re.Pattern[str]
    """What is no such question by itself, but makes one of "能吃吗"."""
    says: re.Pattern[str] | None
    """None where the shop must use the very words of the question."""
    is_health: bool


@cache
def _kinds(theme: str) -> tuple[_Kind, ...]:
    return tuple(
        _Kind(
            matter=matter,
            asks=_any(kind.get("asks", ())),
            told=_any((*kind.get("told", ()), *(kind.get("asks", ()) if theme == HEALTH else ()))),
            is_health=theme == HEALTH,
            says=None if kind.get("same_word") else re.compile(kind.get("says", "|".join(kind.get("asks", ())))),
        )
        for matter, kind in list_of(theme).items()
    )


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns) or _NEVER)


@lru_cache(maxsize=2048)
def signs_in(folded: str) -> tuple[Sign, ...]:
    """The signs of matters that are asked about in a folded text, `IT` standing for the product."""
    found = ((kind, kind.asks.search(folded)) for theme in LISTS for kind in _kinds(theme))
    return tuple(_sign(kind, match) for kind, match in found if match is not None)


@lru_cache(maxsize=2048)
def _told_in(folded: str) -> tuple[Sign, ...]:
    """The signs in a text of what is not asked about in it, but may be next."""
    found = ((kind, kind.told.search(folded)) for theme in LISTS for kind in _kinds(theme))
    return tuple(_sign(kind, match) for kind, match in found if match is not None)


def _sign(kind: _Kind, match: re.Match[str]) -> Sign:
    return Sign(kind.matter, match[0], kind.says or re.compile(re.escape(match[0])), kind.is_health)


def signs_for(folded: str, before: Sequence[str]) -> tuple[Sign, ...]:
    """The signs in a question, with those of what was told in it or just before it where it asks whether one may."""
    signs = signs_in(folded)
    if not _MAY_HE.says(folded):
        return signs
    told = next((found for text in (folded, *reversed(before)) if (found := _told_in(text))), ())
    return tuple(dict.fromkeys((*signs, *told)))


def speaks_of_all(signs: Iterable[Sign], said: str) -> bool:
    """Whether folded words of the shop speak of all of these."""
    return all(sign.said_as.search(said) for sign in signs)
