"""How well a question fits an entry, and why, with a confidence that can be acted upon.

Evidence is of six kinds: likeness of characters, meanings, sounds and words (see `features.py`), of the whole wording,
and of the general intents a text leans to (see `topic_model.py`). All examples of an entry are pooled; the closest one
alone is a poor guide. Where an entry has few, the clauses of its answers are examples too, of less worth. A matcher
that was just built pools with shipped weights; a refined one has learned from the knowledge base itself which example
tells what, as long as that is better by its own questions.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from knowledge.language.normalisation import fold
from knowledge.language.segmentation import general_cutter
from knowledge.matching.calibration import Calibration, signals_of, spread
from knowledge.matching.classifier import fit_classifier
from knowledge.matching.features import BLOCKS, features
from knowledge.matching.held_out import Trial, weighed
from knowledge.matching.index import EXAMPLES_COMPARED_ONE_BY_ONE, Index
from knowledge.matching.out_of_scope import out_of_scope
from knowledge.matching.string_similarity import string_similarity
from knowledge.matching.topic_model import shipped_topic_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from knowledge.intents.library import Intent
    from knowledge.language.segmentation import Cut
    from knowledge.matching.classifier import Classifier
    from knowledge.matching.held_out import Kind, Trials
    from knowledge.matching.index import Features, Numbered
    from knowledge.matching.topic_model import TopicModel

LONGEST_QUESTION = 500
"""Characters of a question that are matched."""
ANSWER_AT = 0.84
"""At this confidence an answer is given without asking back: nine of ten such answers are right."""
CLARIFY_AT = 0.3
"""At this confidence the buyer is offered the best entries to choose from; below, a person is needed."""
KINDS = (*BLOCKS, "wording", "intents")
_WORDING = len(BLOCKS)
_ALL_THE_WORDING: Mapping[str, float] = MappingProxyType({kind: float(kind == "wording") for kind in KINDS})
WORK_WORTH_REFINING = 4_000_000_000
"""Examples x examples x entries; above (about 500 entries of five examples) a regression would take minutes."""
WORK_WORTH_ALL_FOLDS = 500_000_000
FOLDS = 5
FEWEST_ENTRIES = 2
CLAUSE = 0.5
"""What a clause of an answer is worth to the fit, beside an example question."""
POOLED = 0.1
"""How much of the scores of a matcher that was just built is added to what was learned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An entry that may be meant, and its closest question. `parts`: what each kind of evidence added to `score`."""

    entry: str
    confidence: float
    score: float
    example: str
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What was understood of a question: its folded text, its words and the entries that may be meant, best first."""

    text: str
    words: tuple[str, ...]
    candidates: tuple[Candidate, ...]


Pair = tuple[str, str]


class Weights(NamedTuple):
    """What ships in weights.json, written by training/fit_matcher.py."""

    blend: NDArray[np.float32]
    """How much each kind of evidence counts in one likeness."""
    mean: NDArray[np.float32]
    closest: NDArray[np.float32]
    built: Calibration
    refined: Calibration
    topic_model: TopicModel


@lru_cache(maxsize=1)
def shipped_weights() -> Weights:
    return read_weights(
        (files("knowledge") / "data" / "weights.json").read_text(encoding="utf-8"), shipped_topic_model()
    )


def read_weights(text: str, topic_model: TopicModel) -> Weights:
    told = json.loads(text)
    blend, mean, closest = (
        np.array([told[name][kind] for kind in KINDS], np.float32) for name in ("blend", "mean", "closest")
    )
    return Weights(blend, mean, closest, Calibration(**told["built"]), Calibration(**told["refined"]), topic_model)


class Taught(NamedTuple):
    """All that a refined matcher has beyond one that was just built from the same examples."""

    classifier: Classifier | None
    calibration: Calibration
    examples: Numbered | None = None
    """The features of its examples, which need not be taken apart again."""


class _Layout(NamedTuple):
    """Where each entry's examples lie among those compared."""

    starts: NDArray[np.int64]
    counts: NDArray[np.int64]
    entries: NDArray[np.int64]


def _layout(entry_of: NDArray[np.int64]) -> _Layout:
    is_first = np.ones(len(entry_of), bool)
    is_first[1:] = entry_of[1:] != entry_of[:-1]
    starts = np.flatnonzero(is_first)
    return _Layout(starts, np.diff(np.append(starts, len(entry_of))), entry_of[starts])


class _Library(NamedTuple):
    """The examples of a knowledge base, those of one entry side by side."""

    entries: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    folded: tuple[str, ...]
    entry_of: NDArray[np.int64]
    is_question: NDArray[np.bool_]
    """Whether an example is a question; else it is a clause of an answer."""
    questions: NDArray[np.int64]
    """How many questions each entry has."""
    layout: _Layout
    exact: Mapping[str, tuple[int, ...]]
    """Folded text of an example question → its places in `pairs`, one for each entry that has it."""
    postings: Index
    profiles: NDArray[np.float32]
    """Examples x directions of the topics."""
    cut: Cut

    @classmethod
    def of(
        cls,
        questions: Iterable[Pair],
        clauses: Iterable[Pair],
        topic_model: TopicModel,
        cut: Cut,
        numbered: Numbered | None = None,
    ) -> Self:
        given = [*((pair, True) for pair in questions), *((pair, False) for pair in clauses)]
        entries = tuple(dict.fromkeys(entry for (entry, _), _ in given))
        numbers = {entry: number for number, entry in enumerate(entries)}
        given.sort(key=lambda each: numbers[each[0][0]])
        pairs = tuple(pair for pair, _ in given)
        folded = tuple(fold(example) for _, example in pairs)
        entry_of = np.array([numbers[entry] for entry, _ in pairs], np.int64)
        is_question = np.array([is_question for _, is_question in given], bool)
        exact: dict[str, tuple[int, ...]] = {}
        places = {(folded[row], int(entry_of[row])): row for row in np.flatnonzero(is_question).tolist()}
        for (text, _), row in places.items():
            exact[text] = (*exact.get(text, ()), row)
        postings = Index(numbered or (features(text, cut(text)) for text in folded), entry_of)
        return cls(
            entries=entries,
            pairs=pairs,
            folded=folded,
            entry_of=entry_of,
            is_question=is_question,
            questions=np.bincount(entry_of[is_question], minlength=len(entries)),
            layout=_layout(entry_of),
            exact=exact,
            postings=postings,
            profiles=topic_model.profiles(postings),
            cut=cut,
        )


class Evidence(NamedTuple):
    """How like a question each compared example is. Examples of one entry lie side by side."""

    text: str
    features: Features
    profile: NDArray[np.float32]
    """Where the question points among the topics."""
    kinds: NDArray[np.float32]
    """In the order of `KINDS`: kinds x examples, each in [0, 1]."""
    likeness: NDArray[np.float32]
    """All kinds blended into one, for each example."""
    rows: NDArray[np.int64]
    """Which examples of the knowledge base were compared."""
    is_question: NDArray[np.bool_]
    """Whether each is a question or a clause of an answer."""
    starts: NDArray[np.int64]
    """Where each entry's examples begin."""
    counts: NDArray[np.int64]
    """How many examples of each entry were compared."""
    entries: NDArray[np.int64]
    """The entries' numbers, in the order of `starts`."""
    sizes: NDArray[np.int64]
    """How many questions each entry has, compared or not: those not worth comparing count as unlike."""
    known: NDArray[np.float64]
    """For each block of features, the share of the question that the knowledge base knows, by weight."""

    def of(self, entry: int) -> slice:
        """Where the examples of the entry at this place in `entries` lie."""
        start = self.starts[entry]
        return slice(start, start + self.counts[entry])

    def mean(self, entry: int) -> float:
        """Mean likeness of that entry's questions."""
        its = self.of(entry)
        return float(self.likeness[its][self.is_question[its]].sum() / max(self.sizes[entry], 1))

    def closest_question(self, entry: int) -> int | None:
        """Which example is the closest question of that entry; None where only clauses were compared."""
        its = self.of(entry)
        closest = its.start + int(np.where(self.is_question[its], self.likeness[its], -1).argmax())
        return int(self.rows[closest]) if self.is_question[closest] else None

    def means(self) -> NDArray[np.float32]:
        """Mean likeness to each entry's questions: kinds x entries."""
        sums = np.add.reduceat(self.kinds * self.is_question, self.starts, axis=1)
        return (sums / np.maximum(self.sizes, 1)).astype(np.float32)

    def closest(self) -> NDArray[np.float32]:
        """Likeness of each entry's closest question or clause, each kind for itself: kinds x entries."""
        closest: NDArray[np.float32] = np.maximum.reduceat(self.kinds, self.starts, axis=1)
        return closest


class Ranking(NamedTuple):
    """The compared entries, best first, and the signals that tell how sure that is."""

    entries: NDArray[np.int64]
    scores: NDArray[np.float64]
    parts: NDArray[np.float32]
    """What each kind of evidence added to the scores: kinds x entries."""
    signals: NDArray[np.float64]


class Matcher:
    """All examples of a knowledge base, ready to be asked. Immutable; may be asked from any thread."""

    def __init__(
        self,
        library: _Library,
        weights: Weights,
        calibration: Calibration,
        learned: Classifier | None = None,
    ) -> None:
        self._library = library
        self._weights = weights
        self._calibration = calibration
        self._learned = learned

    @property
    def has_learned(self) -> bool:
        """Whether a regression answers, not pooling."""
        return self._learned is not None

    @property
    def taught(self) -> Taught:
        """What is worth handing to another process that has the same examples."""
        return Taught(self._learned, self._calibration, self._library.postings.numbered)

    def with_taught(self, taught: Taught) -> Matcher:
        """The same examples with what another matcher of them was taught."""
        return Matcher(self._library, self._weights, taught.calibration, taught.classifier)

    @classmethod
    def build(
        cls,
        examples: Iterable[Pair],
        *,
        clauses: Iterable[Pair] = (),
        cut: Cut | None = None,
        weights: Weights | None = None,
        numbered: Numbered | None = None,
    ) -> Matcher:
        """A matcher for (entry id, example question) pairs, quickly; `cut` knows the shop's own words.

        `clauses` are pairs too, of what answers say: evidence where questions are few, never shown or taken for one.
        `numbered` are the features of these very examples, if they are known. Takes CPU: call it off the event loop.
        """
        used = shipped_weights() if weights is None else weights
        library = _Library.of(examples, clauses, used.topic_model, cut or general_cutter(), numbered)
        return cls(library, used, used.built)

    @property
    def entries(self) -> tuple[str, ...]:
        """The ids of all entries that have examples, in the order they came."""
        return self._library.entries

    @property
    def examples(self) -> int:
        """How many example questions there are."""
        return int(self._library.questions.sum())

    @property
    def usual_examples(self) -> float:
        """How many example questions the middle one of the entries has."""
        return float(np.median(self._library.questions)) if self.entries else 0.0

    def out_of_scope(self) -> tuple[Intent, ...]:
        """What buyers ask any shop and this one has no entry for."""
        return out_of_scope(usual_examples=self.usual_examples, entries=self.entries, closest=self._closest)

    def _closest(self, question: str) -> str | None:
        return next((each.entry for each in self.find(question, limit=1).candidates), None)

    def refined(self) -> Matcher:
        """A better matcher for the same examples, learned from them and calibrated on them.

        Where learning would not answer more of its own questions at the same precision, it is calibrated only.

        Pure computing: half a second for 60 entries of five examples, a quarter of a minute for the starter manual,
        half a minute at most. Call it in the background and swap the result in. A knowledge base too large or too
        small to learn from is returned as it is.
        """
        if (
            len(self.entries) < FEWEST_ENTRIES
            or len(self._library.pairs) > EXAMPLES_COMPARED_ONE_BY_ONE
            or self._work() > WORK_WORTH_REFINING
        ):
            return self
        beside = self.out_of_scope()
        pooled, learned = self.tried(beside)
        calibrations = pooled.adjusted(self._weights.built), learned.adjusted(self._weights.refined)
        if pooled.understood(calibrations[0]) > learned.understood(calibrations[1]):
            return self.with_taught(Taught(None, calibrations[0]))
        return self.regressed(calibrations[1], beside)

    def find(self, question: str, *, limit: int = 5) -> Findings:
        """The entries a question may mean, best first, at most `limit`. Never raises; an unreadable text finds nothing.

        A question whose folded text is an example's has confidence 1, shared if several entries have that example.
        """
        return self.find_folded(fold(question[:LONGEST_QUESTION]), limit=limit)

    def find_folded(self, text: str, *, limit: int = 5) -> Findings:
        """The same for a text that is folded already."""
        exact = self._library.exact.get(text, ())
        evidence = None if exact else self.evidence(text)
        candidates = () if evidence is None else self._candidates(evidence, self.ranking(evidence), limit)
        return Findings(
            text=text, words=self._library.cut(text), candidates=self._word_for_word(exact)[:limit] or candidates
        )

    def _word_for_word(self, places: Sequence[int]) -> tuple[Candidate, ...]:
        """The entries whose example a question is, which needs no further evidence."""
        return tuple(
            Candidate(
                entry=self._library.pairs[place][0],
                confidence=1 / len(places),
                score=1.0,
                example=self._library.pairs[place][1],
                parts=_ALL_THE_WORDING,
            )
            for place in places
        )

    def evidence(self, text: str) -> Evidence | None:
        """What speaks for each entry, for a folded text; None when no example shares anything with it."""
        found = features(text, self._library.cut(text)) if any(map(str.isalpha, text)) else ((), (), (), ())
        asked = self._library.postings.vocabulary.weigh(found)
        if not len(asked.numbers):
            return None
        rows = self._library.postings.shortlist(asked)
        layout = (
            self._library.layout if len(rows) == len(self._library.pairs) else _layout(self._library.entry_of[rows])
        )
        profile = self._weights.topic_model.profile(found)
        blocks = self._library.postings.likeness(asked, rows)
        kinds = np.concatenate(
            (
                blocks,
                self._wording(text, rows, blocks[0])[None],
                (self._profiles(rows) @ profile)[None],
            )
        )
        return Evidence(
            text=text,
            features=found,
            profile=profile,
            kinds=kinds,
            likeness=self._weights.blend @ kinds,
            rows=rows,
            starts=layout.starts,
            counts=layout.counts,
            entries=layout.entries,
            is_question=self._library.is_question[rows],
            sizes=self._library.questions[layout.entries],
            known=asked.known,
        )

    def _profiles(self, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        profiles = self._library.profiles
        return profiles if len(rows) == len(profiles) else profiles[rows]

    def _wording(self, text: str, rows: NDArray[np.int64], shared: NDArray[np.float32]) -> NDArray[np.float32]:
        """Likeness of the whole wording to those examples that share characters, as many as the fit cared for."""
        folded = self._library.folded
        examples = folded if len(rows) == len(folded) else [folded[row] for row in rows.tolist()]
        alike = 0.0 if self._learned is None else self._learned.alike
        return string_similarity(text, examples, shared, more_than=alike)

    def ranking(self, evidence: Evidence) -> Ranking:
        """All compared entries by their scores; earlier entries first among equals."""
        parts, out_of_scope = self._parts(evidence)
        scores = parts.sum(axis=0, dtype=np.float64)
        order = np.argsort(-scores, kind="stable")
        signals = signals_of(
            best=scores[order[0]],
            others=np.concatenate((scores[order[1:]], out_of_scope)),
            likeness=evidence.mean(order[0]),
            known_characters=float(evidence.known[0]),
            known_words=float(evidence.known[-1]),
            length=len(evidence.text),
            examples=int(evidence.sizes[order[0]]),
        )
        return Ranking(order, scores[order], parts[:, order], signals)

    def _parts(self, evidence: Evidence) -> tuple[NDArray[np.float32], NDArray[np.float64]]:
        """Kinds x entries; and the scores of what the shop has no entry for."""
        pooled = self._weights.mean[:, None] * evidence.means() + self._weights.closest[:, None] * evidence.closest()
        if self._learned is None:
            return pooled, np.zeros(0)
        parts = self._learned.parts(evidence.features, evidence.kinds[_WORDING], evidence.profile)
        ahead = POOLED * (pooled - pooled.mean(axis=1, keepdims=True))  # what is out of scope is not pooled
        return parts[:, evidence.entries] + ahead, parts[:, len(self.entries) :].sum(axis=0, dtype=np.float64)

    def _candidates(self, evidence: Evidence, ranking: Ranking, limit: int) -> tuple[Candidate, ...]:
        best = self._calibration.confidence(ranking.signals)
        confidences = spread(best, ranking.scores, self._calibration.sharpness)
        places = np.argsort(-confidences, kind="stable")[:limit]
        found = []
        for entry, confidence, score, parts in zip(
            ranking.entries[places].tolist(),
            confidences[places].tolist(),
            ranking.scores[places].tolist(),
            ranking.parts[:, places].T.tolist(),
            strict=True,
        ):
            if evidence.likeness[evidence.of(entry)].max() > 0:
                found.append(
                    Candidate(
                        entry=self.entries[evidence.entries[entry]],
                        confidence=confidence,
                        score=score,
                        example=self._question(evidence, entry),
                        parts=MappingProxyType(dict(zip(KINDS, parts, strict=True))),
                    )
                )
        return tuple(found)

    def _question(self, evidence: Evidence, entry: int) -> str:
        """The entry's question closest to what was asked; its first one where only clauses of answers come near."""
        row = evidence.closest_question(entry)
        first = int(self._library.layout.starts[evidence.entries[entry]])
        return self._library.pairs[first if row is None else row][1]

    def _work(self) -> int:
        return len(self._library.pairs) ** 2 * len(self.entries)

    def regressed(self, calibration: Calibration | None = None, beside: Sequence[Intent] = ()) -> Matcher:
        """The same examples with a regression in the place of pooling; calibrated as shipped unless told otherwise.

        `beside` are intents that the shop has no entry for.
        """
        library = self._library
        texts = [*library.folded, *(fold(question) for intent in beside for question in intent.questions)]
        sizes = [len(intent.questions) for intent in beside]
        worth = np.where(library.is_question, 1, CLAUSE)
        learned = fit_classifier(
            texts,
            np.concatenate((library.entry_of, np.repeat(len(library.entries) + np.arange(len(sizes)), sizes))),
            np.concatenate((worth, np.ones(sum(sizes)))).astype(np.float32),
            own=len(library.folded),
            topic_model=self._weights.topic_model,
            blend=self._weights.blend,
            cut=library.cut,
        )
        return Matcher(library, self._weights, calibration or self._weights.refined, learned)

    def tried(self, beside: Sequence[Intent]) -> tuple[Trials, Trials]:
        """What becomes of its own questions, asked of a matcher built of the rest and of one that learned from it."""
        folds = FOLDS if self._work() <= WORK_WORTH_ALL_FOLDS else 1
        trials = [pair for number in range(folds) for pair in self._tried_in(number, beside)]
        pooled, learned = ([pair[place] for pair in trials] for place in range(2))
        return weighed(pooled, beside=bool(beside)), weighed(learned, beside=bool(beside))

    def _tried_in(self, fold_number: int, beside: Sequence[Intent]) -> Iterator[tuple[Trial, Trial]]:
        """Lines left out of two matchers, asked of both."""
        library, asked = self._without(fold_number)
        if len(library.entries) < FEWEST_ENTRIES:
            return
        known = [intent for place, intent in enumerate(beside) if place % FOLDS != fold_number]
        pooled = Matcher(library, self._weights, self._weights.built)
        learned = pooled.regressed(beside=known)
        unknown = [(intent.id, question) for intent in beside[fold_number::FOLDS] for question in intent.questions]
        for entry, question in (*asked, *unknown):
            evidence = learned.evidence(fold(question))
            if evidence is not None:
                kind = self._kind(entry, library)
                yield pooled.trial(entry, evidence, kind), learned.trial(entry, evidence, kind)

    def _kind(self, entry: str, kept: _Library) -> Kind:
        if entry in kept.entries:
            return "answerable"
        return "left out" if entry in self.entries else "out of scope"

    def _without(self, fold_number: int) -> tuple[_Library, list[Pair]]:
        """Every fifth entry is left out with all that it has, and every fifth question of the others.

        An entry's only question takes its clauses with it.
        """
        kept: dict[bool, list[Pair]] = {True: [], False: []}
        asked: list[Pair] = []
        seen: Counter[int] = Counter()
        for pair, number, is_question in zip(
            self._library.pairs, self._library.entry_of.tolist(), self._library.is_question.tolist(), strict=True
        ):
            seen[number] += is_question
            of_entry, of_question = ((number + shift) % FOLDS == fold_number for shift in (0, seen[number]))
            if is_question and (of_entry or of_question):
                asked.append(pair)
            elif not of_entry:
                kept[is_question].append(pair)
        known = {entry for entry, _ in kept[True]}
        clauses = [pair for pair in kept[False] if pair[0] in known]
        return _Library.of(kept[True], clauses, self._weights.topic_model, self._library.cut), asked

    def trial(self, entry: str, evidence: Evidence, kind: Kind) -> Trial:
        """What became of a question whose entry is known."""
        ranking = self.ranking(evidence)
        best = self.entries[int(evidence.entries[ranking.entries[0]])]
        return Trial(ranking.signals, best == entry, kind)
