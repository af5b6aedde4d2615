"""On which days buyers keep what they buy for: 双十一, 母亲节 and the festivals of the lunar calendar. Pure.

The calendar of the shop (`calendar.py`) knows public holidays, with the days off around them; this one knows the day
itself, of these and of many that nobody has off, whatever the shop's country.
"""

from __future__ import annotations

from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

_ON_ONE_DATE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "元旦": (1, 1),
        "情人节": (2, 14),
        "妇女节": (3, 8),
        "五一": (5, 1),
        "儿童节": (6, 1),
        "618": (6, 18),
        "教师节": (9, 10),
        "国庆": (10, 1),
        "双十一": (11, 11),
        "双十二": (12, 12),
        "平安夜": (12, 24),
        "圣诞": (12, 25),
    }
)
_ON_A_WEEKDAY: Mapping[str, tuple[int, int, int]] = MappingProxyType(
    {"母亲节": (5, 2, 6), "父亲节": (6, 3, 6), "感恩节": (11, 4, 3)}
)
"""Month, which of its weeks, and weekday from Monday as 0: the second Sunday of May."""
_MOVING: Mapping[str, Mapping[int, tuple[int, int]]] = MappingProxyType(
    {
        "腊八": {2026: (1, 26), 2027: (1, 15), 2028: (1, 4), 2029: (1, 22), 2030: (1, 11), 2031: (1, 1)},
        "春节": {2026: (2, 17), 2027: (2, 6), 2028: (1, 26), 2029: (2, 13), 2030: (2, 3), 2031: (1, 23)},
        "清明": {2026: (4, 5), 2027: (4, 5), 2028: (4, 4), 2029: (4, 4), 2030: (4, 5), 2031: (4, 5)},
        "端午": {2026: (6, 19), 2027: (6, 9), 2028: (5, 28), 2029: (6, 16), 2030: (6, 5), 2031: (6, 24)},
        "七夕": {2026: (8, 19), 2027: (8, 8), 2028: (8, 26), 2029: (8, 16), 2030: (8, 5), 2031: (8, 24)},
        "中秋": {2026: (9, 25), 2027: (9, 15), 2028: (10, 3), 2029: (9, 22), 2030: (9, 12), 2031: (10, 1)},
        "重阳": {2026: (10, 18), 2027: (10, 8), 2028: (10, 26), 2029: (10, 16), 2030: (10, 5), 2031: (10, 24)},
        "冬至": {2026: (12, 22), 2027: (12, 22), 2028: (12, 21), 2029: (12, 21), 2030: (12, 22), 2031: (12, 22)},
    }
)
"""Festivals of the lunar calendar and of the sun's, by year, in China's time (GB/T 33661-2017).

The figures agree with the packages lunardate 0.3, lunar_python 1.4 and holidays 0.109. A later year is unknown until
it stands here.
"""


class _Near(NamedTuple):
    """A festival that is counted from another: the days after it on which it begins and ends."""

    festival: str
    first: int
    last: int


_BY_ANOTHER: Mapping[str, _Near] = MappingProxyType(
    {
        "除夕": _Near("春节", -1, -1),
        "元宵": _Near("春节", 14, 14),
        "小年": _Near("腊八", 15, 16),  # the 23rd of the twelfth month in the north, the 24th in the south
    }
)
_ALSO_CALLED: Mapping[str, str] = MappingProxyType(
    {
        "过年": "春节",
        "十一": "国庆",
        **{f"{name}节": name for name in (*_MOVING, *_BY_ANOTHER, "元旦", "国庆", "圣诞") if name != "春节"},
    }
)


_SOON_ENOUGH_DAYS = 330
"""One that lies further ahead was over only weeks ago, and nobody can tell which of the two is meant."""


def festival(name: str, *, today: date) -> tuple[date, date] | None:
    """The first and last day of the next festival of that name, today's included; None when nobody can tell."""
    known = _ALSO_CALLED.get(name, name)
    spans = (span for year in (today.year, today.year + 1) for span in _in_year(known, year))
    coming = next((span for span in spans if span[1] >= today), None)
    return coming if coming is None or (coming[0] - today).days <= _SOON_ENOUGH_DAYS else None


def _in_year(name: str, year: int) -> Iterator[tuple[date, date]]:
    near = _BY_ANOTHER.get(name, _Near(name, 0, 0))
    for find in _FINDERS:
        day = find(near.festival, year)
        if day is not None:
            yield day + timedelta(days=near.first), day + timedelta(days=near.last)


def _on_one_date(name: str, year: int) -> date | None:
    return date(year, *_ON_ONE_DATE[name]) if name in _ON_ONE_DATE else None


def _on_a_weekday(name: str, year: int) -> date | None:
    if name not in _ON_A_WEEKDAY:
        return None
    month, week, weekday = _ON_A_WEEKDAY[name]
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (week - 1))


def _moving(name: str, year: int) -> date | None:
    found = _MOVING.get(name, {}).get(year)
    return None if found is None else date(year, *found)


_FINDERS: tuple[Callable[[str, int], date | None], ...] = (_on_one_date, _on_a_weekday, _moving)
