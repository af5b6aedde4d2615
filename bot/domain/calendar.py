"""When the shop's people work: weekly spans, public holidays with their make-up days (调休), and the shop's own dates.

Everything is asked with aware moments and answered in the shop's zone; the server's zone plays no part. Bounds are
half-open (09:00:00 is open when the hours begin at 09:00, the end is closed) and a night shift belongs to the day it
starts. One `ShopCalendar` serves hours, away texts, hand-over texts and invites alike, so that they never disagree.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import holidays

from bot.dialogue.acts import ShopNow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from zoneinfo import ZoneInfo

    from bot.config import Hours, OwnDates, Span

HORIZON_DAYS = 400
"""How far ahead and back an opening is looked for: a year, and a long holiday on top."""
DAYS_KEPT = 2_000
SATURDAY = 5
DAYS_AHEAD = 60
"""How far ahead buyers ask whether something is sent."""
MOVED_BY_DAYS = 10
"""How far from a holiday its make-up days, and the days off they pay for, may lie."""
DAY_OFF = "休息日"
COUNTRIES_WITH_MAKE_UP_DAYS = frozenset({"CN"})
"""Where the government moves working days to weekends and says so only a year at a time."""
NEVER_OPEN = "always"
NO_OPENING = "下次营业"
"""What stands for the opening time of a shop that has none in sight."""


def moment_at(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """Return the instant (UTC) at which the zone's wall clock first shows `minute` minutes after that day's midnight.

    A wall time that the clocks jump over counts as the instant of the jump; one that comes twice counts the first time.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _jump_before(instant, zone)


def _jump_before(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of the clock change in the day up to `instant`, to the second."""
    early, late = instant - timedelta(days=1), instant
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == late.astimezone(zone).utcoffset():
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def next_within(moment: datetime, span: Span, zone: ZoneInfo) -> datetime:
    """Return the first instant (UTC), at or after `moment`, that lies inside a span which recurs every day."""
    moment = moment.astimezone(UTC)
    today = moment.astimezone(zone).date()
    for day in (today + timedelta(days=n) for n in range(-1, 4)):
        start, end = moment_at(day, span.start_minute, zone), moment_at(day, span.end_minute, zone)
        if moment < end and start < end:
            return max(moment, start)
    raise ValueError(f"{span} never comes in {zone}")


class ShopCalendar:
    """The shop's hours as questions; answers are remembered for each day. Whoever asks sees new hours at once."""

    def __init__(self, *, hours: Hours, zone: ZoneInfo) -> None:
        self.zone = zone
        self.follow(hours)

    def follow(self, hours: Hours) -> None:
        """Go by these hours from now on."""
        self._hours = hours
        self._week = hours.week()
        self._own = _own_dates(hours.dates)
        self._public = _PublicHolidays(hours.country)
        self._instants: dict[date, tuple[tuple[datetime, datetime], ...]] = {}
        self._ahead: tuple[date | None, str, dict[str, tuple[str, str]]] = (None, "", {})

    def spans_on(self, day: date) -> tuple[Span, ...]:
        """Return the spans that start on that day: the shop's own dates first, then holidays, then the week."""
        own = self._own.get(day)
        if own is not None:
            return own.open
        if self._public.is_make_up_day(day):
            return next((spans for spans in self._week[:SATURDAY] if spans), ())
        if self._public.rests_on(day):
            return self._hours.holidays
        return self._week[day.weekday()]

    def is_working_day(self, day: date) -> bool:
        """Say whether parcels are made ready: people are in, and it is not a public holiday. Own dates decide alone."""
        return bool(self.spans_on(day)) and (day in self._own or not self._public.rests_on(day))

    def ahead(self, moment: datetime) -> tuple[str, Mapping[str, tuple[str, str]]]:
        """Say what is known of the days from this moment's on, for buyers who ask about one (see `ShopNow`).

        A letter for each day (1 working, 0 not, ? unknown), and the public holidays among them: name → first and last
        day, ISO, with the days off around them.
        """
        today = self._day(moment)
        if self._ahead[0] != today:
            days = [today + timedelta(days=n) for n in range(DAYS_AHEAD)]
            self._ahead = (today, "".join(map(self._letter, days)), self._public.spans_among(days))
        return self._ahead[1:]

    def _letter(self, day: date) -> str:
        if day not in self._own and not self._public.is_certain(day):
            return "?"
        return "1" if self.is_working_day(day) else "0"

    def is_open(self, moment: datetime) -> bool:
        return any(start <= moment < end for start, end in self._around(moment))

    def next_opening(self, moment: datetime) -> datetime | None:
        """Return the first moment, at or after this one, at which the shop is open (this one itself when it is).

        In UTC. None when nothing opens within 400 days.
        """
        today = self._day(moment)
        for days in range(-1, HORIZON_DAYS):
            for start, end in self._on(today + timedelta(days=days)):
                if moment < end:
                    return max(moment, start).astimezone(UTC)
        return None

    def closed_period(self, moment: datetime) -> str | None:
        """Name the closed period that this moment lies in, the same for each of its moments; None when open.

        The name is the instant it began, in the shop's zone; "always" when nothing was open for 400 days.
        """
        if self.is_open(moment):
            return None
        today = self._day(moment)
        for days in range(HORIZON_DAYS):
            day = today - timedelta(days=days)
            if any(end <= moment for _, end in self._on(day)):
                # the night shift of the day before may outlast this day's spans
                ends = [end for _, end in (*self._on(day), *self._on(day - timedelta(days=1))) if end <= moment]
                return max(ends).astimezone(self.zone).isoformat()
        return NEVER_OPEN

    def unknown_years(self, moment: datetime) -> tuple[int, ...]:
        """Return which of this year and the next have make-up days that nobody has told us yet."""
        this_year = self._day(moment).year
        return tuple(year for year in (this_year, this_year + 1) if not self._public.knows_make_up_days(year))

    def warning(self, moment: datetime) -> str | None:
        """Say in words, for the log and `xiaoer check`, that make-up days are unknown; None when they are known."""
        years = " and ".join(map(str, self.unknown_years(moment)))
        if years == "":
            return None
        return (
            f"The make-up working days (调休) of {years} are not known yet, so holiday hours of {years} are a guess: "
            "update the holidays package once they are announced (in November), or list the days under [[hours.dates]]"
        )

    def say_opening(self, opening: datetime, now: datetime) -> str:
        """Say a moment to a buyer, as short as it is clear: 今天14:00, 明天09:00, 11月30日09:00."""
        there = opening.astimezone(self.zone)
        away = (there.date() - self._day(now)).days
        day = {0: "今天", 1: "明天"}.get(away, f"{there.month}月{there.day}日")
        return f"{day}{there:%H:%M}"

    def _day(self, moment: datetime) -> date:
        return moment.astimezone(self.zone).date()

    def _around(self, moment: datetime) -> tuple[tuple[datetime, datetime], ...]:
        """Return what could hold this moment: its day's spans, and the day before's, which may run over midnight."""
        day = self._day(moment)
        return self._on(day - timedelta(days=1)) + self._on(day)

    def _on(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        known = self._instants.get(day)
        if known is None:
            if len(self._instants) >= DAYS_KEPT:
                self._instants.clear()
            known = self._instants[day] = tuple(self._instants_of(day))
        return known

    def _instants_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for span in self.spans_on(day):
            start, end = (moment_at(day, minute, self.zone) for minute in (span.start_minute, span.end_minute))
            if start < end:
                yield start, end


def shop_at(calendar: ShopCalendar, moment: datetime) -> ShopNow:
    """What holds for the shop at that moment."""
    opening = calendar.next_opening(moment)
    local = moment.astimezone(calendar.zone)
    days_ahead, rests = calendar.ahead(moment)
    return ShopNow(
        local_time=local,
        is_open=calendar.is_open(moment),
        is_working_day=calendar.is_working_day(local.date()),
        opens_at=calendar.say_opening(opening, moment) if opening else NO_OPENING,
        closed_period=calendar.closed_period(moment),
        days_ahead=days_ahead,
        holidays=rests,
    )


def _own_dates(dates: tuple[OwnDates, ...]) -> Mapping[date, OwnDates]:
    """Return each day that the shop has named; where two name the same day, the later one in the file."""
    return {each.date + timedelta(days=n): each for each in dates for n in range((each.last_day - each.date).days + 1)}


class _PublicHolidays:
    """One country's public holidays and make-up days, as the `holidays` package knows them; "" is no country."""

    def __init__(self, country: str) -> None:
        self._country = country
        language = "zh_CN" if country in COUNTRIES_WITH_MAKE_UP_DAYS else None
        self._days = holidays.country_holidays(country, language=language) if country != "" else holidays.HolidayBase()

    def rests_on(self, day: date) -> bool:
        """Say whether it is a public holiday; a weekend between two days of one holiday is, a make-up day is not."""
        if self.is_make_up_day(day):
            return False
        return day in self._days or (self._days.is_weekend(day) and self._leads_to_one(day, -1, 1))

    def is_make_up_day(self, day: date) -> bool:
        """Say whether it is a weekend day on which the country works (调休)."""
        self._load(day.year)
        return day in self._days.weekend_workdays

    def knows_make_up_days(self, year: int) -> bool:
        self._load(year)
        moved = any(day.year == year for day in self._days.weekend_workdays)
        return moved or self._country not in COUNTRIES_WITH_MAKE_UP_DAYS

    def is_certain(self, day: date) -> bool:
        """Say whether nothing that is yet to be announced can change that day: such changes happen around holidays."""
        if day in self._days or self.knows_make_up_days(day.year):
            return True
        return not any(day + timedelta(days=n) in self._days for n in range(-MOVED_BY_DAYS, MOVED_BY_DAYS + 1))

    def spans_among(self, days: Iterable[date]) -> dict[str, tuple[str, str]]:
        """Return the holidays among these days by name, each from its first to its last day off."""
        spans: dict[str, tuple[str, str]] = {}
        for day in days:
            for name in self._names_on(day):
                if name not in spans:
                    spans[name] = (self._end_of_rest(day, -1).isoformat(), self._end_of_rest(day, 1).isoformat())
        return spans

    def _names_on(self, day: date) -> list[str]:
        names = (name.partition("（")[0] for name in self._days.get_list(day))
        return [name for name in names if not name.startswith(DAY_OFF)]

    def _end_of_rest(self, day: date, step: int) -> date:
        while self.rests_on(day + timedelta(days=step)):
            day += timedelta(days=step)
        return day

    def _leads_to_one(self, day: date, *steps: int) -> bool:
        """Say whether in each direction, over the rest of the weekend, a holiday comes before a working day."""
        return all(self._first_after_weekend(day, step) in self._days for step in steps)

    def _first_after_weekend(self, day: date, step: int) -> date:
        while self._days.is_weekend(day) and day not in self._days and not self.is_make_up_day(day):
            day += timedelta(days=step)
        return day

    def _load(self, year: int) -> None:
        """Have a year and the next: a January holiday may have its make-up day in December."""
        for each in (year, year + 1):
            date(each, 1, 1) in self._days  # noqa: B015 - asking is what loads a year
