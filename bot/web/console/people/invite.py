"""Where a one-time link leads: a new account, or a new password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.actions.accounts.accept_invite import accept_invite
from bot.actions.signing_in.set_password import set_password
from bot.domain.accounts.passwords import SHORTEST
from bot.domain.accounts.sessions import hash_of
from bot.domain.accounts.signing_in import LONGEST_NAME, AccountProblem, LetIn, Over, Problem
from bot.storage.accounts import links, people
from bot.web.shared.signed_in import ConsoleRoute

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import web

    from bot.clock import Clock
    from bot.hashing import Hasher
    from bot.live import Live
    from bot.storage.accounts.links import Link
    from bot.storage.engine.database import Connection, Database
    from bot.web.shared.signed_in import SignedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitePages:
    """Everything these pages touch."""

    database: Database
    live: Live
    hasher: Hasher
    clock: Clock
    signed_in: SignedIn
    shop_name: str

    async def show(self, request: web.Request) -> web.Response:
        """Show what the link is for. Looking does not use it up: programs look into links before people do."""
        link = await self._link(request)
        return self._over(request) if link is None else await self._page(request, link)

    async def take(self, request: web.Request) -> web.Response:
        form, link = await request.post(), await self._link(request)
        if link is None:
            return self._over(request)
        name, password = str(form.get("name", "")), str(form.get("password", ""))
        if password != str(form.get("again", "")):
            return await self._page(request, link, problem="not_repeated", name=name)
        if link.kind == "reset":
            return await self._reset(request, link, password)
        return await self._join(request, link, name, password)

    async def _join(self, request: web.Request, link: Link, name: str, password: str) -> web.Response:
        outcome = await accept_invite(
            database=self.database,
            hasher=self.hasher,
            clock=self.clock,
            token=request.match_info["token"],
            name=name,
            password=password,
            shop_name=self.shop_name,
            visit=self.signed_in.visit_of(request),
        )
        match outcome:
            case LetIn():
                return self.signed_in.come_in(request, outcome)
            case Over():
                return self._over(request)
            case Problem(code=code):
                return await self._page(request, link, problem=code, name=name)

    async def _reset(self, request: web.Request, link: Link, password: str) -> web.Response:
        outcome = await set_password(
            database=self.database,
            live=self.live,
            hasher=self.hasher,
            clock=self.clock,
            token=request.match_info["token"],
            password=password,
            shop_name=self.shop_name,
        )
        match outcome:
            case None:
                return self.signed_in.sent_on(request, "console/sign-in")
            case Over():
                return self._over(request)
            case Problem(code=code):
                return await self._page(request, link, problem=code)

    async def _link(self, request: web.Request) -> Link | None:
        return await self.database.read(_usable, request.match_info["token"], now=self.clock.now())

    async def _page(
        self, request: web.Request, link: Link, *, problem: AccountProblem | None = None, name: str = ""
    ) -> web.Response:
        account = None if link.staff_id is None else await self.database.read(people.of_id, link.staff_id)
        return self.signed_in.console.page(
            request,
            "console/invite.html",
            at="invite",
            visitor=None,
            status=422 if problem else 200,
            kind=link.kind,
            role=link.role,
            channels=link.channels,
            name=account.staff.name if account else name,
            problem=problem,
            shortest=SHORTEST,
            longest_name=LONGEST_NAME,
        )

    def _over(self, request: web.Request) -> web.Response:
        return self.signed_in.console.page(request, "console/link_over.html", at="invite", visitor=None, status=410)


def _usable(connection: Connection, token: str, *, now: datetime) -> Link | None:
    """The link, if it still opens anything: that of the first owner does not once there is anybody."""
    link = links.find(connection, hash_of(token), now=now)
    if link is None or link.kind == "code" or (link.kind == "owner" and people.any_there(connection)):
        return None
    return link


def invite_routes(pages: InvitePages) -> list[ConsoleRoute]:
    return [
        ConsoleRoute(method="GET", path="/console/invite/{token}", handler=pages.show, right=None),
        ConsoleRoute(method="POST", path="/console/invite/{token}", handler=pages.take, right=None),
    ]
