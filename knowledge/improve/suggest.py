"""More ways to ask for an entry that has few examples, from the library of general intents (`intents/library.py`).

The entry's own wording tells which intents it is about. Of their wordings those are taken that have something of it and
differ most from what the entry already has: one more of the same teaches nothing, and one about other goods does harm.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from knowledge.language.lines import lines_of
from knowledge.language.normalisation import fold
from knowledge.lint.finding import texts_of
from knowledge.matching.matcher import ANSWER_AT, Matcher

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from knowledge.base import KnowledgeBase
    from knowledge.intents.library import Intent
    from knowledge.manual.entry import Entry, Manual

MOST_INTENTS = 3
ABOUT_IT_AT = 0.15
"""An intent whose mean confidence over the entry's wording is lower has nothing to do with the entry."""
SURELY_IT_AT = 0.75
"""An intent whose mean confidence reaches this is just what the entry is about, and every wording of it fits."""
NEAR_AT = 0.15
"""How like one of the entry's own texts a wording of another intent must be, which is about other goods as well."""
BESIDE_THE_BEST = 0.5
"""An intent counts beside the best one when its mean confidence is at least this share of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A wording that the entry could have as an example, and the intent it comes from.

    `understood`: the entry the bot takes it for today with its `confidence`; None when it comes near nothing.
    """

    question: str
    intent: Intent
    understood: str | None
    confidence: float


def suggest(entry: Entry, *, knowledge: KnowledgeBase, intents: Sequence[Intent], most: int) -> tuple[Suggestion, ...]:
    """At most `most` wordings for an entry of this knowledge, the most telling first; none when nothing is like it.

    Left out is what any entry has as an example, and what the bot answers surely already: with this entry it would
    teach nothing, with another it would start a quarrel. Takes CPU, two seconds for the library that ships.
    """
    shares = _intents_of(entry, intents)
    said_here = _texts_of(knowledge.manual)
    taken = {fold(question) for each in knowledge.manual.entries for question in each.questions}
    open_to_it = [
        found
        for intent in intents
        if intent.id in shares
        for question in intent.questions
        if fold(question) not in taken
        and not _is_of_another_trade(question, said_here)
        and (found := _understood(question, intent, knowledge)).confidence < ANSWER_AT
    ]
    worth = np.array([shares[each.intent.id] for each in open_to_it])
    chosen = _most_different(
        [each.question for each in open_to_it],
        worth=worth,
        near_at=np.where(worth >= SURELY_IT_AT, 0, NEAR_AT),
        beside=(entry.title, *entry.questions),
        most=most,
    )
    return tuple(open_to_it[place] for place in chosen)


def _intents_of(entry: Entry, intents: Sequence[Intent]) -> Mapping[str, float]:
    """The intents that the entry's title and examples fall into, each with its mean confidence over them."""
    library = Matcher.build((intent.id, question) for intent in intents for question in intent.questions)
    told = (entry.title, *entry.questions)
    sums: dict[str, float] = defaultdict(float)
    for text in told:
        for candidate in library.find(text).candidates:
            sums[candidate.entry] += candidate.confidence / len(told)
    best_first = sorted(sums, key=lambda intent: -sums[intent])[:MOST_INTENTS]
    best = max(sums.values(), default=0.0)
    return {each: sums[each] for each in best_first if sums[each] >= max(ABOUT_IT_AT, BESIDE_THE_BEST * best)}


def _is_of_another_trade(question: str, said_here: str) -> bool:
    """Whether a wording names what this shop's manual never speaks of: 茶叶 to a fruit shop."""
    return any(word not in said_here for word in _goods().findall(question))


def _texts_of(manual: Manual) -> str:
    questions = (text for entry in manual.entries for text in (entry.title, *entry.questions))
    products = (text for product in manual.products for text in product.aliases)
    return "\n".join((*questions, *products, *(text for _, text in texts_of(manual))))


@cache
def _goods() -> re.Pattern[str]:
    words = (word for line in lines_of("goods.txt") for word in line.split())
    return re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))


def _understood(question: str, intent: Intent, knowledge: KnowledgeBase) -> Suggestion:
    candidates = knowledge.find(question).candidates
    return Suggestion(
        question=question,
        intent=intent,
        understood=candidates[0].entry if candidates else None,
        confidence=candidates[0].confidence if candidates else 0.0,
    )


def _most_different(
    texts: Sequence[str],
    *,
    worth: NDArray[np.float64],
    near_at: NDArray[np.float64],
    beside: Sequence[str],
    most: int,
) -> Iterator[int]:
    """Places of texts, one after the other: each worth most for how unlike it is to what is there by then.

    One that is less than `near_at` like all that is there from the beginning is left out.
    """
    likeness = _likeness((*texts, *beside))[: len(texts)]
    closest = likeness[:, len(texts) :].max(axis=1, initial=0.0)
    is_left = closest >= near_at
    for _ in range(min(most, int(is_left.sum()))):
        place = int(np.argmax(np.where(is_left, worth * (1 - closest), -np.inf)))
        yield place
        is_left[place] = False
        closest = np.maximum(closest, likeness[:, place])


def _likeness(texts: Sequence[str]) -> NDArray[np.float64]:
    """How like each other texts are, as the matcher sees it; a text is 1 to itself, or 0 when it holds no letter."""
    matcher = Matcher.build((str(place), text) for place, text in enumerate(texts))
    likeness = np.zeros((len(texts), len(texts)))
    for place, text in enumerate(texts):
        evidence = matcher.evidence(fold(text))
        if evidence is not None:
            likeness[place, evidence.rows] = evidence.likeness / evidence.likeness.max()
    return likeness
