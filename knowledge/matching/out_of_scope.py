"""What buyers ask any shop and this one has no entry for, from the library of general intents (`intents/library.py`).

A question of theirs looks like the nearest entry's. A matcher that knows them as something else is not fooled. That
only works beside entries with many examples: next to a handful they would take the entry's own questions away.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from knowledge.intents.library import read_intents

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from knowledge.intents.library import Intent

    Closest = Callable[[str], str | None]

EXAMPLES_AN_ENTRY = 20
"""A knowledge base has many examples where the median of its entries has this many."""
WORDINGS = 8
"""This many wordings of each intent are enough, except for chat, which is about everything."""
CHAT = "chat-"
OURS_AT = 0.7
"""An intent is an entry's own when at least this share of its wordings is closest to that entry."""


def out_of_scope(*, usual_examples: float, entries: Collection[str], closest: Closest) -> tuple[Intent, ...]:
    """The intents of the library that are nothing of this knowledge base's; none while it has few examples.

    `closest` finds the entry that a question is closest to. Takes CPU, a second for the library that ships.
    """
    if usual_examples < EXAMPLES_AN_ENTRY:
        return ()
    intents = (_shortened(intent) for intent in read_intents() if intent.id not in entries)
    return tuple(intent for intent in intents if not _is_ours(intent, closest))


def _shortened(intent: Intent) -> Intent:
    """Every fifth or sixth wording, since neighbours in the library are alike."""
    if intent.id.startswith(CHAT):
        return intent
    step = max(len(intent.questions) // WORDINGS, 1)
    return dataclasses.replace(intent, questions=tuple(islice(intent.questions, 0, step * WORDINGS, step)))


def _is_ours(intent: Intent, closest: Closest) -> bool:
    found = Counter(entry for question in intent.questions if (entry := closest(question)) is not None)
    return max(found.values(), default=0) >= OURS_AT * len(intent.questions)
