"""The settings of the shop itself: when its people work, and how long things are kept."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from bot.actions.set_owner_setting import set_owner_setting
from bot.config import WEEKDAYS, Hours, Retention, Span
from bot.web.console.settings.parts import PARTS
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from aiohttp import web
    from aiohttp.typedefs import Handler

    from bot.clock import Clock
    from bot.domain.accounts.owner_settings import OwnerSettings, SettingsSection
    from bot.domain.calendar import ShopCalendar
    from bot.storage.engine.database import Database
    from bot.web.shared.signed_in import SignedIn

SHOP = "console/settings/shop"
WEEKS_SHOWN = 8
MOST_DATES = 100
LONGEST_NUMBER = 9
KEPT = ("raw_days", "messages_days", "decisions_days")


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """A day of the calendar as the page shows it; `name` is that of a holiday or of the shop's own dates."""

    date: dt.date
    hours: str
    name: str
    is_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSettingsPages:
    """Everything these pages touch. `settings` says what holds now, and `refresh` takes in what was set."""

    database: Database
    clock: Clock
    signed_in: SignedIn
    calendar: ShopCalendar
    settings: Callable[[], OwnerSettings]
    refresh: Callable[[], Awaitable[None]]

    async def show(self, request: web.Request) -> web.Response:
        await self.refresh()
        return self._page(request)

    async def set_hours(self, request: web.Request) -> web.Response:
        form = await request.post()
        typed = {key: str(form.get(key, "")) for key in (*WEEKDAYS, "holidays")}
        wrong = {key for key, text in typed.items() if _spans(text) is None}
        if wrong:
            return self._page(request, wrong=wrong, typed=typed)
        hours = self.settings().hours
        says: dict[str, Any] = {key: [str(each) for each in _spans(text) or ()] for key, text in typed.items()}
        return await self._set_hours(request, {"country": hours.country, **says, "dates": _dates(hours)})

    async def add_date(self, request: web.Request) -> web.Response:
        form, hours = await request.post(), self.settings().hours
        typed = {key: str(form.get(key, "")).strip() for key in ("date", "last_date", "open", "name")}
        spans = _spans(typed["open"])
        new = {
            "date": typed["date"],
            "last_date": typed["last_date"] or None,
            "open": [str(each) for each in spans or ()],
            "name": typed["name"][:40],
        }
        says = {**_plain(hours), "dates": [*_dates(hours), new]}
        if spans is None or len(hours.dates) >= MOST_DATES or not _is_good(Hours, says):
            return self._page(request, wrong={"new_date"}, typed=typed)
        return await self._set_hours(request, says)

    async def remove_date(self, request: web.Request) -> web.Response:
        form, hours = await request.post(), self.settings().hours
        gone = str(form.get("which", ""))
        left = [each for number, each in enumerate(_dates(hours)) if str(number) != gone]
        return await self._set_hours(request, {**_plain(hours), "dates": left})

    async def set_retention(self, request: web.Request) -> web.Response:
        form, now = await request.post(), self.settings()
        asked = [key for key in KEPT if f"retention.{key}" not in now.fixed]
        typed = {key: str(form.get(key, "")).strip() for key in asked}
        says = {key: int(text) if _is_number(text) else -1 for key, text in typed.items()}
        wrong = {key for key in asked if not _is_good(Retention, {key: says[key]})}
        if wrong:
            return self._page(request, wrong=wrong, typed=typed)
        return await self._set(request, "retention", says)

    async def _set_hours(self, request: web.Request, says: Mapping[str, Any]) -> web.Response:
        if "hours" in self.settings().fixed:
            return self._page(request, problem="shopset.in_file")
        return await self._set(request, "hours", says)

    async def _set(self, request: web.Request, section: SettingsSection, says: Mapping[str, Any]) -> web.Response:
        form = await request.post()
        seen = str(form.get("seen", ""))
        done = await set_owner_setting(
            database=self.database,
            clock=self.clock,
            by=staff_of(request),
            section=section,
            says=says,
            seen=int(seen) if _is_number(seen) else -1,
        )
        await self.refresh()
        if not done:
            return self._page(request, problem="shopset.somebody_was_faster")
        return self.signed_in.sent_on(request, f"{SHOP}?done=yes")

    def _page(
        self,
        request: web.Request,
        *,
        wrong: set[str] | None = None,
        typed: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> web.Response:
        now = self.settings()
        return self.signed_in.console.page(
            request,
            "console/settings/shop.html",
            at="settings",
            visitor=visitor_of(request),
            status=409 if problem else 422 if wrong else 200,
            settings=now,
            weekdays=WEEKDAYS,
            week={day: _said(spans) for day, spans in zip(WEEKDAYS, now.hours.week(), strict=True)},
            holidays=_said(now.hours.holidays),
            weeks=_weeks(list(self._days())),
            kept=KEPT,
            said=_said,
            wrong=wrong or set(),
            typed=typed or {},
            problem=problem,
            parts=PARTS,
            part="shop",
            done="done" in request.query,
        )

    def _days(self) -> Iterator[Day]:
        """Eight weeks from this Monday on."""
        moment = self.clock.now().astimezone(self.calendar.zone)
        today = moment.date()
        monday = today - dt.timedelta(days=today.weekday())
        named = {name: (dt.date.fromisoformat(a), dt.date.fromisoformat(b)) for name, (a, b) in self._holidays(moment)}
        own = self.settings().hours.dates
        for number in range(7 * WEEKS_SHOWN):
            day = monday + dt.timedelta(days=number)
            theirs = next((each for each in reversed(own) if each.date <= day <= each.last_day), None)
            public = next((name for name, (first, last) in named.items() if first <= day <= last), "")
            name = public if theirs is None else theirs.name or public
            yield Day(date=day, hours=_said(self.calendar.spans_on(day)), name=name, is_today=day == today)

    def _holidays(self, moment: dt.datetime) -> Sequence[tuple[str, tuple[str, str]]]:
        return tuple(self.calendar.ahead(moment)[1].items())


def shop_settings_routes(pages: ShopSettingsPages) -> list[ConsoleRoute]:
    page = "/console/settings/shop"

    def route(method: str, path: str, handler: Handler, *, fresh_proof: bool = False) -> ConsoleRoute:
        return ConsoleRoute(
            method=method,
            path=f"{page}{path}",
            handler=handler,
            right="manage",
            fresh_proof=fresh_proof,
            form_on=page,
        )

    return [
        route("GET", "", pages.show),
        route("POST", "/hours", pages.set_hours),
        route("POST", "/hours/dates/add", pages.add_date),
        route("POST", "/hours/dates/remove", pages.remove_date),
        route("POST", "/retention", pages.set_retention, fresh_proof=True),  # what is erased is gone
    ]


def _spans(text: str) -> tuple[Span, ...] | None:
    """Read spans as people write them, "9:00-12:00，14:00-18:00"; empty is closed. None for anything else."""
    parts = text.replace("，", ",").replace("、", ",").replace("：", ":").replace("；", ",").split(",")
    wanted = [part.strip() for part in parts if part.strip()]
    says = {"monday": wanted}
    return Hours.model_validate(says).monday if _is_good(Hours, says) else None


def _said(spans: Sequence[Span]) -> str:
    return ", ".join(map(str, spans))


def _plain(hours: Hours) -> dict[str, Any]:
    """The hours in the form of the file, each weekday named."""
    plain: dict[str, Any] = {day: list(map(str, spans)) for day, spans in zip(WEEKDAYS, hours.week(), strict=True)}
    return {"country": hours.country, "holidays": list(map(str, hours.holidays)), "dates": _dates(hours), **plain}


def _dates(hours: Hours) -> list[dict[str, Any]]:
    return [
        {
            "date": each.date.isoformat(),
            "last_date": each.last_date.isoformat() if each.last_date else None,
            "open": [str(span) for span in each.open],
            "name": each.name,
        }
        for each in hours.dates
    ]


def _weeks(days: Sequence[Day]) -> list[Sequence[Day]]:
    return [days[start : start + 7] for start in range(0, len(days), 7)]


def _is_good(section: type[Hours | Retention], says: Mapping[str, Any]) -> bool:
    try:
        section.model_validate(dict(says))
    except ValidationError:
        return False
    return True


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
