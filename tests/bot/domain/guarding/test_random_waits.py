"""A thousand random waits on a clock that is turned by hand: the rules alone, with what a database would remember."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from bot.config import Hours, Span
from bot.domain.calendar import ShopCalendar
from bot.domain.guarding.cover import Late, Say, cover
from bot.domain.guarding.ladder import LADDER, split, steps
from bot.domain.reply_windows.lines import Wait, running_lines
from bot.domain.reply_windows.presets import chosen

if TYPE_CHECKING:
    from bot.domain.guarding.ladder import Key
    from bot.domain.reply_windows.window import Window

CHINA = ZoneInfo("Asia/Shanghai")
CALENDARS = tuple(
    ShopCalendar(hours=Hours(every_day=tuple(map(Span.read, spans)), country=""), zone=CHINA)
    for spans in (("09:00-21:00",), ("00:00-24:00",), ("22:00-06:00",), ("09:00-12:00", "14:00-18:00"))
)
PRESETS = ("taobao", "douyin", "kuaishou", "jd", "xiaohongshu", "pinduoduo", "pace")
COVERED = ("", "cover")


@dataclass
class Turn:
    """One wait, from the buyer's first unanswered message to a person's answer."""

    asked_at: datetime
    buyer_at: datetime
    typed: list[datetime] = field(default_factory=list)
    ended_at: datetime | None = None
    covers: list[datetime] = field(default_factory=list)
    rung_due_at: datetime | None = None
    taken: set[Key] = field(default_factory=set)
    told: list[Key] = field(default_factory=list)


@dataclass
class Desk:
    """A shop that waits for a person to answer, looked after at every tick."""

    windows: tuple[Window, ...]
    calendar: ShopCalendar
    turns: list[Turn] = field(default_factory=list)

    @property
    def turn(self) -> Turn | None:
        return self.turns[-1] if self.turns and self.turns[-1].ended_at is None else None

    def buyer_writes(self, now: datetime) -> None:
        if self.turn is None:
            self.turns.append(Turn(asked_at=now, buyer_at=now, rung_due_at=now))
        else:
            self.turn.buyer_at, self.turn.rung_due_at = now, now

    def person_types(self, now: datetime) -> None:
        if self.turn is not None:
            self.turn.typed.append(now)

    def person_answers(self, now: datetime) -> None:
        if self.turn is not None:
            self.turn.ended_at = now

    def ticks(self, now: datetime) -> None:
        """What is kept in the database is all that this knows: it may be another process each time."""
        turn = self.turn
        if turn is None or turn.rung_due_at is None or turn.rung_due_at > now:
            return
        said_at = turn.covers[-1] if turn.covers else None
        wait = Wait(asked_at=turn.asked_at, buyer_at=turn.buyer_at, bot_said_at=said_at)
        found = steps(self.windows, wait, ladder=LADDER, calendar=self.calendar)
        due, turn.rung_due_at = split(found, done=turn.taken, now=now)
        for step in due:
            turn.taken.add(step.key)
            turn.told.append(step.key)
            late = Late(
                asked_at=turn.asked_at,
                voice="cover",
                led=False,
                is_open=self.calendar.is_open(now),
                covered=COVERED in turn.taken,
                typed_at=max(turn.typed, default=None),
            )
            if step.action == "cover" and isinstance(cover(late), Say):
                turn.taken.add(COVERED)  # type: ignore[arg-type]  # a key as the database has it
                turn.covers.append(now)


def _lived(seed: int) -> Desk:
    draw = random.Random(seed)  # noqa: S311 - seeded, no secret
    desk = Desk(windows=chosen([draw.choice(PRESETS)]), calendar=draw.choice(CALENDARS))
    now = datetime(2026, 11, 22, tzinfo=CHINA) + timedelta(seconds=draw.randrange(86_400))
    for _ in range(draw.randrange(5, 60)):
        what = draw.choice((desk.buyer_writes, desk.buyer_writes, desk.person_types, desk.person_answers, None, None))
        if what is not None:
            what(now)
        for _ in range(draw.choice((0, 1, 4, 30))):
            now += timedelta(seconds=1)
            desk.ticks(now)
        now += timedelta(milliseconds=draw.randrange(999))
    return desk


def test_nobody_waits_past_a_line_without_a_word_and_nobody_hears_two() -> None:
    covers, lives = 0, 0
    for seed in range(1_000):
        desk = _lived(seed)
        for turn in desk.turns:
            lives += 1
            covers += len(turn.covers)
            assert len(turn.covers) <= 1, seed
            assert len(turn.told) == len(set(turn.told)), seed
            for said_at in turn.covers:
                assert not [at for at in turn.typed if at <= said_at], seed
                assert turn.ended_at is None or turn.ended_at >= said_at, seed
            _nobody_was_forgotten(turn, desk, seed)
    assert (lives > 3_000, covers > 100) == (True, True)


def _nobody_was_forgotten(turn: Turn, desk: Desk, seed: int) -> None:
    """Whoever waited beyond a line, with nobody typing before, had heard a word by then."""
    wait = Wait(asked_at=turn.asked_at, buyer_at=turn.buyer_at)
    seen = [key for key in turn.told if key[1] == "missed"]
    for line in running_lines(desk.windows, wait, CHINA):
        if (line.window.name, "missed") not in seen:
            continue
        word_by = [said_at for said_at in turn.covers if said_at <= line.due_at]
        assert word_by or [at for at in turn.typed if at <= line.due_at], seed
