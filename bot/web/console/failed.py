"""What went wrong: messages that the bot could not decide about, and replies that did not arrive."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.actions.desk.send_again import send_again
from bot.actions.failures.give_up_reply import give_up_reply
from bot.actions.failures.list_failures import list_failures
from bot.actions.failures.retry_message import retry_message
from bot.domain.desk.conversations import Click, Done, NotPossible, SomebodyWasFaster
from bot.domain.desk.masking import masked
from bot.storage.people import unheard
from bot.web.shared.numbers import number_in
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.typedefs import Handler

    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.live import Bell
    from bot.storage.desk.clicks import Clicks
    from bot.storage.engine.database import Database
    from bot.web.shared.signed_in import SignedIn

FAILED = "console/failed"
AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedPages:
    """Everything these pages touch."""

    database: Database
    clock: Clock
    signed_in: SignedIn
    clicks: Clicks
    channels: Mapping[str, Channel]
    to_decide: Bell

    async def show(self, request: web.Request) -> web.Response:
        return await self._page(request)

    async def retry(self, request: web.Request) -> web.Response:
        return await self._about_message(request, give_up=False)

    async def give_up(self, request: web.Request) -> web.Response:
        return await self._about_message(request, give_up=True)

    async def send_again(self, request: web.Request) -> web.Response:
        """Send a reply once more as the person's own: they take the conversation over with it."""
        who, number = staff_of(request), _number(request, "reply")
        found = await self.database.read(unheard.find, number, channels=who.channels)
        if found is None:
            raise web.HTTPNotFound(text="no such reply")
        form = await request.post()
        click = Click(
            conversation_id=found.conversation_id,
            seen_version=_version(form, found.version),
            key=f"failed:{number}:{who.id}",
        )
        outcome = await send_again(
            clicks=self.clicks, who=who, click=click, bubble=f"o{number}", channels=self.channels
        )
        match outcome:
            case Done():
                return self.signed_in.sent_on(request, f"{FAILED}?done=sent")
            case SomebodyWasFaster(by=by):
                return await self._page(request, problem="failed.faster", by=by)
            case NotPossible(reason=reason):
                return await self._page(request, problem=f"failed.{_known(reason)}")

    async def give_reply_up(self, request: web.Request) -> web.Response:
        number = _number(request, "reply")
        done = await give_up_reply(database=self.database, clock=self.clock, who=staff_of(request), number=number)
        return self._done(request, done, "given_up")

    async def _about_message(self, request: web.Request, *, give_up: bool) -> web.Response:
        done = await retry_message(
            database=self.database,
            clock=self.clock,
            to_decide=self.to_decide,
            who=staff_of(request),
            number=_number(request, "message"),
            give_up=give_up,
        )
        return self._done(request, done, "given_up" if give_up else "retried")

    def _done(self, request: web.Request, done: bool, what: str) -> web.Response:  # noqa: FBT001 - what an action said
        if not done:
            raise web.HTTPNotFound(text="no such thing")
        return self.signed_in.sent_on(request, f"{FAILED}?done={what}")

    async def _page(self, request: web.Request, *, problem: str = "", by: str = "") -> web.Response:
        who = staff_of(request)
        found = await list_failures(database=self.database, who=who, most=AT_MOST)
        done = request.query.get("done", "")
        return self.signed_in.console.page(
            request,
            "console/failed.html",
            at="failed",
            visitor=visitor_of(request),
            status=409 if problem else 200,
            messages=found.messages,
            replies=found.replies,
            at_most=AT_MOST,
            shown=str if who.may("see_private") else masked,
            problem=problem,
            by=by,
            done=done if done in {"sent", "retried", "given_up"} else "",
        )


def failed_routes(pages: FailedPages) -> list[ConsoleRoute]:
    def route(method: str, path: str, handler: Handler) -> ConsoleRoute:
        return ConsoleRoute(method=method, path=f"/console/failed{path}", handler=handler, right="supervise")

    return [
        route("GET", "", pages.show),
        route("POST", "/messages/{message}/retry", pages.retry),
        route("POST", "/messages/{message}/give-up", pages.give_up),
        route("POST", "/replies/{reply}/again", pages.send_again),
        route("POST", "/replies/{reply}/give-up", pages.give_reply_up),
    ]


def _number(request: web.Request, name: str) -> int:
    """The number that the path names. Raises 404."""
    number = number_in(request.match_info[name])
    if number is None:
        raise web.HTTPNotFound(text="no such thing")
    return number


def _version(form: Mapping[str, object], now: int) -> int:
    """The conversation's version that the person saw on the page."""
    seen = number_in(form.get("seen"))
    return now if seen is None else seen


def _known(reason: str) -> str:
    return reason if reason in {"window_closed", "blocked", "not_failed", "closed_already"} else "not_possible"
