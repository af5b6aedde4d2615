"""What the answers of an entry say, clause by clause: buyers often ask in words that stand in an answer alone."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from knowledge.answers.templates import filled, variables_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from knowledge.manual.entry import Entry, Manual

SHORTEST_CHARACTERS = 4
MOST = 20
"""Clauses of one entry: the first say what it is about."""
_BREAKS = re.compile(r"[。！？；，!?;,\n]")


def clauses_of(manual: Manual, entry: Entry) -> tuple[str, ...]:
    """The clauses of all that an entry answers, each once.

    Those that hold a variable are filled from the facts and for each product; what nobody can fill yet says nothing.
    """
    return tuple(islice(dict.fromkeys(_clauses(manual, entry)), MOST))


def _clauses(manual: Manual, entry: Entry) -> Iterator[str]:
    for bubble in (bubble for answer in entry.answers for bubble in answer.bubbles):
        for text in _filled(manual, bubble):
            for clause in map(str.strip, _BREAKS.split(text)):
                if len(clause) >= SHORTEST_CHARACTERS and not variables_in((clause,)):
                    yield clause


def _filled(manual: Manual, bubble: str) -> Iterator[str]:
    (text,), missing = filled(manual, (bubble,), {}, None)
    yield text
    for product in manual.products if missing else ():
        yield from filled(manual, (bubble,), product.attributes, None)[0]
