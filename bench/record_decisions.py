"""Every decision that can be asked for, in a file, so that two versions can be compared to the letter.

`python -m bench.record_decisions before.jsonl` writes what this version decides about the bench messages, both sets of
buyers' wordings and every conversation of the journeys and the tests of the rules. With two files it says where they
differ. Reasons are left out: how they are worded is not what a buyer hears.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import defaultdict
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.contract import Surroundings
from bench.bench_message_path import WORDINGS, messages
from bench.recording import FOLDER_VARIABLE, line_of
from bot.actions.knowledge.ask_bot import ask_bot
from bot.config import Hours
from bot.domain.calendar import ShopCalendar, shop_at
from knowledge.base import KnowledgeBase
from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[1]
BENCH_MESSAGES = 8_000
TESTS = ("tests/journeys", "tests/bot/dialogue", "tests/bot/domain")
DIFFERENCES_SHOWN = 20


def asked_apart() -> Iterator[str]:
    """What is decided about each bench message and each line of buyers, asked by itself."""
    knowledge = KnowledgeBase.build(revision=1, manual=starter_manual()).refined()
    zone = ZoneInfo("Asia/Shanghai")
    shop = shop_at(ShopCalendar(hours=Hours(), zone=zone), datetime(2026, 11, 22, 12, tzinfo=zone))
    texts = [("bench", json.loads(body)["data"]["content"]["text"]) for _, body in islice(messages(), BENCH_MESSAGES)]
    for file in WORDINGS:
        texts += [(file.stem, row["question"]) for row in csv.DictReader(file.read_text("utf-8").splitlines())]
    for where, text in texts:
        decision = ask_bot(text, knowledge=knowledge, shop=shop, channel="bench", surroundings=Surroundings())
        yield line_of(where, [text], decision)


def record(file: Path) -> None:
    apart = list(asked_apart())
    parts = file.with_suffix(".parts")
    parts.mkdir()
    subprocess.run(  # a failing test is no reason to record nothing
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "bench.recording", "-k", "not postgresql", *TESTS],
        env=os.environ | {FOLDER_VARIABLE: str(parts)},
        cwd=ROOT,
        check=False,
    )
    told = [each for part in sorted(parts.iterdir()) for each in part.read_text("utf-8").splitlines()]
    file.write_text("\n".join([*apart, *told]) + "\n", "utf-8")
    print(f"{len(apart)} decisions about single messages, {len(told)} in conversations: {file}")


def compare(before: Path, after: Path) -> int:
    """How many decisions differ. Those of one test are compared in their order."""
    old, new = _by_place(before), _by_place(after)
    different = 0
    for where in sorted(old.keys() | new.keys()):
        pairs = list(zip(old[where], new[where], strict=False))
        unequal = [pair for pair in pairs if pair[0] != pair[1]]
        different += len(unequal) + abs(len(old[where]) - len(new[where]))
        if len(old[where]) != len(new[where]):
            print(f"{where}: {len(old[where])} decisions before, {len(new[where])} after")
        for was, now in unequal[:DIFFERENCES_SHOWN]:
            print(f"{where}\n  - {was}\n  + {now}")
    print(json.dumps({"bench": "decisions", "before": _count(old), "after": _count(new), "different": different}))
    return different


def _by_place(file: Path) -> defaultdict[str, list[str]]:
    """The decisions of each test by its name alone: a test may have moved to another file."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for line in file.read_text("utf-8").splitlines():
        decided = json.loads(line)
        places[decided.pop("where").rpartition("::")[2]].append(json.dumps(decided, ensure_ascii=False))
    return places


def _count(places: Mapping[str, list[str]]) -> int:
    return sum(map(len, places.values()))


if __name__ == "__main__":
    match sys.argv[1:]:
        case [before, after]:
            sys.exit(compare(Path(before), Path(after)) > 0)
        case [file]:
            record(Path(file))
        case _:
            sys.exit("one file records, two files are compared")
