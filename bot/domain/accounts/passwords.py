"""Which passwords are taken: long enough, and not among those that guessers try first."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files
from typing import Literal

SHORTEST, LONGEST = 10, 200
BadPassword = Literal["too_short", "too_long", "only_digits", "too_even", "well_known", "is_the_name"]
"""Why a password is refused, as a code; pages have a sentence for each."""
_FEWEST_DIFFERENT = 4
_MARKS = re.compile(r"^[\W_]+|[\W_]+$")
_MARKS_AND_FIGURES = re.compile(r"^[\d\W_]+|[\d\W_]+$")
_SHORTEST_NAME = 3


def what_is_wrong(password: str, *, names: tuple[str, ...] = ()) -> BadPassword | None:
    """Say why this password is refused; None for one that is taken. `names` are the person's and the shop's.

    No mixture of kinds of characters is asked for: length is worth more, and a sentence is easily remembered.
    """
    folded = password.casefold()
    if len(password) < SHORTEST:
        return "too_short"
    if len(password) > LONGEST:
        return "too_long"
    if folded.isdigit():
        return "only_digits"
    if len(set(folded)) < _FEWEST_DIFFERENT:
        return "too_even"
    return _known_otherwise(folded, names)


def _known_otherwise(folded: str, names: tuple[str, ...]) -> BadPassword | None:
    """A word that everybody tries stays one with a year or a mark before or after it, and so does one's own name."""
    words = {folded, _MARKS.sub("", folded), _MARKS_AND_FIGURES.sub("", folded)}
    if words & _well_known():
        return "well_known"
    own = {name.casefold() for name in names if len(name) >= _SHORTEST_NAME}
    return "is_the_name" if words & own else None


@lru_cache(maxsize=1)
def _well_known() -> frozenset[str]:
    return frozenset((files("bot.domain.accounts") / "well_known_passwords.txt").read_text("ascii").split())
