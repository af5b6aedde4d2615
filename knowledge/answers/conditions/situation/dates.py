"""Today lies between two days, both included, or on one side of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from knowledge.answers.conditions.condition import Cell, Condition, Rank
from knowledge.reasons.faults import fault
from knowledge.reasons.reason import because

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from knowledge.answers.conditions.condition import Shop
    from knowledge.manual.entry import Circumstances, Manual, When
    from knowledge.reasons.faults import Fault
    from knowledge.reasons.reason import Reason, Value


def _said(when: When) -> Reason:
    return because("dates_are", first=_day_or_any(when.first_day), last=_day_or_any(when.last_day))


def _day_or_any(day: date | None) -> Value:
    return because("any_day") if day is None else day.isoformat()


def _against(when: When, _: Manual, circumstances: Circumstances) -> Reason | None:
    today = circumstances.local_time.date()
    has_begun = when.first_day is None or when.first_day <= today
    return None if has_begun and not _is_over(when, today) else because("not_on_these_dates")


def _is_over(when: When, today: date) -> bool:
    return when.last_day is not None and when.last_day < today


def _warnings(when: When, shop: Shop) -> Iterator[Fault]:
    if _is_over(when, shop.today):
        yield fault("day_of_condition_gone", day=str(when.last_day))


DATES = Condition(
    cells=(Cell(field="first_day", form="day"), Cell(field="last_day", form="day", faults=("days_backwards",))),
    rank=Rank.DATES,
    said=_said,
    against=_against,
    warnings=_warnings,
)
