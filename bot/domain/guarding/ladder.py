"""The ladder of each line: what is done when how much of the time is gone. Pure.

What only people can act upon waits until the shop is open; the buyer's own line does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, get_args

from pydantic import Field

from bot.config import Number, Section
from bot.domain.reply_windows.lines import running_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bot.domain.calendar import ShopCalendar
    from bot.domain.reply_windows.lines import Line, Wait
    from bot.domain.reply_windows.window import Window

Action = Literal["remind", "alert", "reassign", "cover", "missed"]
"""Tell whom the buyer waits for · tell the group · give the buyer to somebody else · the bot says a word · the line has
passed (always at its end, and only noted)."""
RungAction = Literal["remind", "alert", "reassign", "cover"]
RUNG_ACTIONS: tuple[RungAction, ...] = get_args(RungAction)
FOR_PEOPLE: frozenset[Action] = frozenset({"remind", "alert", "reassign"})


class Rung(Section):
    """One step of the ladder: what is done when `percent` of a line's time are gone."""

    action: RungAction
    percent: Annotated[Number, Field(gt=0, lt=100)]


LADDER = (
    Rung(action="remind", percent=30),
    Rung(action="alert", percent=50),
    Rung(action="reassign", percent=60),
    Rung(action="cover", percent=66),
)
"""As it comes."""

Key = tuple[str, Action]
"""The name of a line's window, and what is done: once in a wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is due for one wait, by which line, and when."""

    action: Action
    line: Line
    at: datetime

    @property
    def key(self) -> Key:
        return self.line.window.name, self.action


def steps(windows: Sequence[Window], wait: Wait, *, ladder: Sequence[Rung], calendar: ShopCalendar) -> tuple[Step, ...]:
    """All steps of this wait, soonest first; those for people whom no opening brings back are left out."""
    found = [step for line in running_lines(windows, wait, calendar.zone) for step in _of(line, ladder, calendar)]
    return tuple(sorted(found, key=lambda step: step.at))


def first_step_at(
    windows: Sequence[Window], wait: Wait, *, ladder: Sequence[Rung], calendar: ShopCalendar
) -> datetime | None:
    """When somebody has to look at this wait first; None where no line runs."""
    if not windows:
        return None
    return next((step.at for step in steps(windows, wait, ladder=ladder, calendar=calendar)), None)


def split(found: Sequence[Step], *, done: Collection[Key], now: datetime) -> tuple[tuple[Step, ...], datetime | None]:
    """What is due now and not done yet, and when the next step after that is."""
    left = [step for step in found if step.key not in done]
    due = tuple(step for step in left if step.at <= now)
    return due, next((step.at for step in left if step.at > now), None)


def _of(line: Line, ladder: Sequence[Rung], calendar: ShopCalendar) -> list[Step]:
    found = [Step(action="missed", line=line, at=line.due_at)]
    for rung in ladder:
        at: datetime | None = line.moment(rung.percent / 100)
        if at is not None and rung.action in FOR_PEOPLE:
            at = calendar.next_opening(at)
        if at is not None:
            found.append(Step(action=rung.action, line=line, at=at))
    return found
