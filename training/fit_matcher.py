"""Fits the matcher's shipped weights: `python -m training.fit_matcher [--data a.csv ...] [--seed 1] [--to FOLDER]`.

Small shops are drawn from the data: some entries with a few example questions each, all as many or some with few and
some with many, a quarter of the entries left out, and small talk on top. Our own manual has answers too, whose clauses
are evidence. Fitted on them, one after the other: the yardstick of general intents, how a matcher that was just built
pools its evidence, and how scores become confidence. Same data and seed, same files.

What ships is not all of one run. `topic_model.npz`, and `mean`, `closest` and `built` of `weights.json`, are of a run
before jieba cut the words: one since then takes sure answers away from the matcher that was just built. `refined` was
learned later. So write to another folder (`--to`) and compare before shipping.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
from collections import defaultdict
from math import exp, log
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knowledge.improve.evaluate import read_lines
from knowledge.intents.library import read_intents
from knowledge.language.normalisation import fold
from knowledge.language.segmentation import general_cutter
from knowledge.manual.entry import MANY_QUESTIONS
from knowledge.manual.files import starter_manual
from knowledge.matching.calibration import SIGNALS, Calibration, fit_logistic
from knowledge.matching.features import BLOCKS
from knowledge.matching.index import Vocabulary
from knowledge.matching.matcher import KINDS, Matcher, Weights
from knowledge.matching.topic_model import TopicModel, fit_topic_model, read_topic_model, write_topic_model
from knowledge.relevance.answer_clauses import clauses_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from knowledge.matching.matcher import Evidence

DATA = Path(__file__).parent.parent / "bench" / "data"
KNOWLEDGE = Path(__file__).parent.parent / "knowledge" / "data"
SHOPS = 16
ENTRIES = (12, 25, 40, 60)
EVEN = tuple((each, each) for each in (4, 5, 6, 8, 12, 40))
UNEVEN = ((1, 40), (1, 40), (5, 5), (1, 3), (1, 40), (1, 2), (8, 8), (1, 15))
"""Each entry has a random number of examples in one of these ranges: half as many are as likely as twice as many."""
ASKED_AT_MOST = 15
LEFT_OUT = 0.25
PROPORTION = (70, 15, 15)
"""Lines with an entry, shop questions without one, small talk."""
SHARPNESS = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
RESTRAINT = 3.0
MANUAL, LIBRARY, CHAT = "manual", "library", "chat"
POOLING_STEPS = 200
POOLING_PACE = 8.0
POOLING_PULL = 0.002

Pair = tuple[str, str]
BLEND = np.array([0.35, 0.25, 0.2, 0.2, 0.3, 0.2], np.float32)
"""What each kind of evidence is worth in one likeness. Set by hand: halving or doubling one changes hardly anything."""
UNSURE = Calibration(weights=dict.fromkeys(SIGNALS, 0.0), bias=0.0, sharpness=1.0)


class Source(NamedTuple):
    """Lines of one shop or data set, and what its entries answer. All but our own manual make the yardstick."""

    name: str
    lines: list[Pair]
    clauses: Mapping[str, tuple[str, ...]] = MappingProxyType({})


class Shop(NamedTuple):
    """A knowledge base and what it is asked; lines nobody can answer have no entry."""

    examples: list[Pair]
    clauses: list[Pair]
    asked: list[Pair]


def draw_shop(
    source: Source, talk: Sequence[str], *, dice: random.Random, entries: int, examples: tuple[int, int]
) -> Shop:
    of: dict[str, list[str]] = defaultdict(list)
    for entry, question in source.lines:
        of[entry].append(question)
    chosen = dice.sample(sorted(of), min(entries, len(of)))
    gone = set(chosen[: round(len(chosen) * LEFT_OUT)])
    shop = Shop([], [], [])
    near: list[Pair] = []
    for entry in chosen:
        questions = dice.sample(of[entry], len(of[entry]))
        if entry in gone:
            near += [("", question) for question in questions]
            continue
        known = min(drawn_size(dice, *examples), len(questions) * 2 // 3)
        if known < MANY_QUESTIONS:
            shop.clauses.extend((entry, clause) for clause in source.clauses.get(entry, ()))
        shop.examples.extend((entry, question) for question in questions[:known])
        shop.asked.extend((entry, question) for question in questions[known : known + ASKED_AT_MOST])
    answerable = len(shop.asked)
    shop.asked.extend(dice.sample(near, min(answerable * PROPORTION[1] // PROPORTION[0], len(near))))
    shop.asked.extend(("", line) for line in dice.choices(talk, k=answerable * PROPORTION[2] // PROPORTION[0]))
    return shop


def drawn_size(dice: random.Random, least: int, most: int) -> int:
    """A number of questions; all that are by the same factor apart are as likely."""
    return least if least == most else round(exp(dice.uniform(log(least), log(most))))


def fit_pooling(shops: Sequence[tuple[Shop, TopicModel]], weights: Weights) -> Weights:
    """Weights of an entry's mean and closest likeness, by making the right entry likeliest among all (softmax)."""
    features, right = [], []
    for shop, topic_model in shops:
        matcher = _built(shop, weights._replace(topic_model=topic_model))
        for entry, evidence in _evidence(matcher, shop):
            if entry:
                features.append(np.concatenate((evidence.means(), evidence.closest())))
                right.append(matcher.entries.index(entry))
    start = learned = np.concatenate((weights.mean, weights.closest)).astype(np.float64)
    for _ in range(POOLING_STEPS):
        slope = POOLING_PULL * (learned - start)
        for shown, best in zip(features, right, strict=True):
            shares = _shares(learned @ shown)
            shares[best] -= 1
            slope += shown @ shares / len(features)
        learned = learned - POOLING_PACE * slope
    rounded: NDArray[np.float32] = np.round(learned, 3).astype(np.float32)
    return weights._replace(mean=rounded[: len(KINDS)], closest=rounded[len(KINDS) :])


def _evidence(matcher: Matcher, shop: Shop) -> Iterator[tuple[str, Evidence]]:
    for entry, question in shop.asked:
        evidence = matcher.evidence(fold(question))
        if evidence is not None:
            yield entry, evidence


def _shares(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(scores - scores.max())
    shares: NDArray[np.float64] = raised / raised.sum()
    return shares


def fit_calibration(ready: Iterable[tuple[Matcher, Shop]]) -> Calibration:
    """From signals to the probability of being right, and how sharply the other entries fall off."""
    signals, right, places = [], [], []
    for matcher, shop in ready:
        for entry, evidence in _evidence(matcher, shop):
            ranking = matcher.ranking(evidence)
            order = [matcher.entries[number] for number in evidence.entries[ranking.entries]]
            signals.append(ranking.signals)
            right.append(order[0] == entry)
            if entry:
                places.append((ranking.scores, order.index(entry)))
    bias, *weights = _logistic(np.stack(signals), np.array(right, np.float64))
    return Calibration(
        weights=dict(zip(SIGNALS, weights, strict=True)),
        bias=bias,
        sharpness=max(SHARPNESS, key=lambda sharp: sum(np.log(_shares(sharp * row)[at] + 1e-9) for row, at in places)),
    )


def _logistic(signals: NDArray[np.float64], right: NDArray[np.float64]) -> list[float]:
    """Bias and weights, held back on a common scale."""
    middle, width = signals.mean(axis=0), signals.std(axis=0) + 1e-9
    rows = np.column_stack((np.ones(len(signals)), (signals - middle) / width))
    start, pull = np.zeros(rows.shape[1]), np.array([1e-6, *[RESTRAINT] * len(SIGNALS)])
    bias, *scaled = fit_logistic(rows, right, np.ones(len(right)), start=start, pull=pull)
    weights = np.array(scaled) / width
    return [round(float(number), 4) for number in (bias - weights @ middle, *weights)]


def topic_model_of(sources: Sequence[Source]) -> TopicModel:
    """The yardstick that these sources make, every entry of every source an intent of its own."""
    intents: dict[tuple[str, str], list[str]] = defaultdict(list)
    for source in sources:
        for entry, question in source.lines:
            intents[source.name, entry].append(fold(question))
    texts = [text for questions in intents.values() for text in questions]
    if not texts:
        return TopicModel(Vocabulary([{} for _ in BLOCKS], np.zeros(0, np.float32), 1.0), np.zeros((0, 1), np.float32))
    counts = [len(questions) for questions in intents.values()]
    return fit_topic_model(texts, np.repeat(np.arange(len(counts)), counts), BLEND[: len(BLOCKS)], general_cutter())


def fit_all(sources: Sequence[Source], talk: Sequence[str], seed: int) -> Weights:
    """All that ships. Shops drawn from one source are measured with the yardstick of the others, as a new shop is.

    What is pooled is learned where all entries have as many examples; how sure a regression may be, from all shops.
    """
    shipped = topic_model_of([source for source in sources if source.name != MANUAL])
    topic_model = read_topic_model(write_topic_model(shipped)) if shipped.vocabulary.rarity.size else shipped
    shops = [source for source in sources if source.name != CHAT]
    yardsticks = [topic_model_of([other for other in sources if other is not source]) for source in shops]
    even, uneven = (
        [
            (shop, yardstick)
            for source, yardstick in zip(shops, yardsticks, strict=True)
            for shop in draw_shops(source, talk, dice=dice, examples=examples)
        ]
        for dice, examples in ((random.Random(seed), EVEN), (random.Random(seed), UNEVEN))
    )
    weights = fit_pooling(
        even, Weights(BLEND, BLEND * np.float32(10), BLEND * np.float32(3), UNSURE, UNSURE, topic_model)
    )
    built = fit_calibration((_built(shop, weights._replace(topic_model=used)), shop) for shop, used in even)
    refined = fit_calibration(
        (_built(shop, weights._replace(topic_model=used)).regressed(), shop) for shop, used in (*even, *uneven)
    )
    return weights._replace(built=built, refined=refined)


def draw_shops(
    source: Source, talk: Sequence[str], *, dice: random.Random, examples: Sequence[tuple[int, int]]
) -> list[Shop]:
    return [
        draw_shop(
            source,
            talk,
            dice=dice,
            entries=ENTRIES[number % len(ENTRIES)],
            examples=examples[number % len(examples)],
        )
        for number in range(SHOPS)
    ]


def _built(shop: Shop, weights: Weights) -> Matcher:
    return Matcher.build(shop.examples, clauses=shop.clauses, weights=weights)


def as_text(weights: Weights) -> str:
    told: dict[str, object] = {
        name: {kind: round(float(number), 3) for kind, number in zip(KINDS, getattr(weights, name), strict=True)}
        for name in ("blend", "mean", "closest")
    }
    for name in ("built", "refined"):
        calibration: Calibration = getattr(weights, name)
        told[name] = {
            "weights": dict(calibration.weights),
            "bias": calibration.bias,
            "sharpness": calibration.sharpness,
        }
    return json.dumps(told, indent=2) + "\n"


def read_sources(paths: Sequence[Path]) -> list[Source]:
    """Every file's lines that have an entry, our library of intents and the starter manual's own questions.

    Chat is no shop: it only helps the yardstick. The manual is none for others: shops that use it would be measured by
    their own examples.
    """
    read = [(path.stem, read_lines(path.read_bytes())) for path in paths]
    found = [Source(name, [(line.entry, line.question) for line in lines if line.entry]) for name, lines in read]
    manual = starter_manual()
    library = [(intent.id, question) for intent in read_intents() for question in intent.questions]
    return [
        *found,
        Source(LIBRARY, [pair for pair in library if not pair[0].startswith(CHAT)]),
        Source(CHAT, [pair for pair in library if pair[0].startswith(CHAT)]),
        Source(
            MANUAL,
            [(entry.id, question) for entry in manual.entries for question in entry.questions],
            {entry.id: clauses_of(manual, entry) for entry in manual.entries},
        ),
    ]


def small_talk() -> list[str]:
    return [line.question for line in read_lines((DATA / "small-talk.csv").read_bytes())]


def main() -> None:
    if os.environ.get("OPENBLAS_NUM_THREADS") != "1":  # sums in another order round otherwise: not the same file
        command = [sys.executable, "-m", "training.fit_matcher", *sys.argv[1:]]
        os.execve(sys.executable, command, {**os.environ, "OPENBLAS_NUM_THREADS": "1"})  # noqa: S606 - ourselves again
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", nargs="*", type=Path, default=[DATA / "jd-dev.csv"])
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--to", type=Path, default=KNOWLEDGE, help="folder for weights.json and topic_model.npz")
    options = asked.parse_args()
    weights = fit_all(read_sources(options.data), small_talk(), options.seed)
    (options.to / "weights.json").write_text(as_text(weights), encoding="utf-8")
    (options.to / "topic_model.npz").write_bytes(write_topic_model(weights.topic_model))
    print(as_text(weights), end="")


if __name__ == "__main__":
    main()
