"""When people work: the week, public holidays, and the shop's own dates."""

import datetime as dt
import itertools
import re
from dataclasses import dataclass
from typing import Annotated, Literal, Self

import holidays
from pydantic import BeforeValidator, model_validator

from bot.config.values import Section

MINUTES_A_DAY = 24 * 60
LONGEST_OWN_DATES_DAYS = 366

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Span:
    """From one time of day to another, half-open, in minutes after the midnight its day starts with.

    An end beyond 1,440 lies on the next day: "22:00-06:00" is 1,320 to 1,800.
    """

    start_minute: int
    end_minute: int

    @classmethod
    def read(cls, text: object) -> Self:
        """Read "09:00-18:00". An end at or before the start means over midnight. Raises ValueError with what to do."""
        found = (
            re.fullmatch(r"(\d{1,2}):(\d\d)\s*[-–~]\s*(\d{1,2}):(\d\d)", text.strip()) if type(text) is str else None
        )
        if found is None:
            raise ValueError(f'{text!r} is not a span of hours; write it like "09:00-18:00"')
        start_hour, start, end_hour, end = map(int, found.groups())
        start += 60 * start_hour
        end += 60 * end_hour
        if start >= MINUTES_A_DAY or end > MINUTES_A_DAY or int(found[2]) > 59 or int(found[4]) > 59:  # noqa: PLR2004 - minutes of an hour
            raise ValueError(f'"{text}" has no such time; hours start between 00:00 and 23:59 and end by 24:00')
        return cls(start, end if end > start else end + MINUTES_A_DAY)

    def __str__(self) -> str:
        end = self.end_minute if self.end_minute <= MINUTES_A_DAY else self.end_minute - MINUTES_A_DAY
        return f"{self.start_minute // 60:02}:{self.start_minute % 60:02}-{end // 60:02}:{end % 60:02}"


def read_span(given: object) -> Span:
    return given if isinstance(given, Span) else Span.read(given)


def read_spans(given: object) -> tuple[Span, ...]:
    if not isinstance(given, list | tuple):
        raise ValueError('must be a list of spans like ["09:00-12:00", "14:00-18:00"], or [] for closed')  # noqa: TRY004 - pydantic collects ValueError
    spans = sorted(map(read_span, given), key=lambda span: span.start_minute)
    for early, late in itertools.pairwise(spans):
        if late.start_minute < early.end_minute:
            raise ValueError(f"{early} and {late} overlap; make one span of them")
    return tuple(spans)


def read_holiday_spans(given: object) -> tuple[Span, ...]:
    if isinstance(given, str) and given != "closed":
        raise ValueError('must be "closed" or a list of spans like ["10:00-17:00"]')
    return () if given == "closed" else read_spans(given)


def read_country(given: object) -> object:
    if isinstance(given, str) and (given == "" or given in holidays.list_supported_countries()):
        return given
    raise ValueError(
        f'{given!r} is not a country whose holidays are known; write two letters like "CN", or "" for none'
    )


Spans = Annotated[tuple[Span, ...], BeforeValidator(read_spans)]
DailySpan = Annotated[Span, BeforeValidator(read_span)]
DEFAULT_DAY = (Span(9 * 60, 21 * 60),)


class OwnDates(Section):
    """Days that follow their own hours, whatever the week and the public holidays say."""

    date: dt.date
    last_date: dt.date | None = None
    open: Spans
    name: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not dt.timedelta() <= self.last_day - self.date < dt.timedelta(days=LONGEST_OWN_DATES_DAYS):
            raise ValueError("last_date must be on or after date, and within a year of it")
        return self

    @property
    def last_day(self) -> dt.date:
        return self.date if self.last_date is None else self.last_date


class Hours(Section):
    """When people work. Where some weekdays are named, the others follow every_day, and without it are closed."""

    country: Annotated[str, BeforeValidator(read_country)] = "CN"
    every_day: Spans | None = None
    monday: Spans | None = None
    tuesday: Spans | None = None
    wednesday: Spans | None = None
    thursday: Spans | None = None
    friday: Spans | None = None
    saturday: Spans | None = None
    sunday: Spans | None = None
    holidays: Annotated[tuple[Span, ...], BeforeValidator(read_holiday_spans)] = ()
    dates: tuple[OwnDates, ...] = ()

    def week(self) -> tuple[tuple[Span, ...], ...]:
        """Return the spans of Monday to Sunday."""
        named: tuple[tuple[Span, ...] | None, ...] = tuple(getattr(self, day) for day in WEEKDAYS)
        other = self.every_day
        if other is None:
            other = DEFAULT_DAY if all(spans is None for spans in named) else ()
        return tuple(other if spans is None else spans for spans in named)
