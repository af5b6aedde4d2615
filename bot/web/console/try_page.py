"""The try-out page: ask as a buyer, read why the bot answered so, and be the shop's person for a moment."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from aiohttp import web

from adapters.contract import ORDER_STATUSES, Author, BadPayload, ConversationClosed, Message, Received, Request
from bot.dialogue.thresholds import SUGGEST_AT
from bot.web.shared.console import chosen_language
from bot.web.shared.doors import TRY_COOKIE, read_json_body
from bot.web.shared.http_outcomes import accept, invalid
from bot.web.shared.pages import PLAIN_GUARDS, language_of, page
from bot.web.shared.signed_in import FORM_PROOF, ConsoleRoute
from knowledge.answers.facts import CUTOFF_FACT
from knowledge.answers.invented import as_shipped
from knowledge.entities.regions import provinces
from knowledge.matching.matcher import ANSWER_AT, CLARIFY_AT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from adapters.contract import Adapter, Event, Inbound
    from bot.actions.messages.receive_messages import Receiver
    from bot.clock import Clock
    from bot.domain.calendar import ShopCalendar
    from bot.web.shared.doors import Doors
    from bot.web.shared.pages import Pages
    from bot.web.shared.try_door import TryDoor
    from knowledge.manual.entry import Manual

AROUND_CUTOFF = timedelta(hours=1)
LOOK_AHEAD = timedelta(days=14)
STEP = timedelta(minutes=30)
STAFF = Author(kind="staff", id="try-out", name="客服")


@dataclass(frozen=True, slots=True, kw_only=True)
class PretendedMoment:
    """A time that is worth trying: `name` is before_cutoff, after_cutoff or closed, `at` in the shop's zone."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TryOut:
    """Everything the try-out page's routes touch. `manual` gives the one that is published now."""

    pages: Pages
    channel: str
    adapter: Adapter
    receiver: Receiver
    manual: Callable[[], Manual]
    calendar: ShopCalendar
    clock: Clock
    shop_name: str
    has_desk: Callable[[str], bool]
    doors: Doors
    door: TryDoor

    async def enter(self, request: web.Request) -> web.Response:
        """Take the link that is printed at the start, keep its token in a cookie, and show the page without it."""
        if await self.door.has_staff():
            return _away_to("console")
        away = _away_to("try")
        token = request.query.get("token", "")
        if self.doors.is_try_token(token):
            away.set_cookie(
                TRY_COOKIE,
                token,
                path=f"{self.doors.path}/",
                secure=self.doors.is_https(request),
                httponly=True,
                samesite="Lax",
            )
        return away

    async def show(self, request: web.Request) -> web.Response:
        if await self.door.has_staff():
            return _away_to("console/try")
        if not self.doors.may_try_out(request):
            return page(self.pages.render("try/refused.html", language=language_of(request)), status=403)
        return self._page(request, root="", below="try", proof="")

    async def show_staff(self, request: web.Request) -> web.Response:
        """The same page for who is signed in."""
        shown = self._page(request, root="../", below="console/try", proof=request[FORM_PROOF])
        return self.door.signed_in.console.remember(request, shown)

    def _page(self, request: web.Request, *, root: str, below: str, proof: str) -> web.Response:
        """`below` is where what the page sends goes, and `proof` goes with it."""
        manual, now = self.manual(), self.clock.now().astimezone(self.calendar.zone)
        html = self.pages.render(
            "try/page.html",
            language=chosen_language(request),
            root=root,
            below=below,
            proof=proof,
            channel=self.channel,
            shop_name=self.shop_name,
            has_desk=self.has_desk(self.channel),
            products=manual.products,
            examples=_examples(manual),
            order_statuses=ORDER_STATUSES,
            regions=provinces(),
            moments=tuple(moments_to_try(now, self.calendar, manual)),
            now=now,
            offset=now.isoformat()[-6:],
            answer_at=ANSWER_AT,
            suggest_at=SUGGEST_AT,
            clarify_at=CLARIFY_AT,
        )
        return page(html)

    async def speak_as_staff(self, request: web.Request) -> web.Response:
        """Take a message that the owner writes as the shop's person; the bot falls silent as it would for one."""

        def by_staff(event: Event) -> Event:
            return dataclasses.replace(event, author=STAFF) if isinstance(event, Message) else event

        return await self._accept(request, by_staff)

    async def close(self, request: web.Request) -> web.Response:
        """End the conversation as staff would. The request has the form of a message; its words are dropped."""
        return await self._accept(request, lambda _: ConversationClosed(closed_by="staff"))

    async def _accept(self, request: web.Request, turn: Callable[[Event], Event]) -> web.Response:
        if not await self.door.lets_in(request):
            raise web.HTTPForbidden(text="open the link that is printed at the start", headers=PLAIN_GUARDS)
        body = await read_json_body(request, PLAIN_GUARDS)
        try:
            (inbound,) = self.adapter.receive(Request(body=body), now=self.clock.now()).events
        except BadPayload as bad:
            return invalid(bad)
        return await accept(self.receiver, self.channel, Received((_with_event(inbound, turn(inbound.event)),)))


def staff_try_routes(try_out: TryOut) -> list[ConsoleRoute]:
    """Its place in the console."""
    return [
        ConsoleRoute(method="GET", path="/console/try", handler=try_out.show_staff, right="see"),
        ConsoleRoute(method="POST", path="/console/try/staff", handler=try_out.speak_as_staff, right="see"),
        ConsoleRoute(method="POST", path="/console/try/close", handler=try_out.close, right="see"),
    ]


def try_routes(try_out: TryOut) -> list[web.RouteDef]:
    """Its place while nobody has an account."""
    return [
        web.get("/", try_out.enter),
        web.get("/try", try_out.show),
        web.post("/try/staff", try_out.speak_as_staff),
        web.post("/try/close", try_out.close),
    ]


def _away_to(address: str) -> web.Response:
    return web.Response(status=302, headers={"Location": address, "Cache-Control": "no-store", **PLAIN_GUARDS})


def _examples(manual: Manual) -> tuple[str, ...]:
    """The examples of the manual that are still invented."""
    shipped = as_shipped(manual)
    return (*(fact.title for fact in shipped.invented), *(product.title for product in shipped.products))


def moments_to_try(now: datetime, calendar: ShopCalendar, manual: Manual) -> Iterator[PretendedMoment]:
    """Find the next moments before and after the cut-off on a day that ships, and one at which the shop is closed.

    What cannot be found within two weeks (no cut-off set, never closed) is left out.
    """
    cutoff = _next_cutoff(now, calendar, manual)
    if cutoff is not None:
        yield PretendedMoment(name="before_cutoff", at=cutoff - AROUND_CUTOFF)
        yield PretendedMoment(name="after_cutoff", at=cutoff + AROUND_CUTOFF)
    start = now.replace(minute=0, second=0, microsecond=0)
    closed = next((at for at in _steps(start, STEP) if not calendar.is_open(at)), None)
    if closed is not None:
        yield PretendedMoment(name="closed", at=closed)


def _next_cutoff(now: datetime, calendar: ShopCalendar, manual: Manual) -> datetime | None:
    hours, _, minutes = next((fact.value for fact in manual.facts if fact.name == CUTOFF_FACT), "").partition(":")
    if not (hours.isdecimal() and minutes.isdecimal()):
        return None
    first = now.replace(hour=int(hours), minute=int(minutes), second=0, microsecond=0)
    return next((at for at in _steps(first, timedelta(days=1)) if calendar.is_working_day(at.date())), None)


def _steps(start: datetime, step: timedelta) -> Iterator[datetime]:
    return (start + number * step for number in range(LOOK_AHEAD // step))


def _with_event(inbound: Inbound, event: Event) -> Inbound:
    return dataclasses.replace(inbound, event=event)
