"""The shop's people: who there is, inviting somebody, changing what they may do, letting them go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web

from bot.actions.accounts.change_role import change_role
from bot.actions.accounts.invite_staff import invite_staff
from bot.actions.accounts.remove_staff import remove_staff
from bot.actions.accounts.reset_staff import reset_staff
from bot.config import TRY_OUT_CHANNEL
from bot.domain.accounts.signing_in import AccountProblem, Problem
from bot.domain.accounts.staff import ROLES, Role
from bot.storage.accounts import people
from bot.web.shared.numbers import number_in
from bot.web.shared.signed_in import ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aiohttp.typedefs import Handler

    from bot.clock import Clock
    from bot.live import Live
    from bot.storage.accounts.people import Account
    from bot.storage.engine.database import Database
    from bot.web.shared.signed_in import SignedIn

STAFF = "console/staff"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPages:
    """Everything these pages touch. `channels` are those that are open: somebody may be given their conversations."""

    database: Database
    live: Live
    clock: Clock
    signed_in: SignedIn
    channels: Collection[str]

    async def show(self, request: web.Request) -> web.Response:
        return await self._list(request)

    async def invite(self, request: web.Request) -> web.Response:
        asked = await self._role_asked(request)
        if isinstance(asked, Problem):
            return await self._list(request, problem=asked.code)
        role, channels = asked
        token = await invite_staff(
            database=self.database, clock=self.clock, by=staff_of(request), role=role, channels=channels
        )
        return await self._list(request, link=self._address(request, token), link_of="invite")

    async def show_one(self, request: web.Request) -> web.Response:
        return await self._one(request)

    async def change(self, request: web.Request) -> web.Response:
        account, asked = await self._account(request), await self._role_asked(request)
        if isinstance(asked, Problem):
            return await self._one(request, problem=asked.code)
        role, channels = asked
        problem = await change_role(
            database=self.database,
            live=self.live,
            clock=self.clock,
            by=staff_of(request),
            staff_id=account.staff.id,
            role=role,
            channels=channels,
        )
        return await self._after(request, problem, done="changed")

    async def reset(self, request: web.Request) -> web.Response:
        account, form = await self._account(request), await request.post()
        outcome = await reset_staff(
            database=self.database,
            clock=self.clock,
            by=staff_of(request),
            staff_id=account.staff.id,
            code_off="code_off" in form,
        )
        if isinstance(outcome, Problem):
            return await self._one(request, problem=outcome.code)
        return await self._one(request, link=self._address(request, outcome))

    async def remove(self, request: web.Request) -> web.Response:
        account = await self._account(request)
        problem = await remove_staff(
            database=self.database, live=self.live, clock=self.clock, by=staff_of(request), staff_id=account.staff.id
        )
        return await self._after(request, problem, done="removed")

    async def _after(self, request: web.Request, problem: Problem | None, *, done: str) -> web.Response:
        if problem is not None:
            return await self._one(request, problem=problem.code)
        return self.signed_in.sent_on(request, f"{STAFF}?done={done}")

    async def _account(self, request: web.Request) -> Account:
        """The person that the path names. Raises 404."""
        number = number_in(request.match_info["staff"])
        account = None if number is None else await self.database.read(people.of_id, number)
        if account is None:
            raise web.HTTPNotFound(text="no such person")
        return account

    async def _role_asked(self, request: web.Request) -> tuple[Role, tuple[str, ...] | None] | Problem:
        """The role and the channels that a form names; None is all channels, those to come as well."""
        form = await request.post()
        role = next((each for each in ROLES if each == form.get("role")), None)
        if role is None:
            return Problem(code="no_such_role")
        if role == "owner" or form.get("where") != "some":
            return role, None
        chosen = tuple(str(each) for each in form.getall("channel", []))
        return (role, chosen) if chosen and set(chosen) <= set(self._theirs()) else Problem(code="no_such_channel")

    def _theirs(self) -> tuple[str, ...]:
        """The channels of buyers: whoever tries the bot out is none."""
        return tuple(name for name in self.channels if name != TRY_OUT_CHANNEL)

    def _address(self, request: web.Request, token: str) -> str:
        """A link for somebody else: from where the shop is reached, else from where this browser reached it."""
        return f"{self.signed_in.doors.base_of(request)}/console/invite/{token}"

    async def _list(
        self, request: web.Request, *, problem: AccountProblem | None = None, link: str = "", link_of: str = ""
    ) -> web.Response:
        return self._page(
            request,
            "console/staff.html",
            problem=problem,
            people=await self.database.read(people.listed),
            link=link,
            link_of=link_of,
            done=_done(request.query),
        )

    async def _one(
        self, request: web.Request, *, problem: AccountProblem | None = None, link: str = ""
    ) -> web.Response:
        account = await self._account(request)
        return self._page(request, "console/staff_one.html", problem=problem, account=account, link=link)

    def _page(
        self, request: web.Request, template: str, *, problem: AccountProblem | None, **values: object
    ) -> web.Response:
        return self.signed_in.console.page(
            request,
            template,
            at="staff",
            visitor=visitor_of(request),
            status=422 if problem else 200,
            roles=ROLES,
            channels=self._theirs(),
            me=staff_of(request).id,
            problem=problem,
            now=self.clock.now(),
            **values,
        )


def staff_routes(pages: StaffPages) -> list[ConsoleRoute]:
    everybody, one = "/console/staff", "/console/staff/{staff}"

    def route(method: str, path: str, handler: Handler, *, form_on: str = "") -> ConsoleRoute:
        return ConsoleRoute(
            method=method, path=path, handler=handler, right="manage", fresh_proof=True, form_on=form_on
        )

    return [
        route("GET", everybody, pages.show),
        route("POST", f"{everybody}/invite", pages.invite, form_on=everybody),
        route("GET", one, pages.show_one),
        route("POST", f"{one}/role", pages.change, form_on=one),
        route("POST", f"{one}/reset", pages.reset, form_on=one),
        route("POST", f"{one}/remove", pages.remove, form_on=one),
    ]


def _done(query: Mapping[str, str]) -> str:
    done = query.get("done", "")
    return done if done in {"changed", "removed"} else ""
