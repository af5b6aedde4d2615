"""What a few words are about, apart from the small words of any question, and where a text speaks of it."""

from __future__ import annotations

import re
from itertools import zip_longest
from typing import TYPE_CHECKING

from knowledge.entities.bare_values import bare_value_in
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.language.segmentation import Cut

Subject = tuple[tuple[str, ...], ...]
"""Runs of words that stand side by side."""

SHORTEST_THING_CHARACTERS = 2
_SMALL = Phrase("small_word", "small")
_POINTING = Phrase("small_word", "pointing")
_FIGURE, _DIGIT = re.compile(r"\d+"), re.compile(r"\d")
_NEGATIONS = "没不未无"


def subject_of(words: Sequence[str]) -> Subject:
    """Those of a text's words that are not small ones; empty where it has no subject of its own: "那怎么样".

    A word that negates one is part of it: "没拆的".
    """
    runs = [[""]]
    for word, after in zip_longest(words, words[1:], fillvalue=""):
        negates = word[0] in _NEGATIONS and bool(after) and not _SMALL.says(after)
        if negates or (_SMALL.says(word) and not negates):
            runs.append([word] if negates else [])
        else:
            runs[-1].append(word)
    return tuple(tuple(filter(None, run)) for run in runs if any(run))


def stands_in(subject: Subject, folded: str) -> bool:
    """Whether a folded text speaks of all of it: of each run as a whole, or of all its words if one is long."""
    return all(_has_run(run, folded) for run in subject)


def _has_run(run: tuple[str, ...], folded: str) -> bool:
    whole = "".join(run)
    is_plain = any(len(word) > 1 for word in run) and len(run) > 1
    return _has(whole, folded) or (is_plain and all(_has(word, folded) for word in run))


def _has(word: str, folded: str) -> bool:
    """Whether it is in it; what begins or ends with a digit or a Latin letter is not cut out of a longer one."""
    start = r"(?<![a-z0-9])" if word[0].isascii() else ""
    end = r"(?![a-z0-9])" if word[-1].isascii() else ""
    return re.search(f"{start}{re.escape(word)}{end}", folded) is not None


def without_figures(folded: str) -> str:
    """The text with one figure for all: a buyer asks about 苹果14 as about 苹果15."""
    return _FIGURE.sub("0", folded)


def says_so(subject: Subject, folded: str) -> bool:
    """Whether a text speaks of it without negating it: "没拆的能退" says nothing of "拆了"."""
    negated = (f"[{_NEGATIONS}]{re.escape(run[0])}" for run in subject if run[0][0] not in _NEGATIONS)
    return stands_in(subject, folded) and not any(re.search(each, folded) for each in negated)


def thing_before(said: str, known: str, cut: Cut) -> str:
    """The thing that leads a folded text, before the first two characters that are known; empty where none does.

    "眼霜孕妇能用" is asked of 眼霜, where only "孕妇能用" is known. With other small words than "你们家的" beside
    it, it is a sentence of its own: "我老公178穿多大".
    """
    plain, known = _DIGIT.sub("0", said), _DIGIT.sub("0", known)
    start = next((place for place in range(len(said) - 1) if plain[place : place + 2] in known), 0)
    thing = _POINTING.without(said[:start]).removesuffix("的")
    is_plain = ["".join(run) for run in subject_of(cut(thing))] == [thing]
    return thing if is_plain and len(thing) >= SHORTEST_THING_CHARACTERS and not any(bare_value_in(thing)) else ""
