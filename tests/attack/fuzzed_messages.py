"""What the costliest of many strange messages costs beside the middle one: `python -m tests.attack.fuzzed_messages`.

Counted in CPU time of this one thread, so that whatever else the machine does hardly matters. A message that takes
longer than `ALARM_SECONDS` is given up and told, and the run goes on.
"""

from __future__ import annotations

import csv
import dataclasses
import gc
import heapq
import random
import time
from importlib.resources import files
from typing import TYPE_CHECKING

import click

from bot.cli.serve import SEARCHES_FOR_GARBAGE
from bot.dialogue.decide import decide
from knowledge.base import KnowledgeBase
from knowledge.fitting import shipped_fit
from knowledge.manual.files import starter_manual
from tests.patience import ALARM_SECONDS, TakesTooLong, alarm
from tests.talk import NEW, OPEN, heard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

TIMES_THE_MIDDLE_ONE = 40
LONGEST = 600
GOES_ON_IN = 0.5
"""So many of the messages come in the conversation of the one before, with all that is remembered of it."""
SAME_JOINT = 0.8
JOINTS = ("，", "？", "。", " ", "", "、", "\n", "…", "!", "；", "和", "还有")
PIECES = (
    *(
        "a1b2",
        "sf",
        "kuaidi",
        "shenme shihou fahuo",
        "zhe ge duo shao qian",
        "xl",
        "170",
        "65kg",
        "1.75m",
        "¥99",
        "100斤",
    ),
    *(
        "12月31号",
        "下周三",
        "明天下午3点",
        "2026-11-30",
        "第3个",
        "二三百",
        "一千零一夜",
        "138 0000 0000",
        "SF1234567890123",
    ),
    *(
        "https://shop.example/item?id=1",
        "<b>",
        "😡",
        "👍🏽",
        "\u200b",
        "\u202e",
        "ｆｕｌｌ",
        "發貨",
        "퀵",
        "привет",
        "\ud83d",
    ),
    *(
        "不是",
        "没有",
        "别",
        "那",
        "呢",
        "吗",
        "多少",
        "人工",
        "投诉",
        "垃圾",
        "你妈",
        "妈的",
        "孕妇",
        "过敏",
        "新疆",
        "顺丰",
    ),
)


class Fuzz:
    """Messages of any kind, the same ones for the same seed."""

    def __init__(self, seed: int, manual_texts: list[str]) -> None:
        self.dice = random.Random(seed)  # noqa: S311 - seeded: the same messages every time
        lines = files("bench").joinpath("data/jd-dev.csv").read_text("utf-8").splitlines()
        self.questions = [row["question"] for row in csv.DictReader(lines)]
        self.manual_texts = manual_texts
        self.kinds: Mapping[str, Callable[[], str]] = {
            "question": lambda: self.dice.choice(self.questions),
            "questions": lambda: self._row(lambda: self.dice.choice(self.questions)),
            "slices": lambda: self._row(self._slice),
            "pieces": lambda: self._row(lambda: self.dice.choice(PIECES)),
            "mixed": lambda: self._row(self._any),
            "manual": lambda: self._row(lambda: self.dice.choice(self.manual_texts)),
            "one thing again and again": self._again,
            "characters": self._noise,
            "letters": self._letters,
        }

    def message(self) -> tuple[str, str]:
        kind = self.dice.choice(list(self.kinds))
        return kind, self.kinds[kind]()[:LONGEST]

    def _row(self, piece: Callable[[], str]) -> str:
        length, joint, said = self.dice.randint(5, LONGEST), self.dice.choice(JOINTS), ""
        while len(said) < length:
            said += piece() + (joint if self.dice.random() < SAME_JOINT else self.dice.choice(JOINTS))
        return said[:length]

    def _slice(self) -> str:
        words = self.dice.choice(self.questions)
        start = self.dice.randrange(max(1, len(words) - 2))
        return words[start : start + self.dice.randint(1, 9)]

    def _any(self) -> str:
        return self.dice.choice((self._slice, lambda: self.dice.choice(PIECES), self._noise))()

    def _again(self) -> str:
        piece = self._any()[: self.dice.randint(1, 8)]
        return (piece + self.dice.choice(JOINTS)) * (LONGEST // max(1, len(piece)))

    def _noise(self) -> str:
        low, high = self.dice.choice(((0x20, 0x7E), (0x4E00, 0x9FA5), (0x1F300, 0x1F6FF), (0x20, 0x2FFFF)))
        return "".join(chr(self.dice.randint(low, high)) for _ in range(self.dice.randint(1, LONGEST)))

    def _letters(self) -> str:
        letters = self.dice.choice(("aeiounghzsc ", "0123456789.-:月日号 ", "abcdefghijklmnopqrstuvwxyz"))
        return "".join(self.dice.choice(letters) for _ in range(self.dice.randint(1, LONGEST)))


@click.command()
@click.option("--messages", default=20_000, show_default=True)
@click.option("--seed", default=1, show_default=True)
@click.option("--show", default=5, show_default=True, help="How many of the costliest ones to print.")
def main(messages: int, seed: int, show: int) -> None:
    """Fails when a message costs more than forty times as much as the middle one."""
    knowledge = _refined_starter()
    fuzz = Fuzz(seed, [text for entry in knowledge.manual.entries for text in entry.questions])
    gc.freeze()  # as a server does
    gc.set_threshold(*SEARCHES_FOR_GARBAGE)
    costs, worst, given_up = list[float](), list[tuple[float, str, str]](), 0
    conversation = NEW
    for number in range(1, messages + 1):
        kind, text = fuzz.message()
        goes_on = fuzz.dice.random() < GOES_ON_IN
        began = time.thread_time()
        try:
            with alarm():
                decision = decide(heard=heard(text), conversation=conversation, shop=OPEN, knowledge=knowledge)
        except TakesTooLong:
            given_up += 1
            click.echo(f"ALARM: message {number} of seed {seed}, {kind}, upon {conversation.memory}: {text!r}")
            continue
        finally:
            costs.append(time.thread_time() - began)
        conversation = dataclasses.replace(NEW, mode=decision.mode, memory=decision.memory) if goes_on else NEW
        (heapq.heappushpop if len(worst) >= show else heapq.heappush)(worst, (costs[-1], kind, text))
    costs.sort()
    middle, rare, most = costs[len(costs) // 2], costs[int(len(costs) * 0.999)], costs[-1]
    click.echo(
        f"{messages} messages (seed {seed}), CPU: middle {middle * 1000:.1f} ms, "
        f"p99.9 {rare * 1000:.1f} ms ({rare / middle:.1f} times), most {most * 1000:.1f} ms ({most / middle:.1f} times)"
    )
    for cost, kind, text in sorted(worst, reverse=True):
        click.echo(f"  {cost * 1000:.1f} ms, {kind}: {text[:100]!r}")
    if given_up:
        raise click.ClickException(f"{given_up} messages took more than {ALARM_SECONDS:g} s")
    if most > TIMES_THE_MIDDLE_ONE * middle:
        raise click.ClickException(f"the costliest takes {most / middle:.0f} times as long as the middle one")


def _refined_starter() -> KnowledgeBase:
    quick = KnowledgeBase.build(revision=1, manual=starter_manual())
    fit = shipped_fit(quick.fit_key)
    if fit is None:
        raise click.ClickException("the shipped fit is not of this version: run `make fit` first")
    knowledge = quick.with_fit(fit)
    knowledge.warm_up()
    return knowledge


if __name__ == "__main__":
    main()
