"""On which days buyers keep what they buy for: 双十一, 母亲节 and the festivals of the lunar calendar. Pure.

The calendar of the shop (`calendar.py`) knows public holidays, with the days off around them; this one knows the day
itself, of these and of many that nobody has off, whatever the shop's country.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


class _Near(NamedTuple):
    """A festival that is counted from another: the days after it on which it begins and ends."""

    festival: str
    first: int
    last: int


class _Festivals(NamedTuple):
    """What `festivals.toml` holds: days as (month, day), and for a weekday (month, week, weekday)."""

    on_one_date: Mapping[str, tuple[int, int]]
    on_a_weekday: Mapping[str, tuple[int, int, int]]
    moving: Mapping[str, Mapping[int, tuple[int, int]]]
    by_another: Mapping[str, _Near]
    also_called: Mapping[str, str]


@cache
def _festivals() -> _Festivals:
    book = tomllib.loads(files("bot.dialogue.dates").joinpath("festivals.toml").read_text("utf-8"))
    return _Festivals(
        on_one_date={name: _day(said) for name, said in book["on_one_date"].items()},
        on_a_weekday={name: tuple(said) for name, said in book["on_a_weekday"].items()},
        moving={name: {int(year): _day(said) for year, said in days.items()} for name, days in book["moving"].items()},
        by_another={name: _Near(*said) for name, said in book["by_another"].items()},
        also_called=book["also_called"],
    )


def _day(said: str) -> tuple[int, int]:
    month, day = said.split("-")
    return int(month), int(day)


_SOON_ENOUGH_DAYS = 330
"""One that lies further ahead was over only weeks ago, and nobody can tell which of the two is meant."""


def festival(name: str, *, today: date) -> tuple[date, date] | None:
    """The first and last day of the next festival of that name, today's included; None when nobody can tell."""
    known = _festivals().also_called.get(name, name)
    spans = (span for year in (today.year, today.year + 1) for span in _in_year(known, year))
    coming = next((span for span in spans if span[1] >= today), None)
    return coming if coming is None or (coming[0] - today).days <= _SOON_ENOUGH_DAYS else None


def _in_year(name: str, year: int) -> Iterator[tuple[date, date]]:
    near = _festivals().by_another.get(name, _Near(name, 0, 0))
    for find in _FINDERS:
        day = find(near.festival, year)
        if day is not None:
            yield day + timedelta(days=near.first), day + timedelta(days=near.last)


def _on_one_date(name: str, year: int) -> date | None:
    return date(year, *_festivals().on_one_date[name]) if name in _festivals().on_one_date else None


def _on_a_weekday(name: str, year: int) -> date | None:
    if name not in _festivals().on_a_weekday:
        return None
    month, week, weekday = _festivals().on_a_weekday[name]
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (week - 1))


def _moving(name: str, year: int) -> date | None:
    found = _festivals().moving.get(name, {}).get(year)
    return None if found is None else date(year, *found)


_FINDERS: tuple[Callable[[str, int], date | None], ...] = (_on_one_date, _on_a_weekday, _moving)
