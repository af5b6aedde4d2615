"""Whether parcels are made ready on the days that a buyer names, and whether what is paid now arrives by then.

All of it is the shop's own facts: the cut-off, the days it works, and how many days couriers usually take to where the
buyer lives. What these do not tell stays unknown.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from knowledge.answers.facts import DELIVERY_DAYS_FACTS, cutoff, fact_value, region_group
from knowledge.entities.dates import TODAY

if TYPE_CHECKING:
    from knowledge.manual.entry import Arrival, Circumstances, DayState, Manual, NamedDays

WORKING, CLOSED, UNKNOWN = "1", "0", "?"
"""The letters of `Circumstances.days_ahead`."""

_ON_ITS_WAY_OR_OVER = frozenset({"shipped", "signed", "refunding", "closed"})
_DAYS_TAKEN = re.compile(r"(\d{1,2})(?: ?[-–—~～到至] ?(\d{1,2}))? ?天?")


class Window(NamedTuple):
    """The first and the last date on which something usually happens."""

    first: date
    last: date


def day_state(manual: Manual, circumstances: Circumstances) -> DayState | None:
    """Whether parcels are made ready on all of the named days, or on none; of a bound, whether on any.

    None for today, which the clock speaks of, and where the calendar cannot tell.
    """
    days = circumstances.named_days
    if days is None or circumstances.named_day in TODAY:
        return None
    letters = _letters(days, manual, circumstances)
    if days.one_is_enough and WORKING in letters:
        return "working"
    if set(letters) == {WORKING}:
        return "working"
    return "closed" if set(letters) == {CLOSED} and days.last is not None else None


def _letters(days: NamedDays, manual: Manual, circumstances: Circumstances) -> str:
    """The letters of these days; where one of them is enough, today counts until the cut-off only."""
    today, ahead = circumstances.local_time.date(), circumstances.days_ahead
    if days.one_is_enough and _is_past_cutoff(manual, circumstances):
        ahead = CLOSED + ahead[1:]
    end = len(ahead) if days.last is None else (days.last - today).days + 1
    return ahead.ljust(end, UNKNOWN)[(days.first - today).days : end]


def _is_past_cutoff(manual: Manual, circumstances: Circumstances) -> bool:
    closes = cutoff(manual)
    return closes is not None and circumstances.local_time.time() >= closes


# From paying to arriving


def made_ready(manual: Manual, circumstances: Circumstances) -> Window | None:
    """When a parcel that is paid now, or on the day that the buyer names for it, is made ready.

    Twice the same date where that is sure. None when the order is on its way or over, or nobody knows that far ahead.
    """
    today = circumstances.local_time.date()
    paid = circumstances.pays_on or today
    if circumstances.order_status in _ON_ITS_WAY_OR_OVER or paid < today:
        return None
    letters = circumstances.days_ahead[(paid - today).days :]
    is_past, is_today = _is_past_cutoff(manual, circumstances), paid == today
    in_time_at_most = is_past and is_today and circumstances.order_status != "paid"
    in_time_at_least = is_past or not is_today or cutoff(manual) is None
    first = _nth(letters, WORKING + UNKNOWN, int(in_time_at_most))
    last = _nth(letters, WORKING, int(in_time_at_least))
    return None if first is None or last is None else Window(_after(paid, first), _after(paid, last))


def _nth(letters: str, wanted: str, start: int) -> int | None:
    return next((at for at in range(start, len(letters)) if letters[at] in wanted), None)


def _after(day: date, days: int) -> date:
    return day + timedelta(days=days)


def days_taken(written: str) -> tuple[int, int] | None:
    """How many days at least and at most a fact says: "3-5", "3到5天" or "3"; None when it cannot be read."""
    found = _DAYS_TAKEN.fullmatch(written)
    if found is None:
        return None
    least, most = int(found[1]), int(found[2] or found[1])
    return (least, most) if least <= most else None


def arrives_on(manual: Manual, circumstances: Circumstances) -> Window | None:
    """When a parcel that is paid now usually arrives where the buyer lives, counted in days from its sending."""
    group = region_group(manual, circumstances)
    if group is None:
        return None
    ready, taken = made_ready(manual, circumstances), days_taken(fact_value(manual, DELIVERY_DAYS_FACTS.get(group, "")))
    return Window(_after(ready.first, taken[0]), _after(ready.last, taken[1])) if ready and taken else None


def arrival(manual: Manual, circumstances: Circumstances) -> Arrival | None:
    """Whether it usually arrives by the named day; None where nothing is due, or not enough is known to tell."""
    days, window = circumstances.named_days, arrives_on(manual, circumstances)
    if days is None or days.due is None or window is None:
        return None
    if window.last <= days.due:
        return "in_time"
    return "late" if window.first > (days.last or days.due) else "perhaps"


def waits_for_region(manual: Manual, circumstances: Circumstances) -> bool:
    """Whether it could be told when a parcel arrives, if only the buyer said where they live."""
    return circumstances.region is None and made_ready(manual, circumstances) is not None
