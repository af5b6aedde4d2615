"""How well lists are answered as their owners keep them: `python -m bench.owner_lists FOLDER ...`.

Each folder holds `list.xlsx`, imported as it is in the place of the starter manual, and `buyers.csv` (`row,question`):
what buyers type, and the row of the list that answers it; an empty row means that none does. Each line is asked alone,
of the refined matcher, and the real rules decide.
"""

from __future__ import annotations

import argparse
import csv
import json
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from adapters.contract import Surroundings
from bot.actions.knowledge.ask_bot import ask_bot
from bot.actions.knowledge.evaluate_answers import evaluate_answers
from bot.clock import SystemClock
from bot.config import Hours
from bot.domain.calendar import ShopCalendar, shop_at
from knowledge.base import KnowledgeBase
from knowledge.improve.evaluate import Line
from knowledge.lint.finding import at_entry
from knowledge.manual.files import starter_manual
from knowledge.workbook.lists import read_list
from knowledge.workbook.spreadsheets.reading import sheets_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.improve.evaluate import Asked
    from knowledge.workbook.importing import Reading

ZONE = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 12, tzinfo=ZONE)
LIST, BUYERS = "list.xlsx", "buyers.csv"


def measure(folder: Path) -> dict[str, float]:
    """One list's figures: shares of the lines that a row answers; `wrong`, `guessed wrongly`: shares of all lines."""
    starter = starter_manual()
    reading = read_list(sheets_of((folder / LIST).read_bytes(), name=LIST), name=LIST, base=starter, shipped=starter)
    ask = partial(
        ask_bot,
        knowledge=KnowledgeBase.build(revision=0, manual=reading.manual).refined(),
        shop=shop_at(ShopCalendar(hours=Hours(), zone=ZONE), NOON),
        channel="bench",
        surroundings=Surroundings(),
    )
    asked = evaluate_answers(lines(folder / BUYERS, reading), ask=ask, clock=SystemClock()).asked
    return figures([each for each in asked if each.entry], asked)


def lines(path: Path, reading: Reading) -> list[Line]:
    """What buyers type, with the entry that their row has become."""
    entry_of = {
        str(reading.rows[at_entry(entry)].number): entry.id
        for entry in reading.manual.entries
        if at_entry(entry) in reading.rows
    }
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [
            Line(entry=entry_of[row["row"]] if row["row"] else "", question=row["question"])
            for row in csv.DictReader(file)
        ]


def figures(answerable: Sequence[Asked], asked: Sequence[Asked]) -> dict[str, float]:
    at_once = [each for each in asked if each.decision in ("answer", "suggest")]
    told = {
        "top1": sum(each.right for each in answerable) / len(answerable),
        "top3": sum(1 <= each.rank <= 3 for each in answerable) / len(answerable),
        "at once": sum(each.is_served for each in at_once if each.entry) / len(answerable),
        "or offered": sum(each.is_served for each in answerable) / len(answerable),
        "wrong": sum(each.decision == "answer" and not each.is_served for each in asked) / len(asked),
        "guessed wrongly": sum(each.decision == "suggest" and not each.is_served for each in asked) / len(asked),
    }
    return {figure: round(value, 3) for figure, value in told.items()}


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folders", nargs="+", type=Path)
    for folder in asked.parse_args().folders:
        print(json.dumps({"list": folder.name, **measure(folder)}))


if __name__ == "__main__":
    main()
