"""Who is signed in, and what they may ask for. A page of the console is a `ConsoleRoute`, and nothing else is served.

Each route names the right that it needs. Whoever is not signed in, lacks the right, or asks for a conversation of a
channel that is not theirs does not reach its handler; neither does what another site's page sends.
"""

from __future__ import annotations

import hmac
import re
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from aiohttp import web

from adapters.clean import clean_line
from bot.domain.accounts.sessions import SIGNED_IN_AT_MOST, Session, form_proof_of, hash_of
from bot.domain.accounts.signing_in import BROWSER_IS_KNOWN, LONGEST_BROWSER, LetIn, Visit
from bot.domain.accounts.staff import rights_of
from bot.errors import StorageDown, TooBusy
from bot.storage.accounts import people, sessions
from bot.web.shared.console import Visitor
from bot.web.shared.doors import is_our_page
from bot.web.shared.numbers import number_in
from bot.web.shared.pages import PLAIN_GUARDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import timedelta

    from aiohttp.typedefs import Handler

    from bot.clock import Clock
    from bot.domain.accounts.staff import Right, Staff
    from bot.storage.engine.database import Database
    from bot.web.shared.console import Console
    from bot.web.shared.doors import Doors

Refusal = Literal["other_site", "form_is_old", "no_right", "not_found", "storage_down", "too_busy"]
STATUS_OF: Mapping[Refusal, int] = MappingProxyType({"not_found": 404, "storage_down": 503, "too_busy": 503})
COOKIE, KNOWN_BROWSER_COOKIE = "xiaoer_staff", "xiaoer_browser"
SECURE = "__Host-"
"""What the names of cookies begin with over TLS: such a browser takes them from this host alone, and over TLS only."""
FORM_PROOF_HEADER = "Xiaoer-Proof"
FORM_PROOF_FIELD = "proof"
SET_UP_CODE = "console/me/code?first=yes"
SAFE_METHODS = frozenset({"GET", "HEAD"})
SESSION = web.RequestKey("session", Session)
FORM_PROOF = web.RequestKey("form_proof", str)
_WITHIN_CONSOLE = re.compile(r"console(/[\w.~%-]+)*/?(\?[\w.~%=&+-]*)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleRoute:
    """One thing that can be asked of the console. A `right` of None is for those who are not signed in yet.

    `fresh_proof` asks for the password or a code once more where the last one was given some time ago. `form_on` is the
    path of the page whose form this takes, to which one comes back from that. What the path names as `{conversation}`
    or `{channel}` is looked at too: the person must have the right there.
    """

    method: str
    path: str
    handler: Handler
    right: Right | None
    fresh_proof: bool = False
    form_on: str = ""


def staff_of(request: web.Request) -> Staff:
    """Who asks, in a handler of a `ConsoleRoute` that needs a right."""
    return request[SESSION].staff


def visitor_of(request: web.Request) -> Visitor:
    """The same for the frame of the page."""
    staff = staff_of(request)
    return Visitor(name=staff.name, rights=rights_of(staff.role), proof=request[FORM_PROOF])


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Lets the right people through to the console."""

    database: Database
    clock: Clock
    doors: Doors
    console: Console

    def routes(self, routes: Iterable[ConsoleRoute]) -> list[web.RouteDef]:
        """The routes as the server takes them, each behind its guard."""
        return [web.route(each.method, each.path, partial(self._serve, each)) for each in routes]

    async def still(self, request: web.Request) -> bool:
        """Say whether who asked is still signed in with the same role: for what stays open longer than a moment."""
        now = await self.session_of(request)
        return now is not None and now.staff == request[SESSION].staff

    def visit_of(self, request: web.Request) -> Visit:
        """Where somebody comes from, for signing in."""
        browser = clean_line(request.headers.get("User-Agent", ""), limit_characters=LONGEST_BROWSER)
        known = request.cookies.get(self._cookie(KNOWN_BROWSER_COOKIE, request), "")
        address = self.doors.address_of(request)
        return Visit(address=address, browser=browser, known_browser=known, session=self.token_of(request))

    def come_in(self, request: web.Request, let_in: LetIn, *, after: str = "console") -> web.Response:
        """Send somebody who was let in on to an address below our root, with their cookies.

        Who should protect their account with a code comes by the page for that.
        """
        response = self.sent_on(request, SET_UP_CODE if let_in.asks_for_code else after)
        self._set_cookie(request, response, COOKIE, let_in.session, SIGNED_IN_AT_MOST)
        self._set_cookie(request, response, KNOWN_BROWSER_COOKIE, let_in.known_browser, BROWSER_IS_KNOWN)
        return response

    def sent_on(self, request: web.Request, to: str) -> web.Response:
        """Go to an address below our root after a form was taken."""
        headers = {"Location": self.console.root(request) + to, "Cache-Control": "no-store", **PLAIN_GUARDS}
        return web.Response(status=303, headers=headers)

    def shown_out(self, request: web.Request) -> web.Response:
        """Send somebody who has signed out to the door; their browser forgets the session, and what it showed."""
        response = self.sent_on(request, "console/sign-in")
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
        response.del_cookie(self._cookie(COOKIE, request), path="/", secure=self.doors.is_https(request), httponly=True)
        return response

    async def _serve(self, route: ConsoleRoute, request: web.Request) -> web.StreamResponse:
        try:
            refusal = await self._refusal(route, request)
            return await route.handler(request) if refusal is None else refusal
        except StorageDown:
            return self._refused(request, "storage_down")
        except web.HTTPNotFound:
            return self._refused(request, "not_found")
        except TooBusy:
            return self._refused(request, "too_busy")

    async def _refusal(self, route: ConsoleRoute, request: web.Request) -> web.StreamResponse | None:
        """What is answered instead of the page; None where nothing stands in the way."""
        if request.method not in SAFE_METHODS and not _comes_from_our_page(request):
            return self._refused(request, "other_site")
        if route.right is None:
            return None
        session = await self.session_of(request)
        if session is None:
            return self._sent_to(route, request, "sign-in", status=401)
        request[SESSION], request[FORM_PROOF] = session, form_proof_of(self.token_of(request))
        why = await self._why_not(session.staff, route.right, request)
        if why is not None:
            return self._refused(request, why)
        if route.fresh_proof and not session.is_proved(self.clock.now()):
            return self._sent_to(route, request, "prove", status=403)
        return None

    async def _why_not(self, staff: Staff, right: Right, request: web.Request) -> Refusal | None:
        if request.method not in SAFE_METHODS and not await _has_form_proof(request):
            return "form_is_old"
        if not staff.may(right):
            return "no_right"
        return None if await self._may_touch(staff, right, request) else "not_found"

    def token_of(self, request: web.Request) -> str:
        """What the browser's cookie says, "" where it says nothing."""
        return request.cookies.get(self._cookie(COOKIE, request), "")

    def _cookie(self, name: str, request: web.Request) -> str:
        return SECURE + name if self.doors.is_https(request) else name

    def _set_cookie(
        self, request: web.Request, response: web.Response, name: str, value: str, holds: timedelta
    ) -> None:
        response.set_cookie(
            self._cookie(name, request),
            value,
            path="/",
            max_age=int(holds.total_seconds()),
            secure=self.doors.is_https(request),
            httponly=True,
            samesite="Lax",
        )

    async def session_of(self, request: web.Request) -> Session | None:
        """Where this browser is signed in; None where it is not, or was for too long."""
        token, now = self.token_of(request), self.clock.now()
        session = await self.database.read(sessions.find, hash_of(token)) if token else None
        if session is None or session.is_over(now):
            return None
        if session.is_worth_noting(now):
            await self.database.write_lightly(sessions.note_seen, session.id, at=now)
        return session

    async def _may_touch(self, staff: Staff, right: Right, request: web.Request) -> bool:
        """Whether the person has the right for what the path names."""
        named = request.match_info
        channels = [named["channel"]] if "channel" in named else []
        if "conversation" in named:
            number = number_in(named["conversation"])
            channel = None if number is None else await self.database.read(people.channel_of, number)
            if channel is None:
                return False
            channels.append(channel)
        return all(staff.may_in(right, channel) for channel in channels)

    def _back_to(self, route: ConsoleRoute, request: web.Request) -> str:
        """Where somebody finds again what they asked for: the page itself, or that on which its form stands."""
        if request.method in SAFE_METHODS:
            below, query = self.console.below_root(request), request.rel_url.raw_query_string
            return f"{below}?{query}" if query else below
        return route.form_on.removeprefix("/").format_map(request.match_info) or "console"

    def _sent_to(self, route: ConsoleRoute, request: web.Request, where: str, *, status: int) -> web.Response:
        """Send a person to the page where they sign in or prove who they are, and a script the news that they must."""
        address = f"{self.console.root(request)}console/{where}?{urlencode({'next': self._back_to(route, request)})}"
        headers = {"Cache-Control": "no-store", **PLAIN_GUARDS}
        if _wants_a_page(request):
            return web.Response(status=303, headers={"Location": address, **headers})
        return web.Response(status=status, text=where, headers={"HX-Redirect": address, **headers})

    def _refused(self, request: web.Request, why: Refusal) -> web.Response:
        """Say in a sentence why not."""
        status = STATUS_OF.get(why, 403)
        if not _wants_a_page(request):
            return web.Response(status=status, text=why, headers={"Cache-Control": "no-store", **PLAIN_GUARDS})
        visitor = visitor_of(request) if SESSION in request else None
        return self.console.page(request, "console/refused.html", at="refused", visitor=visitor, status=status, why=why)


def is_within_console(address: str) -> bool:
    """Say whether somebody may be sent on to this address below our root: it is a page of the console."""
    return _WITHIN_CONSOLE.fullmatch(address) is not None


def _comes_from_our_page(request: web.Request) -> bool:
    """Like `is_our_page`, and a browser must have said so: there is nobody else whom the console serves."""
    said = "Sec-Fetch-Site" in request.headers or "Origin" in request.headers
    return said and is_our_page(request)


async def _has_form_proof(request: web.Request) -> bool:
    """Whether the proof of this session's forms came with it: in a header, or in a field of a plain form."""
    given = request.headers.get(FORM_PROOF_HEADER, "")
    if not given and request.content_type == "application/x-www-form-urlencoded":
        given = str((await request.post()).get(FORM_PROOF_FIELD, ""))
    return hmac.compare_digest(given.encode(), request[FORM_PROOF].encode())


def _wants_a_page(request: web.Request) -> bool:
    """Whether a person looks at the answer as a page, and not a script of ours."""
    return "text/html" in request.headers.get("Accept", "") and "HX-Request" not in request.headers
