"""What a buyer answers to the invite to rate: a mark in figures, stars, signs or words, and what they say beside it.

Meant only for a buyer who has been asked: elsewhere "2" is a choice and "5" a number of pieces. The wordings, with
what is none, stand in `knowledge/phrases/lists/zh/ratings.toml`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from bot.dialogue.cues.questions import asks
from bot.dialogue.cues.wishes import wishes
from knowledge.language.normalisation import fold
from knowledge.phrases.lists import list_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BEST = 5
_FIGURES = {figure: value for value, figures in enumerate(("零", "一", "二两", "三", "四", "五")) for figure in figures}
_MORE_FIGURES = {figure: value for value, figure in enumerate("六七八九十", 6)}
_INVISIBLE = re.compile("[\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff\u200d]")
_CLAUSE = re.compile(r"(?:[^\s,，。!！?？~～…、;；.]|(?<=\d)\.(?=\d))+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A mark from 1 to 5, or None for one outside of that; `comment` is what was said beside it."""

    score: int | None
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark:
    """A mark in a text. `rank`: 0 nobody can take it for anything else, 1 they may where more is asked."""

    value: float
    rank: int
    start: int
    end: int


def read_rating(text: str) -> Rating | None:
    """Read what answers an invite; None when it is anything else."""
    said = _grammar().measured(_INVISIBLE.sub("", "".join(map(_plain, text))).strip())
    marks = sorted(_grammar().marks(said), key=lambda mark: mark.rank)
    if not marks:
        return None
    best = marks[0]
    comment = _grammar().without_courtesy("".join((said[: best.start], said[best.end :])))
    if best.rank and (asks(comment) or wishes(comment)):
        return None
    if not 1 <= best.value <= BEST:
        return Rating(score=None, comment=comment)
    return Rating(score=int(best.value), comment=comment if best.value == int(best.value) else said)


class _Grammar:
    """The patterns that the data makes."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        before, self._after = _any_of(raw["before"]), _any_of(raw["after"])
        units, stars, goes_on = _any_of(raw["units"]), re.escape(raw["stars"]), _any_of(raw["goes_on"])
        number = r"(?P<number>\d{1,3}(?:\.\d)?|[零一二两三四五六七八九十])"
        around = f"{before}*+"
        self._before_measure = re.compile(rf"(?<=\d)\s+(?={_any_of(raw['measures'])}(?!\w))")
        self._full = re.compile(f"{before}*{_any_of(raw['full_marks'])}{self._after}*")
        self._in_units = re.compile(rf"{around}{number}(?:{units}|/5){self._after}*")
        self._goes_on = re.compile(rf"{around}{number}{units}(?!{goes_on})(?P<more>.+)")
        self._bare = re.compile(rf"{around}(?P<number>[0-9](?:\.\d)?|10|100|[一二两三四五]){self._after}*")
        self._stars = re.compile(rf"(?<![\d{stars}])([{stars}]+)[{re.escape(raw['empty_stars'])}]*")
        signs = {sign: int(score) for score, each in raw["signs"].items() for sign in each}
        self._signs, self._sign = signs, re.compile(f"({_any_of(signs)})+")
        self._words = {fold(word): int(score) for score, each in raw["words"].items() for word in each}
        self._in_words = re.compile(f"(?:{before})*?(?P<word>{_any_of(self._words)})(?P=word)*{self._after}*")

    def measured(self, said: str) -> str:
        """The text with each figure beside what it counts: "5 分"."""
        return self._before_measure.sub("", said)

    def marks(self, said: str) -> Iterator[_Mark]:
        """Every mark in the text, in order; those in signs and words only at its beginning or end."""
        for found in self._stars.finditer(said):
            yield _Mark(value=len(found[1]), rank=0, start=found.start(), end=found.end())
        clauses = list(_CLAUSE.finditer(said))
        for clause in clauses:
            at_an_end = clause in (clauses[0], clauses[-1])
            yield from self._in_clause(clause[0], clause.start(), alone=len(clauses) == 1, at_an_end=at_an_end)

    def _in_clause(self, text: str, start: int, *, alone: bool, at_an_end: bool) -> Iterator[_Mark]:
        end = start + len(text)
        folded = fold(text)
        if at_an_end and (word := self._in_words.fullmatch(folded)):
            score = self._words[word["word"]]
            yield _Mark(value=score, rank=0 if score in (1, BEST) else 1, start=start, end=end)
        elif self._full.fullmatch(text):
            yield _Mark(value=BEST, rank=0, start=start, end=end)
        elif found := self._in_units.fullmatch(text):
            yield _Mark(value=_value(found["number"]), rank=0, start=start, end=end)
        elif at_an_end and (found := self._bare.fullmatch(text)):
            yield _Mark(value=_value(found["number"]), rank=1, start=start, end=end)
        elif at_an_end and (found := self._sign.match(text)):
            yield _Mark(value=self._signs[found[1]], rank=1, start=start, end=start + found.end())
        elif at_an_end and (found := self._goes_on.fullmatch(text)) and not asks(text):
            yield _Mark(
                value=_value(found["number"]), rank=0 if alone else 1, start=start, end=start + found.start("more")
            )

    def without_courtesy(self, comment: str) -> str:
        """What was said beside a mark, without its edges, and nothing where it was only thanks."""
        clauses = list(_CLAUSE.finditer(comment))
        if all(re.fullmatch(f"{self._after}*", clause[0]) for clause in clauses):
            return ""
        return comment[clauses[0].start() : clauses[-1].end()]


@cache
def _grammar() -> _Grammar:
    return _Grammar(list_of("ratings"))


def _plain(letter: str) -> str:
    """A letter or a figure of full width as the plain one; signs stay as they were typed."""
    return unicodedata.normalize("NFKC", letter) if letter.isalnum() else letter


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(map(re.escape, sorted(words, key=len, reverse=True)))})"


def _value(number: str) -> float:
    return float({**_FIGURES, **_MORE_FIGURES}.get(number, number))
