"""Ratings: the rate and how sure it is, the conversations behind it, what was wrong there, and all of it as a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from aiohttp import web

from adapters.clean import clean_line
from bot.actions.ratings.export_ratings import export_ratings
from bot.actions.ratings.read_ratings import read_ratings
from bot.actions.ratings.tag_causes import tag_causes
from bot.domain.desk.masking import masked
from bot.domain.ratings import BAD_SCORE, ENOUGH, GOOD_SCORE, Filter, rate_of
from bot.storage.accounts import audit
from bot.storage.satisfaction import ratings
from bot.web.console.inbox.shop import number_of
from bot.web.shared.console import chosen_language
from bot.web.shared.numbers import number_in
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from bot.actions.ratings.export_ratings import Form
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Unable
    from bot.domain.ratings import RatedEpisode
    from bot.web.console.inbox.shop import Shop

RATINGS = "console/ratings"
ASKED = ("since", "until", "channel", "staff", "group", "product", "entry", "cause", "by", "unsatisfied")
"""What a page's address says about which ratings are meant; its export is asked for the same."""
AT_FIRST = timedelta(days=30)
PAGE = 50
HEADS = (
    "at", "score", "comment", "channel", "buyer", "staff", "group", "product", "entry", "cause", "conversation",
)  # fmt: skip
CONTENT_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
YEARS = range(2000, 3000)
_BETWEEN_CAUSES = re.compile(r"[、，,；;\n]+")
_LONGEST_ASKED = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingPages:
    """Everything this page touches."""

    shop: Shop

    async def show(self, request: web.Request) -> web.Response:
        return await self._page(request)

    async def tag(self, request: web.Request) -> web.Response:
        """Say what was wrong in one of them: what is ticked, and what is written beside."""
        form, clicks = await request.post(), self.shop.clicks
        ticked = [str(each) for each in form.getall("tag", [])]
        problem = await tag_causes(
            database=clicks.database,
            clock=clicks.clock,
            who=staff_of(request),
            conversation_id=number_of(request),
            episode=number_in(form.get("episode")) or 0,
            causes=[*ticked, *_BETWEEN_CAUSES.split(str(form.get("more", "")))],
        )
        if problem is not None:
            return await self._page(request, problem)
        return self.shop.signed_in.sent_on(request, f"{RATINGS}?{self._address(request, done='tagged')}")

    async def give_out(self, request: web.Request) -> web.Response:
        """What the page shows as a file; that it was taken stands in the log from then on."""
        asked, clicks, who = self._asked(request.query), self.shop.clicks, staff_of(request)
        form: Form = "csv" if (await request.post()).get("form") == "csv" else "xlsx"
        meant = {name: value for name, value in asked.items() if value and name in ("since", "until", "channel")}
        await clicks.database.write(
            audit.note,
            "export.made",
            by=who,
            at=clicks.clock.now(),
            about="ratings",
            address=self.shop.signed_in.doors.address_of(request),
            detail={"form": form, **meant},
        )
        pages, language = self.shop.console.pages, chosen_language(request)
        body = await export_ratings(
            database=clicks.database,
            who=who,
            which=self._filter(asked),
            form=form,
            heads=[pages.say(language, f"ratings.{each}") for each in HEADS],
            title=pages.say(language, "places.ratings"),
            zone=self.shop.calendar.zone,
            title_of=self.shop.wording.title_of,
        )
        headers = {
            "Content-Disposition": f'attachment; filename="ratings.{form}"',
            "Cache-Control": "no-store",
            **PLAIN_GUARDS,
        }
        return web.Response(body=body, content_type=CONTENT_TYPES[form], headers=headers)

    async def _page(self, request: web.Request, problem: Unable | None = None) -> web.Response:
        asked, who = self._asked(request.query), staff_of(request)
        which = self._filter(asked)
        span = Filter(since=which.since, until=which.until)
        read = await read_ratings(database=self.shop.clicks.database, who=who, which=span)
        found = [each for each in read.rated if which.fits(each)]
        number = max(1, number_in(request.query.get("page")) or 1)
        shown = found[(number - 1) * PAGE : number * PAGE]
        return self.shop.console.page(
            request,
            "ratings/page.html",
            at="ratings",
            visitor=visitor_of(request),
            status=200 if problem is None else 422,
            asked=asked,
            address=self._address(request),
            choices=self._choices(read.rated, asked, who),
            rate=rate_of(each.score for each in found),
            rated=shown,
            earlier=number + 1 if len(found) > number * PAGE else None,
            too_many=len(read.rated) == ratings.MOST,
            most=ratings.MOST,
            enough=ENOUGH,
            good=GOOD_SCORE,
            bad=BAD_SCORE,
            usual=self._usual_causes(request, read.rated),
            words_of=lambda each: each.comment if who.may_in("see_private", each.channel) else masked(each.comment),
            title_of=self.shop.wording.title_of,
            groups=self.shop.groups(),
            problem=problem,
            done=request.query.get("done", ""),
        )

    def _asked(self, given: Mapping[str, str]) -> dict[str, str]:
        """What the address says, tamed; the last weeks where it says nothing of a time."""
        first = self.shop.clicks.clock.now().astimezone(self.shop.calendar.zone) - AT_FIRST
        said = {"since": first.date().isoformat(), **given}
        asked = {name: clean_line(said.get(name, ""), limit_characters=_LONGEST_ASKED) for name in ASKED}
        dates = {name: asked[name] if _date(asked[name]) else "" for name in ("since", "until")}
        return {**asked, **dates}

    def _filter(self, asked: Mapping[str, str]) -> Filter:
        first, last = _date(asked["since"]), _date(asked["until"])
        return Filter(
            since=self._midnight(first) if first else None,
            until=self._midnight(last + timedelta(days=1)) if last else None,
            channel=asked["channel"],
            staff_id=number_in(asked["staff"]),
            group_id=number_in(asked["group"]),
            product_id=asked["product"],
            entry=asked["entry"],
            cause=asked["cause"],
            by_person={"person": True, "bot": False}.get(asked["by"]),
            unsatisfied=asked["unsatisfied"] != "",
        )

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.shop.calendar.zone)

    def _address(self, request: web.Request, **more: str) -> str:
        """What is asked for, as the end of an address."""
        return urlencode({**self._asked(request.query), **more})

    def _choices(
        self, rated: Sequence[RatedEpisode], asked: Mapping[str, str], who: Staff
    ) -> dict[str, list[tuple[str, str]]]:
        """By what ratings can be looked through: values and their words, what is asked for always among them."""
        names, title_of = dict(_each(each.staff for each in rated)), self.shop.wording.title_of
        there = {
            "channel": [(each, each) for each in self.shop.channels if who.may_in("see", each)],
            "staff": [(str(number), name) for number, name in names.items()],
            "group": [(str(number), name) for number, name in self.shop.groups().items()],
            "product": [(each, each) for each in _each(each.products for each in rated)],
            "entry": [(each, title_of(each)) for each in _each(each.entries for each in rated)],
            "cause": [(each, each) for each in _each(each.causes for each in rated)],
        }
        return {
            name: values if asked[name] in ("", *dict(values)) else [*values, (asked[name], asked[name])]
            for name, values in there.items()
        }

    def _usual_causes(self, request: web.Request, rated: Iterable[RatedEpisode]) -> list[str]:
        """What is often wrong, and what was said to be wrong before: to be ticked."""
        usual = self.shop.console.pages.say(chosen_language(request), "ratings.usual_causes").split("/")
        return list(dict.fromkeys([*usual, *_each(each.causes for each in rated)]))


def rating_routes(shop: Shop) -> list[ConsoleRoute]:
    """The page, its one click and its file."""
    pages, path = RatingPages(shop=shop), f"/{RATINGS}"
    of_one = f"{path}/{{conversation}}/causes"
    return [
        ConsoleRoute(method="GET", path=path, handler=pages.show, right="see"),
        ConsoleRoute(method="POST", path=of_one, handler=pages.tag, right="supervise"),
        ConsoleRoute(
            method="POST",
            path=f"{path}/export",
            handler=pages.give_out,
            right="manage",
            fresh_proof=True,
            form_on=path,
        ),
    ]


def _each(many: Iterable[Iterable[T]]) -> list[T]:
    """All that stands in these, each once, in the order in which it comes."""
    return list(dict.fromkeys(each for some in many for each in some))


def _date(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS else None
