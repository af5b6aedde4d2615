"""The floor: who is there, what each has, who waits longest, and giving a buyer to somebody else with one click."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.actions.desk.transfer import transfer
from bot.domain.desk.conversations import LONGEST_KEY, Click, Done, NotPossible, Seen
from bot.storage.desk import queue
from bot.storage.desk.floor import read_floor
from bot.storage.desk.same_buyer import MOST
from bot.storage.people.passing_on import moves_along
from bot.web.console.inbox.shop import number_of
from bot.web.shared.console import chosen_language
from bot.web.shared.numbers import number_in
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Literal

    from aiohttp import web

    from bot.domain.desk.conversations import Answered, QueueItem
    from bot.storage.desk.floor import OnFloor
    from bot.storage.desk.views import Asking
    from bot.web.console.inbox.shop import Shop

FLOOR = "console/supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Another open conversation of a buyer who waits, and what becomes of it when they are given to somebody."""

    item: QueueItem
    becomes: Literal["moves", "stays", "bots"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A buyer who waits. `key` is that of the click that gives them to somebody."""

    item: QueueItem
    beside: tuple[Beside, ...]
    idle: OnFloor | None
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorPage:
    """Everything this page touches."""

    shop: Shop

    async def show(self, request: web.Request) -> web.Response:
        return await self._page(request)

    async def assign(self, request: web.Request) -> web.Response:
        """Give a buyer to a colleague. Its key comes with the page, so that a second click does nothing twice."""
        form = await request.post()
        to, version = number_in(form.get("to")), number_in(form.get("version")) or 0
        click = Click(
            conversation_id=number_of(request),
            seen_version=version,
            key=str(form.get("key", ""))[:LONGEST_KEY],
            beside=_seen(form.getall("beside", [])),
        )
        reason = self.shop.console.pages.say(chosen_language(request), "floor.reason")
        answered = await transfer(
            clicks=self.shop.clicks,
            who=staff_of(request),
            click=click,
            groups=self.shop.groups(),
            reason=reason,
            to_person=to,
        )
        if isinstance(answered, Done):
            done = "assigned_along" if answered.along else "assigned"
            return self.shop.signed_in.sent_on(request, f"{FLOOR}?done={done}")
        return await self._page(request, refused=answered)

    async def _page(self, request: web.Request, refused: Answered | None = None) -> web.Response:
        clicks, asking = self.shop.clicks, self.shop.asking(request)
        now = clicks.clock.now()
        today = now.astimezone(self.shop.calendar.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        people = await clicks.database.read(read_floor, now=now, today=today)
        page = await clicks.database.read(queue.read_page, asking, "all", now=now)
        waiting = await self._waiting(asking, page.items, people, now)
        return self.shop.console.page(
            request,
            "supervisor/page.html",
            at="supervisor",
            visitor=visitor_of(request),
            status=200 if refused is None else 409,
            people=people,
            waiting=waiting,
            waiting_count=len(waiting),
            more=page.after != "",
            now=now,
            refused=refused,
            not_possible=isinstance(refused, NotPossible),
            done=request.query.get("done", ""),
        )

    async def _waiting(
        self, asking: Asking, items: Sequence[QueueItem], people: Sequence[OnFloor], now: datetime
    ) -> list[Waiting]:
        """Those of these who wait, each with what else the same buyer has open."""
        waiting = [item for item in items if item.waiting_since is not None]
        ids = [each for item in waiting for each in item.merged]
        others = await self.shop.clicks.database.read(queue.read_some, asking, ids, now=now) if ids else {}
        return [
            Waiting(
                item=item,
                beside=tuple(_beside(item, (others[each] for each in item.merged if each in others))),
                idle=idlest(people, item),
                key=secrets.token_hex(16),
            )
            for item in waiting
        ]


def _beside(item: QueueItem, others: Iterable[QueueItem]) -> Iterable[Beside]:
    for each in others:
        if moves_along(each.mode, each.assignee_id, item.assignee_id):
            yield Beside(item=each, becomes="moves")
        elif each.mode != "closed":
            yield Beside(item=each, becomes="bots" if each.mode == "bot" else "stays")


def _seen(given: Sequence[object]) -> tuple[Seen, ...]:
    """The conversations that the page showed beside it, each as its number and version."""
    pairs = [str(each).partition(".") for each in given[:MOST]]
    numbers = [(number_in(conversation), number_in(version)) for conversation, _, version in pairs]
    return tuple(
        Seen(conversation_id=conversation, version=version)
        for conversation, version in numbers
        if conversation is not None and version is not None
    )


def idlest(people: Sequence[OnFloor], item: QueueItem) -> OnFloor | None:
    """Whoever is there, may answer on this channel and has the fewest buyers; not who has this one already."""
    free = [
        each
        for each in people
        if each.is_present and each.staff.id != item.assignee_id and each.staff.may_in("answer", item.channel)
    ]
    return min(free, key=lambda each: (each.owed, each.holds), default=None)


def supervisor_routes(shop: Shop) -> list[ConsoleRoute]:
    """The page and its one click."""
    page = FloorPage(shop=shop)
    return [
        ConsoleRoute(method="GET", path=f"/{FLOOR}", handler=page.show, right="supervise"),
        ConsoleRoute(method="POST", path=f"/{FLOOR}/{{conversation}}/assign", handler=page.assign, right="supervise"),
    ]
