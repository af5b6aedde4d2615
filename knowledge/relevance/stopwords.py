"""What a question is about: its features without the stop words of any question.

"汇率多少" has only a stop word in common with "容量多少". A stop word is a feature that many intents of the
library share. `stopwords.txt` holds these, counted by `python -m training.count_stopwords`.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge.language.lines import lines_of
from knowledge.language.normalisation import fold
from knowledge.language.synonyms import meaning
from knowledge.matching.features import characters, meanings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from knowledge.intents.library import Intent

SHARED_BY: Mapping[str, int] = MappingProxyType({"everywhere": 100, "often": 45})
"""How many of the library's 215 intents have a feature that stands in each line of the file."""
FILE = "stopwords.txt"
_CLASS = re.compile(r"<(\S+?)>")


@lru_cache(maxsize=4096)
def subjects(folded: str, *, of_title: bool = False) -> frozenset[str]:
    """The characters and meanings of a folded text, and pairs of them, that are no stop words.

    What an entry is called by is its subject unless it stands everywhere.
    """
    stopwords = _stopwords()
    found = frozenset((*characters(folded), *meanings(folded))) - stopwords["everywhere"]
    return found if of_title else found - stopwords["often"]


@lru_cache(maxsize=1)
def _stopwords() -> Mapping[str, frozenset[str]]:
    rows = (_CLASS.sub(lambda found: meaning(found[1]), line).split() for line in lines_of(FILE))
    return {name: frozenset(row) for name, *row in rows}


def stopwords_in(intents: Iterable[Intent]) -> Mapping[str, frozenset[str]]:
    """The features that enough of these intents share, for each line of the file but those of the lines before."""
    shared = Counter[str]()
    for intent in intents:
        asked = map(fold, intent.questions)
        shared.update({feature for each in asked for feature in (*characters(each), *meanings(each))})
    everywhere, often = (_in_at_least(SHARED_BY[name], shared) for name in ("everywhere", "often"))
    return {"everywhere": everywhere, "often": often - everywhere}


def _in_at_least(least: int, counted: Counter[str]) -> frozenset[str]:
    return frozenset(feature for feature, count in counted.items() if count >= least)
