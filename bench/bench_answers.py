"""How good answers are, beside plain libraries, on the same splits: `make bench-answers DATA="a.csv b.csv"`.

For each file and seed five example questions an entry go into the knowledge base and up to twenty others are asked.
Then a quarter of the entries is left out and asked too ("near"), beside lines that no shop answers ("far"), in the
proportion 70 : 15 : 15. A file without any entries is a far file; without one our own small talk serves. Nothing is
asked that weights were fitted on: when a file asked is one that the shipped weights come from, they are fitted anew.

`--uneven` asks of shops as they are instead: each entry has 1 to 40 example questions, half as many as likely as twice
as many, and up to twenty others are asked; top-1 is told for entries with 1-3, 4-12 and more examples.
"""

from __future__ import annotations

import argparse
import json
import random
import sqlite3
import statistics
import subprocess
import sys
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from math import log, sqrt
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from opencc import OpenCC
from rapidfuzz import fuzz, process

from knowledge.improve.evaluate import Asked, Decision, auroc, coverage_at, figures, latency, read_lines
from knowledge.language.segmentation import general_cutter
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT, Matcher, Weights, shipped_weights
from training.fit_matcher import DATA, KNOWLEDGE, drawn_size, fit_all, read_sources, small_talk

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

SEEDS = (1, 2, 3, 4, 5)
UNEVEN_SEEDS = (*SEEDS, 6, 7, 8, 9, 10)
UNEVEN = (1, 40)
LEFT_TO_ASK = 5
SIZES_TOLD = {"few": range(1, 4), "some": range(4, 13), "many": range(13, 41)}
PRECISION = 0.9
NOISY_SEEDS = (1, 2)
EXAMPLES = 5
ASKED_AT_MOST = 20
LEFT_OUT = 0.25
PROPORTION = (70, 15, 15)
SIZES = (1_000, 10_000, 100_000)
TIMED = {1_000: 400, 10_000: 400, 100_000: 200}
SHOWN = 10

Pair = tuple[str, str]
Found = list[tuple[str, float]]


class System(Protocol):
    """Something that finds entries: the best first, with a score that grows with certainty."""

    def __init__(self, examples: Sequence[Pair]) -> None: ...
    def find(self, question: str) -> Found: ...


def _best(entries: Sequence[str], scores: Sequence[float]) -> Found:
    """Each entry with the score of its best example, the best ten."""
    best: dict[str, float] = {}
    for entry, score in zip(entries, scores, strict=True):
        if score > best.get(entry, 0):
            best[entry] = score
    return sorted(best.items(), key=lambda pair: -pair[1])[:SHOWN]


def _compared(scorer: Callable[..., float], question: str, texts: Sequence[str]) -> NDArray[np.float32]:
    scores: NDArray[np.float32] = process.cdist([question], texts, scorer=scorer, dtype=np.float32)[0]
    return scores


class Ratio:
    def __init__(self, examples: Sequence[Pair]) -> None:
        self.entries = [entry for entry, _ in examples]
        self.texts = [self.prepared(question) for _, question in examples]

    def prepared(self, question: str) -> str:
        return question

    def scores(self, question: str) -> NDArray[np.float32]:
        return _compared(fuzz.ratio, self.prepared(question), self.texts)

    def find(self, question: str) -> Found:
        scores = self.scores(question)
        top = np.argsort(-scores, kind="stable")[: SHOWN * 20]
        return _best([self.entries[row] for row in top], scores[top].tolist())


class TokenSet(Ratio):
    def prepared(self, question: str) -> str:
        return " ".join(general_cutter()(question))

    def scores(self, question: str) -> NDArray[np.float32]:
        return _compared(fuzz.token_set_ratio, self.prepared(question), self.texts)


class _Postings(ABC):
    """Character n-grams in an inverted index; what one is worth is up to the child."""

    grams: tuple[int, ...] = (1, 2)

    def __init__(self, examples: Sequence[Pair]) -> None:
        self.entries = np.array([entry for entry, _ in examples])
        counts = [Counter(self.pieces(question)) for _, question in examples]
        lists: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row, counted in enumerate(counts):
            for piece, count in counted.items():
                lists[piece].append((row, count))
        self.lists = {piece: np.array(rows).T for piece, rows in lists.items()}
        self.lengths = np.array([sum(counted.values()) for counted in counts], float)
        self.prepare()

    def pieces(self, question: str) -> list[str]:
        return [question[at : at + size] for size in self.grams for at in range(len(question) - size + 1)]

    @abstractmethod
    def prepare(self) -> None: ...

    @abstractmethod
    def worth(self, piece: str, count: int) -> NDArray[np.float64]: ...

    def find(self, question: str) -> Found:
        scores = np.zeros(len(self.entries))
        for piece, count in Counter(self.pieces(question)).items():
            if piece in self.lists:
                scores[self.lists[piece][0]] += self.worth(piece, count)
        top = np.argsort(-scores, kind="stable")[: SHOWN * 20]
        return _best(self.entries[top].tolist(), scores[top].tolist())


class BM25(_Postings):
    def prepare(self) -> None:
        self.usual_length = self.lengths.mean()

    def worth(self, piece: str, count: int) -> NDArray[np.float64]:
        rows, counts = self.lists[piece]
        rarity = log(1 + (len(self.entries) - len(rows) + 0.5) / (len(rows) + 0.5))
        long = 0.25 + 0.75 * self.lengths[rows] / self.usual_length
        worth: NDArray[np.float64] = count * rarity * counts * 2.5 / (counts + 1.5 * long)
        return worth


class TfIdf(_Postings):
    grams = (1, 2, 3)

    def rarity(self, piece: str) -> float:
        return log((1 + len(self.entries)) / (1 + len(self.lists[piece][0]))) + 1

    def prepare(self) -> None:
        squares = np.zeros(len(self.entries))
        for piece, (rows, counts) in self.lists.items():
            squares[rows] += (counts * self.rarity(piece)) ** 2
        self.norms = np.sqrt(squares) + 1e-9

    def worth(self, piece: str, count: int) -> NDArray[np.float64]:
        rows, counts = self.lists[piece]
        worth: NDArray[np.float64] = count * counts * self.rarity(piece) ** 2 / self.norms[rows]
        return worth

    def find(self, question: str) -> Found:
        known = [(piece, count) for piece, count in Counter(self.pieces(question)).items() if piece in self.lists]
        norm = sqrt(sum((count * self.rarity(piece)) ** 2 for piece, count in known)) or 1.0
        return [(entry, score / norm) for entry, score in super().find(question)]


class Fts5:
    def __init__(self, examples: Sequence[Pair]) -> None:
        self.database = sqlite3.connect(":memory:")
        self.database.execute("CREATE VIRTUAL TABLE lines USING fts5(question, entry UNINDEXED, tokenize='trigram')")
        self.database.executemany("INSERT INTO lines(entry, question) VALUES (?, ?)", examples)

    def find(self, question: str) -> Found:
        grams = {question[at : at + 3].replace('"', '""') for at in range(len(question) - 2)}
        if not grams:
            return []
        asked = " OR ".join(f'"{gram}"' for gram in sorted(grams))
        rows = self.database.execute(
            "SELECT entry, -rank FROM lines WHERE lines MATCH ? ORDER BY rank LIMIT 100", (asked,)
        ).fetchall()
        return _best([entry for entry, _ in rows], [score for _, score in rows])


class Ours:
    weights: Weights

    def __init__(self, examples: Sequence[Pair]) -> None:
        self.matcher = Matcher.build(examples, weights=self.weights)

    def find(self, question: str) -> Found:
        return [(each.entry, each.confidence) for each in self.matcher.find(question, limit=SHOWN).candidates]


class OursRefined(Ours):
    def __init__(self, examples: Sequence[Pair]) -> None:
        super().__init__(examples)
        self.matcher = self.matcher.refined()


SYSTEMS: dict[str, type[System]] = {
    "rapidfuzz ratio": Ratio,
    "token_set on words": TokenSet,
    "BM25 characters 1-2": BM25,
    "TF-IDF characters 1-3": TfIdf,
    "FTS5 trigram": Fts5,
    "ours, just built": Ours,
    "ours, refined": OursRefined,
}


class Split(NamedTuple):
    examples: list[Pair]
    asked: list[Pair]
    near: list[str]


def split(lines: Sequence[Pair], seed: int, *, left_out: float) -> Split:
    dice = random.Random(seed)
    of: dict[str, list[str]] = defaultdict(list)
    for entry, question in lines:
        of[entry].append(question)
    entries = sorted(of)
    dice.shuffle(entries)
    gone = set(entries[: round(len(entries) * left_out)])
    made = Split([], [], [])
    for entry in sorted(of):
        questions = dice.sample(of[entry], len(of[entry]))
        if entry in gone:
            made.near.extend(questions[:ASKED_AT_MOST])
        else:
            made.examples.extend((entry, question) for question in questions[:EXAMPLES])
            made.asked.extend((entry, question) for question in questions[EXAMPLES : EXAMPLES + ASKED_AT_MOST])
    return made


def uneven(lines: Sequence[Pair], seed: int) -> Split:
    dice = random.Random(seed)
    of: dict[str, list[str]] = defaultdict(list)
    for entry, question in lines:
        of[entry].append(question)
    made = Split([], [], [])
    for entry in sorted(of):
        questions = dice.sample(of[entry], len(of[entry]))
        known = min(drawn_size(dice, *UNEVEN), len(questions) - LEFT_TO_ASK)
        made.examples.extend((entry, question) for question in questions[:known])
        made.asked.extend((entry, question) for question in questions[known : known + ASKED_AT_MOST])
    return made


def measure_uneven(kind: type[System], lines: Sequence[Pair], far: Sequence[str], seed: int) -> dict[str, float]:
    """One system on entries of all sizes; `far` is not asked. Rightly answered are so many of all lines."""
    del far
    drawn = uneven(lines, seed)
    sizes = Counter(entry for entry, _ in drawn.examples)
    system = kind(drawn.examples)
    asked = [decided(system, entry, question) for entry, question in drawn.asked]
    told = figures(asked)
    by_size = {
        name: statistics.fmean(each.right for each in asked if sizes[each.entry] in counts)
        for name, counts in SIZES_TOLD.items()
    }
    surest = sorted(asked, key=lambda each: -each.confidence)[: round((told.coverage_at_90 or 0.0) * len(asked))]
    return {
        "top1": told.first or 0.0,
        **by_size,
        "answered rightly": (told.coverage or 0.0) * (told.precision or 0.0),
        "precision": told.precision or 0.0,
        f"rightly at {PRECISION}": sum(each.right for each in surest) / len(asked),
    }


class Noise:
    """Ways in which buyers type the same thing otherwise."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.traditional = OpenCC("s2t")
        lines = (KNOWLEDGE / "pinyin.txt").read_text(encoding="utf-8").splitlines()
        self.syllables = {line.split()[0]: line.split()[1] for line in lines}
        self.sound_of = {sign: syllable for syllable, signs in self.syllables.items() for sign in signs}

    def homophone(self, text: str) -> str:
        places = [at for at, sign in enumerate(text) if len(self.syllables.get(self.sound_of.get(sign, ""), "")) > 1]
        if not places:
            return text
        at = self.dice.choice(places)
        others = self.syllables[self.sound_of[text[at]]].replace(text[at], "")
        return text[:at] + self.dice.choice(others) + text[at + 1 :]

    def in_traditional(self, text: str) -> str:
        return f"{self.traditional.convert(text)}"

    def greeted(self, text: str) -> str:
        before = self.dice.choice(("亲,", "你好,", "您好，请问", "在吗?", "hi ", "老板你好 ", "请问一下"))
        return before + text + self.dice.choice(("呢", "啊", "谢谢", "哈", "吗?", "~~", "", "亲"))

    def pinyin_word(self, text: str) -> str:
        cut = list(general_cutter()(text))
        places = [at for at, word in enumerate(cut) if len(word) > 1 and all(sign in self.sound_of for sign in word)]
        if places:
            at = self.dice.choice(places)
            cut[at] = "".join(self.sound_of[sign] for sign in cut[at])
        return "".join(cut)

    @property
    def kinds(self) -> dict[str, Callable[[str], str]]:
        return {
            "homophone": self.homophone,
            "traditional": self.in_traditional,
            "greeting": self.greeted,
            "pinyin word": self.pinyin_word,
        }


def decided(system: System, entry: str, question: str) -> Asked:
    found = tuple(system.find(question))
    sure = found[0][1] if found else 0.0
    decision: Decision = "answer" if sure >= ANSWER_AT else "clarify" if sure >= CLARIFY_AT else "none"
    told = tuple(name for name, _ in found[:1]) if decision == "answer" else ()
    return Asked(entry=entry, question=question, found=found, decision=decision, told=told)


def measure(kind: type[System], lines: Sequence[Pair], far: Sequence[str], seed: int) -> dict[str, float]:
    """One system on one split: all entries for top-1 and noise, three quarters of them for all about refusing."""
    whole = split(lines, seed, left_out=0)
    system = kind(whole.examples)
    clean = figures([decided(system, entry, question) for entry, question in whole.asked])
    told = {
        "top1": clean.first or 0.0,
        "top3": clean.among_three or 0.0,
        "mrr": clean.mean_reciprocal_rank or 0.0,
        **_refusals(kind, split(lines, seed, left_out=LEFT_OUT), far, seed),
    }
    for name, spoilt in Noise(seed).kinds.items() if seed in NOISY_SEEDS else ():
        first = figures([decided(system, entry, spoilt(question)) for entry, question in whole.asked]).first or 0.0
        told[f"{name} loss"] = 1 - first / (clean.first or 1.0)
    return told


def _refusals(kind: type[System], parted: Split, far: Sequence[str], seed: int) -> dict[str, float]:
    dice = random.Random(seed)
    system = kind(parted.examples)
    near_count, far_count = (len(parted.asked) * share // PROPORTION[0] for share in PROPORTION[1:])
    answerable = [decided(system, entry, question) for entry, question in parted.asked]
    near = [decided(system, "", line) for line in dice.sample(parted.near, min(near_count, len(parted.near)))]
    away = [decided(system, "", line) for line in dice.choices(far, k=far_count)]
    everything = [*answerable, *near, *away]
    told = figures(everything)
    sure = [each.confidence for each in answerable]
    return {
        "auroc far": auroc(sure, [each.confidence for each in away]) or 0.0,
        "auroc near": auroc(sure, [each.confidence for each in near]) or 0.0,
        "coverage at 90": coverage_at(everything, 0.90) or 0.0,
        "coverage at 95": coverage_at(everything, 0.95) or 0.0,
        **(
            {
                "answered": told.coverage or 0.0,
                "precision": told.precision or 0.0,
                "false far": figures(away).false_answers or 0.0,
                "false near": figures(near).false_answers or 0.0,
            }
            if issubclass(kind, Ours)
            else {}
        ),
    }


def many_examples(lines: Sequence[Pair], count: int) -> list[Pair]:
    """As many examples as asked for, five an entry, made by joining halves of real lines."""
    dice = random.Random(count)
    texts = [question for _, question in lines]
    halves = ((dice.choice(texts), dice.choice(texts)) for _ in range(count))
    made = [first[: len(first) // 2 + 1] + second[len(second) // 2 :] for first, second in halves]
    return [(f"entry-{row // EXAMPLES}", text) for row, text in enumerate(made)]


def _resident_mb() -> float:
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def time_one(name: str, lines: Sequence[Pair], count: int) -> dict[str, float]:
    """Build time, latency and memory of one system at one size. Memory only means something in a fresh process."""
    examples = many_examples(lines, count)
    general_cutter()
    before_mb, began = _resident_mb(), perf_counter()
    system = SYSTEMS[name](examples)
    build_s = perf_counter() - began
    memory_mb = _resident_mb() - before_mb
    durations = []
    for _, question in random.Random(0).sample(list(lines), min(TIMED[count], len(lines))):
        began = perf_counter()
        system.find(question)
        durations.append((perf_counter() - began) * 1000)
    told = latency(durations)
    return {"p50 ms": told.p50_ms, "p99 ms": told.p99_ms, "build s": build_s, "memory MB": memory_mb}


def scale(paths: Sequence[Path], names: Sequence[str]) -> dict[str, dict[int, dict[str, float]]]:
    told: dict[str, dict[int, dict[str, float]]] = defaultdict(dict)
    for name in (name for name in names if name != "ours, refined"):
        for count in SIZES:
            command = [
                sys.executable,
                "-m",
                "bench.bench_answers",
                *map(str, paths),
                "--time",
                name,
                "--size",
                str(count),
            ]
            told[name][count] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return told


def weights_for(paths: Sequence[Path], others: Sequence[Path]) -> Weights:
    """The shipped weights, or ones fitted without the files that are asked."""
    fitted_on = [DATA / "jd-dev.csv", *others]
    asked = {path.read_bytes() for path in paths}
    kept = [path for path in fitted_on if path.read_bytes() not in asked]
    if kept == [DATA / "jd-dev.csv"]:
        return shipped_weights()
    sources = read_sources(kept)
    print(f"weights: fitted anew on {', '.join(source.name for source in sources)}", flush=True)
    return fit_all(sources, small_talk(), 1)


def table(rows: dict[str, dict[str, tuple[float, float]]]) -> None:
    columns = list(dict.fromkeys(column for row in rows.values() for column in row))
    print(f"{'':24}" + "".join(f"{name:>24}" for name in rows))
    for column in columns:
        print(f"{column:24}" + "".join(f"{_cell(row.get(column)):>24}" for row in rows.values()))


def _cell(figure: tuple[float, float] | None) -> str:
    return "-" if figure is None else f"{figure[0]:.3f} ±{figure[1]:.3f}"


def quality(
    lines: Sequence[Pair], far: Sequence[str], names: Sequence[str], *, is_uneven: bool
) -> dict[str, dict[str, tuple[float, float]]]:
    """Mean and spread (standard deviation) over the seeds."""
    told = {}
    for name in names:
        measured_by, seeds = (measure_uneven, UNEVEN_SEEDS) if is_uneven else (measure, SEEDS)
        runs = [measured_by(SYSTEMS[name], lines, far, seed) for seed in seeds]
        measured = {figure: [run[figure] for run in runs if figure in run] for figure in runs[0]}
        told[name] = {figure: (statistics.mean(each), statistics.stdev(each)) for figure, each in measured.items()}
        print(f"measured: {name}", file=sys.stderr, flush=True)
    return told


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", nargs="*", type=Path)
    asked.add_argument("--fit-on", nargs="*", type=Path, default=[], help="more files to fit weights on; never shipped")
    asked.add_argument("--uneven", action="store_true", help="entries with 1 to 40 example questions, no scale")
    asked.add_argument("--no-scale", action="store_true", help="only quality, no latency and memory at size")
    asked.add_argument("--only", nargs="+", choices=SYSTEMS, default=list(SYSTEMS), help="these systems only")
    asked.add_argument("--time", choices=SYSTEMS, help="one system at one --size, as JSON")
    asked.add_argument("--size", type=int, choices=SIZES, default=SIZES[0])
    options = asked.parse_args()
    paths = options.data or [DATA / "jd-dev.csv"]
    read = {path: [(line.entry, line.question) for line in read_lines(path.read_bytes())] for path in paths}
    shops = {path: [pair for pair in pairs if pair[0]] for path, pairs in read.items()}
    shops = {path: pairs for path, pairs in shops.items() if pairs}
    Ours.weights = shipped_weights()
    if options.time:
        print(json.dumps(time_one(options.time, [pair for pairs in shops.values() for pair in pairs], options.size)))
        return
    far = [question for pairs in read.values() for entry, question in pairs if not entry] or small_talk()
    told: dict[str, object] = {"seeds": SEEDS, "answer at": ANSWER_AT, "far lines": len(far)}
    for path, lines in shops.items():
        print(f"\n{path.name}: {len(lines)} lines, {len({entry for entry, _ in lines})} entries")
        Ours.weights = weights_for([path], options.fit_on)
        found = quality(lines, far, options.only, is_uneven=options.uneven)
        table(found)
        told[path.name] = found
    if not (options.no_scale or options.uneven):
        sizes = scale(list(shops), options.only)
        for count in SIZES:
            print(f"\n{count} example questions")
            table({name: {each: (value, 0.0) for each, value in rows[count].items()} for name, rows in sizes.items()})
        told["sizes"] = sizes
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
