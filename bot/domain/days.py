"""Which dates a buyer means by 明天, 周日 or 国庆, and whether parcels are made ready on them. Pure."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from bot.domain.decision import ShopNow
    from knowledge.entry import DayState

WORKING, CLOSED, UNKNOWN = "1", "0", "?"
"""The letters of `ShopNow.days_ahead`."""

_TODAY = frozenset({"今天", "今晚", "今日"})
_FROM_TODAY = MappingProxyType({"明天": 1, "明早": 1, "明晚": 1, "明日": 1, "后天": 2, "大后天": 3})
_WEEKDAY = re.compile(r"([这本下]{0,2})个?周([一二三四五六日末])")
_WEEKDAYS = MappingProxyType({**{name: (at,) for at, name in enumerate("一二三四五六日")}, "末": (5, 6)})
_DATE = re.compile(r"(?:(\d{1,2})月)?(\d{1,2})[日号]?")
_EVERY_YEAR = MappingProxyType(
    {
        "双十一": (11, 11),
        "双十二": (12, 12),
        "618": (6, 18),
        "情人节": (2, 14),
        "妇女节": (3, 8),
        "儿童节": (6, 1),
        "教师节": (9, 10),
        "圣诞": (12, 25),
        "圣诞节": (12, 25),
    }
)
_HOLIDAYS = MappingProxyType(
    {
        **{name + more: f"{name}节" for name in ("国庆", "中秋", "端午", "清明") for more in ("", "节")},
        "十一": "国庆节",
        "五一": "劳动节",
        "元旦": "元旦",
        "元旦节": "元旦",
        "春节": "春节",
        "过年": "春节",
        "除夕": "春节",
    }
)
"""Words of buyers → the public holiday as the calendar names it."""


def named_day(said: str | None, shop: ShopNow) -> tuple[str | None, DayState | None]:
    """The day that a buyer names, in his words, and whether the shop makes parcels ready on all of it, or on none.

    Nothing for today, which the clock speaks of. The state is None for a day gone by, a bound ("周五前"), what is
    further ahead than the shop knows, and days of which some are worked on and some are not.
    """
    if said is None or said in _TODAY:
        return None, None
    today = shop.local_time.date()
    states = {_state(day, today, shop.days_ahead) for day in days_meant(said, today=today, holidays=shop.holidays)}
    if states == {WORKING}:
        return said, "working"
    return said, "closed" if states == {CLOSED} else None


def _state(day: date, today: date, days_ahead: str) -> str:
    ahead = (day - today).days
    return days_ahead[ahead] if 0 <= ahead < len(days_ahead) else UNKNOWN


def days_meant(said: str, *, today: date, holidays: Mapping[str, tuple[str, str]]) -> tuple[date, ...]:
    """The dates, from today on; none when the words name no such day. `holidays`: name → first and last day, ISO."""
    if said in _FROM_TODAY:
        return (today + timedelta(days=_FROM_TODAY[said]),)
    if said in _HOLIDAYS:
        span = holidays.get(_HOLIDAYS[said])
        return tuple(day for day in _from_to(*span) if day >= today) if span else ()
    if said in _EVERY_YEAR:
        return _next([(today.year + more, *_EVERY_YEAR[said]) for more in (0, 1)], today)
    weekday, dated = _WEEKDAY.fullmatch(said), _DATE.fullmatch(said)
    if weekday:
        return tuple(day for day in _weekdays(weekday[1], _WEEKDAYS[weekday[2]], today) if day >= today)
    return _next(_months(dated[1], int(dated[2]), today), today) if dated else ()


def _weekdays(which: str, weekdays: Iterable[int], today: date) -> list[date]:
    """Those of this week, or of as many weeks on as 下 is said; a bare one that is over comes again next week."""
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(weeks=which.count("下"), days=at) for at in weekdays]
    return [day + timedelta(weeks=1) for day in days] if not which and days[-1] < today else days


def _months(month: str | None, day: int, today: date) -> list[tuple[int, int, int]]:
    """Where a date without its year, or its month, may lie: in this one or the next."""
    if month is not None:
        return [(today.year + more, int(month), day) for more in (0, 1)]
    return [(today.year, today.month, day), (today.year + today.month // 12, today.month % 12 + 1, day)]


def _next(dates: Iterable[tuple[int, int, int]], today: date) -> tuple[date, ...]:
    """The first of these that exists and is not over."""
    for year, month, day in dates:
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return (found,)
    return ()


def _from_to(first: str, last: str) -> Iterable[date]:
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    return (begins + timedelta(days=n) for n in range((ends - begins).days + 1))
