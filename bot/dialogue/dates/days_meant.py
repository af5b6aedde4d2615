"""Which dates a buyer means by 明天, 周五前 or 国庆. Pure; words that nobody can date mean none, never a guess."""

from __future__ import annotations

import re
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from bot.dialogue.dates.festivals import festival
from knowledge.manual.entry import NamedDays

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BEFORE, _AFTER = "前", "后"
_FROM_TODAY = MappingProxyType(
    {"今天": 0, "今晚": 0, "今日": 0, "明天": 1, "明早": 1, "明晚": 1, "明日": 1, "后天": 2, "大后天": 3}
)
_EVENINGS = frozenset({"今晚", "明晚"})
_WEEKDAY = re.compile(r"([这本下]{0,2})个?周([一二三四五六日末])")
_WEEKDAYS = MappingProxyType({**{name: (at, at) for at, name in enumerate("一二三四五六日")}, "末": (5, 6)})
_WEEK = re.compile(r"([这本下])个?周")
_MONTH = re.compile(r"([这本下]?)个?月(底?)")
_END_OF_YEAR = "年底"
_DATE = re.compile(r"(?:(\d{1,2})月)?(\d{1,2})[日号]?")
_NEXT_HOLIDAY, _NEW_YEAR = "节", "年"
"""What is left of "节前" and "年后" without the bound."""
_OFF = MappingProxyType(
    {
        **{name + more: f"{name}节" for name in ("国庆", "中秋", "端午", "清明") for more in ("", "节")},
        "十一": "国庆节",
        "五一": "劳动节",
        "元旦": "元旦",
        "元旦节": "元旦",
        "春节": "春节",
        "过年": "春节",
        "除夕": "春节",
        _NEW_YEAR: "春节",
    }
)
"""Words of buyers → the public holiday, as the calendar names it, whose days off they mean."""
_DECEMBER = 12


class _Span(NamedTuple):
    """Days as a buyer names them. What has to come before them comes before `begins`; what has to be there, by `due`.

    Both differ from the first and last day where a holiday has days off around the day that it is about, and where the
    end of a time is named.
    """

    first: date
    last: date
    begins: date
    due: date
    one_is_enough: bool = False


def days_meant(said: str, *, today: date, holidays: Mapping[str, tuple[str, str]]) -> NamedDays | None:
    """The dates, from today on; None when the words name no such day. `holidays`: name → first and last day, ISO."""
    word, bound = (said[:-1], said[-1]) if said.endswith((_BEFORE, _AFTER)) else (said, "")
    span = _span(word, today, holidays)
    if span is None:
        return None
    if bound == _AFTER and word in _OFF and _OFF[word] not in holidays:
        return None
    if bound == _AFTER:
        return NamedDays(first=max(_plus(span.last, 1), today), last=None, one_is_enough=True)
    if bound == _BEFORE:
        eve = _plus(span.begins, -1)
        return NamedDays(first=today, last=eve, due=eve, one_is_enough=True) if eve >= today else None
    due = span.due if span.due >= today else span.last
    left = NamedDays(first=max(span.first, today), last=span.last, due=due, one_is_enough=span.one_is_enough)
    return left if span.last >= today else None


def _span(word: str, today: date, holidays: Mapping[str, tuple[str, str]]) -> _Span | None:
    found = (find(word, today) for find in (_counted_from_today, _weekday, _week, _month, _dated))
    if word == _NEXT_HOLIDAY:
        return _next_holiday(today, holidays)
    return next((span for span in found if span is not None), None) or _holiday(word, today, holidays)


def _plus(day: date, days: int) -> date:
    return day + timedelta(days=days)


def _whole(first: date, last: date, *, one_is_enough: bool = False) -> _Span:
    return _Span(first, last, begins=first, due=last, one_is_enough=one_is_enough)


def _until(today: date, last: date) -> _Span:
    """What is named by its end: 月底 is any day until then, and 月底前 the same."""
    return _Span(today, last, begins=_plus(last, 1), due=last, one_is_enough=True)


def _counted_from_today(word: str, today: date) -> _Span | None:
    if word not in _FROM_TODAY:
        return None
    day = _plus(today, _FROM_TODAY[word])
    return _Span(day, day, begins=_plus(day, int(word in _EVENINGS)), due=day)


def _weekday(word: str, today: date) -> _Span | None:
    """That of this week, or of as many weeks on as 下 is said; a bare one that is over comes again next week."""
    found = _WEEKDAY.fullmatch(word)
    if found is None:
        return None
    monday = _plus(today, 7 * found[1].count("下") - today.weekday())
    first, last = (_plus(monday, at) for at in _WEEKDAYS[found[2]])
    again = 7 if not found[1] and last < today else 0
    return _whole(_plus(first, again), _plus(last, again))


def _week(word: str, today: date) -> _Span | None:
    found = _WEEK.fullmatch(word)
    if found is None:
        return None
    monday = _plus(today, 7 * found[1].count("下") - today.weekday())
    return _whole(monday, _plus(monday, 6), one_is_enough=True)


def _month(word: str, today: date) -> _Span | None:
    if word == _END_OF_YEAR:
        return _until(today, date(today.year, _DECEMBER, 31))
    found = _MONTH.fullmatch(word)
    if found is None:
        return None
    first = today.replace(day=1)
    first = _month_after(first) if found[1] == "下" else first
    last = _plus(_month_after(first), -1)
    return _until(today, last) if found[2] else _whole(first, last, one_is_enough=True)


def _month_after(first: date) -> date:
    return _plus(first, 31).replace(day=1)


def _dated(word: str, today: date) -> _Span | None:
    """A date without its year, or its month, is the next one that exists."""
    found = _DATE.fullmatch(word)
    if found is None:
        return None
    day = int(found[2])
    if found[1] is None:
        months = [(today.year, today.month), (today.year + today.month // 12, today.month % 12 + 1)]
    else:
        months = [(today.year + more, int(found[1])) for more in (0, 1)]
    coming = (each for each in _existing(months, day) if each >= today)
    return next((_whole(each, each) for each in coming), None)


def _existing(months: Iterable[tuple[int, int]], day: int) -> Iterable[date]:
    for year, month in months:
        try:
            yield date(year, month, day)
        except ValueError:
            continue


def _next_holiday(today: date, holidays: Mapping[str, tuple[str, str]]) -> _Span | None:
    spans = sorted((date.fromisoformat(first), date.fromisoformat(last)) for first, last in holidays.values())
    return next((_whole(first, last) for first, last in spans if last >= today), None)


def _holiday(word: str, today: date, holidays: Mapping[str, tuple[str, str]]) -> _Span | None:
    """A festival, with the days off around it where the calendar knows them."""
    itself, off = festival("除夕" if word == _NEW_YEAR else word, today=today), holidays.get(_OFF.get(word, ""))
    if off is None:
        return None if itself is None else _Span(*itself, begins=itself[0], due=itself[0])
    first, last = (date.fromisoformat(day) for day in off)
    day = itself[0] if itself is not None and first <= itself[0] <= last else first
    return _Span(first, last, begins=first if word == _NEW_YEAR else day, due=day)
