"""Whom a note calls: colleagues by the names that stand in it behind an @."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from bot.domain.accounts.staff import name_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from bot.domain.accounts.staff import Staff

_CALL = re.compile(r"(?<![a-z0-9._-])@", re.IGNORECASE | re.ASCII)
"""Not within an e-mail address."""


def called_in(text: str, people: Iterable[Staff]) -> list[Staff]:
    """Those of these people whom it calls, each once. Of several names that fit, the longest is meant.

    No space or other mark needs to follow a name: 请@小李看一下.
    """
    words = unicodedata.normalize("NFKC", text)
    by_length = sorted(people, key=lambda each: -len(name_key(each.name)))
    calls = (_named(words[found.end() :], by_length) for found in _CALL.finditer(words))
    return list(dict.fromkeys(each for each in calls if each is not None))


def _named(rest: str, people: Sequence[Staff]) -> Staff | None:
    return next((each for each in people if _begins_with(rest, name_key(each.name))), None)


def _begins_with(rest: str, key: str) -> bool:
    seen = ""
    for at, sign in enumerate(rest):
        seen += name_key(sign)
        if seen == key:
            return not (_is_letter(key[-1]) and _is_letter(rest[at + 1 : at + 2]))
        if not key.startswith(seen):
            return False
    return False


def _is_letter(sign: str) -> bool:
    """Of a script that writes spaces between words."""
    return sign.isascii() and sign.isalnum()
