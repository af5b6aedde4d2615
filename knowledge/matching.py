"""How well a question fits an entry, and why, with a confidence that can be acted upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knowledge.index import BLOCKS, Index, class_words
from knowledge.text import fold, load_words, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LONGEST_QUESTION = 500
ANSWER_AT = 0.75
CLARIFY_AT = 0.35


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may be meant; `parts` says how much each kind of evidence added to `score`."""

    entry: str
    confidence: float
    score: float
    example: str
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was understood of a question: its folded text, its words and the entries that fit, best first."""

    text: str
    words: tuple[str, ...]
    candidates: tuple[Candidate, ...]


class Matcher:
    """All examples of a knowledge base, ready to be asked. Immutable; asks from any thread."""

    def __init__(self, examples: tuple[tuple[str, str], ...]) -> None:
        self._entries = tuple(dict.fromkeys(entry for entry, _ in examples))
        numbers = {entry: number for number, entry in enumerate(self._entries)}
        self._entry_of = np.array([numbers[entry] for entry, _ in examples], np.int32)
        self._examples = tuple(example for _, example in examples)
        folded = [fold(example) for example in self._examples]
        self._exact = {text: row for row, text in reversed(list(enumerate(folded))) if text}
        self._index = Index(folded, self._entry_of, len(self._entries))

    @classmethod
    def build(cls, examples: Iterable[tuple[str, str]], *, vocabulary: Iterable[str] = ()) -> Matcher:
        load_words((*class_words(), *vocabulary))
        return cls(tuple(examples))

    def refined(self) -> Matcher:
        return self

    def find(self, question: str, *, limit: int = 5) -> Findings:
        text = fold(question[:LONGEST_QUESTION])
        if not any(sign.isalpha() for sign in text) or not self._entries:
            return Findings(text=text, words=words(text), candidates=())
        likeness, _ = self._index.likeness(text)
        counts = np.bincount(self._entry_of)
        parts = np.zeros((len(BLOCKS), len(self._entries)))
        for block in range(len(BLOCKS)):
            best = np.zeros(len(self._entries))
            np.maximum.at(best, self._entry_of, likeness[block])
            parts[block] = 0.5 * best + 0.5 * np.bincount(self._entry_of, likeness[block]) / counts
        scores = parts.mean(axis=0)
        exact = self._exact.get(text)
        found = []
        for number in np.lexsort((np.arange(len(scores)), -scores))[:limit]:
            if scores[number] <= 0:
                break
            rows = np.flatnonzero(self._entry_of == number)
            closest = rows[int(np.argmax(likeness.sum(axis=0)[rows]))]
            found.append(
                Candidate(
                    entry=self._entries[number],
                    confidence=1.0
                    if exact is not None and self._entry_of[exact] == number
                    else float(min(scores[number] * 1.5, 0.99)),
                    score=float(scores[number]),
                    example=self._examples[closest],
                    parts={block: float(parts[at, number]) for at, block in enumerate(BLOCKS)},
                )
            )
        found.sort(key=lambda candidate: -candidate.confidence)
        return Findings(text=text, words=words(text), candidates=tuple(found))
