"""How well the starter manual understands buyers: `python -m bench.bench_starter_manual [a.csv ...]`.

Asks lines that are nobody's example, by default the buyers' wordings of the tests, beside small talk that nobody should
answer. One step after the other: the matcher just built, one that has learned and is calibrated as shipped, and the
refined one, which knows what lies elsewhere.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from time import perf_counter

from bench.bench_answers import Found, Ours, decided
from knowledge.improve.evaluate import figures, latency, read_lines
from knowledge.manual.files import starter_manual
from knowledge.matching.matcher import Matcher
from training.fit_matcher import small_talk

WORDINGS = sorted((Path(__file__).parent.parent / "tests" / "knowledge" / "data").glob("buyers-wording*.csv"))

Pair = tuple[str, str]


class Timed(Ours):
    """A matcher as the benchmark's systems are, and how long it took."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.milliseconds: list[float] = []

    def find(self, question: str) -> Found:
        began = perf_counter()
        found = super().find(question)
        self.milliseconds.append((perf_counter() - began) * 1000)
        return found


def steps(examples: list[Pair]) -> dict[str, tuple[Timed, float]]:
    """Each step's matcher, and the seconds it took to make."""
    began = perf_counter()
    built = Matcher.build(examples)
    ready = perf_counter()
    alone = built.regressed()
    learned = perf_counter()
    refined = built.refined()
    return {
        "just built": (Timed(built), ready - began),
        "learned": (Timed(alone), learned - ready),
        "refined": (Timed(refined), perf_counter() - learned),
    }


def measure(system: Timed, lines: list[Pair]) -> dict[str, float]:
    """A file's figures; a wrong answer is one given at once to a line that another entry should have answered."""
    asked = [decided(system, entry, question) for entry, question in lines]
    answerable = [each for each in asked if each.entry]
    told = figures(answerable)
    answered = [each for each in answerable if each.decision == "answer"]
    nobodys = [each for each in asked if not each.entry]
    return {
        "lines": len(answerable),
        "top1": told.first or 0.0,
        "top3": told.among_three or 0.0,
        "answered": len(answered) / max(len(answerable), 1),
        "wrong": sum(each.rank != 1 for each in answered) / max(len(answerable), 1),
        "nobody's": len(nobodys),
        "false answers": sum(each.decision == "answer" for each in nobodys) / max(len(nobodys), 1),
    }


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("data", nargs="*", type=Path, default=WORDINGS)
    options = asked.parse_args()
    examples = [(entry.id, question) for entry in starter_manual().entries for question in entry.questions]
    known = {question for _, question in examples}
    read = {path.name: [(line.entry, line.question) for line in read_lines(path.read_bytes())] for path in options.data}
    files = {name: [pair for pair in lines if pair[1] not in known] for name, lines in read.items()}
    files["small talk"] = [("", line) for line in small_talk()]
    for step, (system, seconds) in steps(examples).items():
        for name, lines in files.items():
            told = {figure: round(value, 4) for figure, value in measure(system, lines).items()}
            print(json.dumps({"step": step, "file": name, **told}))
        print(
            json.dumps(
                {
                    "step": step,
                    "made in s": round(seconds, 2),
                    "find p50 ms": round(latency(system.milliseconds).p50_ms, 3),
                }
            )
        )


if __name__ == "__main__":
    main()
