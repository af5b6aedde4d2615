"""Simulated buyers: what each says and when, from a script or from the questions of a manual. Pure, and repeatable."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from random import Random

    from knowledge.manual.entry import Manual

QUESTIONS_AT_MOST = 4
APART_SECONDS = 2.0
"""How long after a message its second copy comes."""

_LINE = re.compile(r"(?P<buyer>[^:：]{1,40})[:：]\s*(?P<words>.+)")
_WAIT = re.compile(r"(?:wait|等)\s*(?P<seconds>\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A buyer says something, so many seconds after the line before."""

    buyer: str
    words: str
    wait_seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One delivery, at its time from the start. `message` counts the buyer's own; `is_again` is a second copy."""

    at_seconds: float
    sent_seconds: float
    buyer: int
    name: str
    message: int
    words: str
    is_again: bool = False


def read_script(text: str) -> tuple[Line, ...]:
    """Read lines like "小王：在吗" and "wait 30"; empty ones and those after # are skipped. Raises `ValueError`."""
    lines, pause = list[Line](), 0.0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if waits := _WAIT.fullmatch(line):
            pause += float(waits["seconds"])
        elif said := _LINE.fullmatch(line):
            lines.append(Line(buyer=said["buyer"].strip(), words=said["words"].strip(), wait_seconds=pause))
            pause = 0.0
        else:
            raise ValueError(f'line {number} is neither "name: words" nor "wait 30"')
    return tuple(lines)


def from_manual(manual: Manual, *, buyers: int, chance: Random) -> tuple[Line, ...]:
    """Let each buyer ask one to four questions of the manual, all of them talking at once."""
    asked = [question for entry in manual.entries for question in entry.questions]
    visits = [
        [Line(buyer=f"买家{number}", words=chance.choice(asked)) for _ in range(chance.randint(1, QUESTIONS_AT_MOST))]
        for number in range(1, buyers + 1)
    ]
    return tuple(_mixed(visits, chance))


def _mixed(visits: Sequence[list[Line]], chance: Random) -> Iterator[Line]:
    """Each buyer's lines in their order, those of several between one another."""
    left = [visit for visit in visits if visit]
    while left:
        visit = chance.choice(left)
        yield visit.pop(0)
        left = [visit for visit in left if visit]


def plan(
    lines: Sequence[Line], *, apart_seconds: float, again_percent: float, shuffled: bool, chance: Random
) -> list[Turn]:
    """When each is delivered: so far apart, some of them twice, and `shuffled` with neighbours out of order."""
    names = list(dict.fromkeys(line.buyer for line in lines))
    counted, turns, at = dict.fromkeys(names, 0), list[Turn](), 0.0
    for line in lines:
        at += line.wait_seconds
        counted[line.buyer] += 1
        turn = Turn(
            at_seconds=at,
            sent_seconds=at,
            buyer=names.index(line.buyer) + 1,
            name=line.buyer,
            message=counted[line.buyer],
            words=line.words,
        )
        turns.append(turn)
        if chance.random() * 100 < again_percent:
            turns.append(dataclasses.replace(turn, at_seconds=at + APART_SECONDS * chance.random(), is_again=True))
        at += apart_seconds
    if shuffled:
        turns = [
            dataclasses.replace(turn, at_seconds=turn.at_seconds + 2 * apart_seconds * chance.random())
            for turn in turns
        ]
    return sorted(turns, key=lambda turn: turn.at_seconds)
