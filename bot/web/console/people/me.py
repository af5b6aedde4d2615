"""My own account: where I am signed in, my password, and the codes from my phone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from aiohttp import web
from markupsafe import Markup

from bot.actions.signing_in.change_password import change_password
from bot.actions.signing_in.renew_recovery_codes import renew_recovery_codes
from bot.actions.signing_in.sign_out import sign_out
from bot.actions.signing_in.switch_code_off import switch_code_off
from bot.actions.signing_in.switch_code_on import switch_code_on
from bot.domain.accounts.codes import address_for_phone, is_secret, new_secret, picture_for_phone
from bot.domain.accounts.passwords import SHORTEST
from bot.domain.accounts.signing_in import LetIn, Problem, Wait
from bot.storage.accounts import people, recovery, sessions
from bot.web.shared.browsers import browser_in_short
from bot.web.shared.numbers import number_in
from bot.web.shared.signed_in import SESSION, ConsoleRoute, staff_of, visitor_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp.typedefs import Handler

    from bot.clock import Clock
    from bot.domain.accounts.sessions import Session
    from bot.hashing import Hasher
    from bot.live import Live
    from bot.seal import Seal
    from bot.storage.accounts.people import Account
    from bot.storage.engine.database import Connection, Database
    from bot.web.shared.signed_in import SignedIn

ME = "console/me"


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPages:
    """Everything these pages touch."""

    database: Database
    live: Live
    hasher: Hasher
    seal: Seal | None
    clock: Clock
    signed_in: SignedIn
    shop_name: str

    async def show(self, request: web.Request) -> web.Response:
        return await self._me(request)

    async def take_password(self, request: web.Request) -> web.Response:
        form = await request.post()
        password = str(form.get("password", ""))
        if password != str(form.get("again", "")):
            return await self._me(request, problem="account.not_repeated")
        outcome = await change_password(
            database=self.database,
            live=self.live,
            hasher=self.hasher,
            clock=self.clock,
            staff=staff_of(request),
            current=str(form.get("current", "")),
            password=password,
            shop_name=self.shop_name,
            visit=self.signed_in.visit_of(request),
        )
        match outcome:
            case LetIn():
                return self.signed_in.come_in(request, outcome, after=f"{ME}?done=password")
            case Wait():
                return await self._me(request, problem="sign_in.wait", status=429)
            case Problem(code=code):
                return await self._me(request, problem=f"account.{code}")

    async def end_session(self, request: web.Request) -> web.Response:
        """Sign out there: one session of one's own, or all the others."""
        named = request.match_info.get("session")
        which = None if named is None else number_in(named) or 0
        ended = await sign_out(
            database=self.database, live=self.live, clock=self.clock, session=request[SESSION], which=which
        )
        if not ended and which is not None:
            raise web.HTTPNotFound(text="no such session")
        return self.signed_in.sent_on(request, f"{ME}?done=signed_out")

    async def show_code(self, request: web.Request) -> web.Response:
        return self._code_page(request, new_secret())

    async def take_code(self, request: web.Request) -> web.Response:
        form = await request.post()
        secret, code = str(form.get("secret", "")), str(form.get("code", ""))
        if not is_secret(secret):
            return self._code_page(request, new_secret(), problem="account.code_is_wrong")
        outcome = await switch_code_on(
            database=self.database,
            live=self.live,
            hasher=self.hasher,
            seal=self.seal,
            clock=self.clock,
            session=request[SESSION],
            secret=secret,
            code=code,
        )
        if isinstance(outcome, Problem):
            return self._code_page(request, secret, problem=f"account.{outcome.code}")
        return self._recovery_page(request, outcome)

    async def code_off(self, request: web.Request) -> web.Response:
        await switch_code_off(database=self.database, clock=self.clock, session=request[SESSION])
        return self.signed_in.sent_on(request, f"{ME}?done=code_off")

    async def new_recovery_codes(self, request: web.Request) -> web.Response:
        codes = await renew_recovery_codes(
            database=self.database, hasher=self.hasher, clock=self.clock, session=request[SESSION]
        )
        return self._recovery_page(request, codes)

    async def _me(self, request: web.Request, *, problem: str = "", status: int = 422) -> web.Response:
        session = request[SESSION]
        account, mine, left = await self.database.read(_about_me, session.staff.id)
        return self.signed_in.console.page(
            request,
            "console/me.html",
            at="me",
            visitor=visitor_of(request),
            status=status if problem else 200,
            staff=session.staff,
            here=session.id,
            sessions=sorted(mine, key=lambda each: each.id != session.id),
            browser=browser_in_short,
            has_code=account is not None and account.code_secret is not None,
            codes_left=left,
            problem=problem,
            done=_done(request),
            shortest=SHORTEST,
            now=self.clock.now(),
        )

    def _code_page(self, request: web.Request, secret: str, *, problem: str = "") -> web.Response:
        address = address_for_phone(secret, name=staff_of(request).name, shop_name=self.shop_name)
        return self.signed_in.console.page(
            request,
            "console/code_on.html",
            at="me",
            visitor=visitor_of(request),
            status=422 if problem else 200,
            picture=Markup(picture_for_phone(address)),  # noqa: S704 - drawn by us, of figures alone
            secret=secret,
            first=request.query.get("first") == "yes",
            problem=problem,
        )

    def _recovery_page(self, request: web.Request, codes: Sequence[str]) -> web.Response:
        return self.signed_in.console.page(
            request, "console/recovery_codes.html", at="me", visitor=visitor_of(request), codes=codes
        )


def my_routes(pages: MyPages) -> list[ConsoleRoute]:
    me = f"/{ME}"

    def route(
        method: str, path: str, handler: Handler, *, fresh_proof: bool = False, form_on: str = me
    ) -> ConsoleRoute:
        return ConsoleRoute(
            method=method, path=me + path, handler=handler, right="see", fresh_proof=fresh_proof, form_on=form_on
        )

    return [
        route("GET", "", pages.show),
        route("POST", "/password", pages.take_password),
        route("POST", "/sessions/end", pages.end_session),
        route("POST", "/sessions/{session}/end", pages.end_session),
        route("GET", "/code", pages.show_code, fresh_proof=True),
        route("POST", "/code", pages.take_code, fresh_proof=True, form_on=f"{me}/code"),
        route("POST", "/code/off", pages.code_off, fresh_proof=True),
        route("POST", "/recovery-codes", pages.new_recovery_codes, fresh_proof=True),
    ]


def _about_me(connection: Connection, staff_id: int) -> tuple[Account | None, Sequence[Session], int]:
    mine = sessions.of_staff(connection, staff_id)
    return people.of_id(connection, staff_id), mine, recovery.count(connection, staff_id)


def _done(request: web.Request) -> str:
    """What was just done, as the address says after a form was taken."""
    done = request.query.get("done", "")
    return done if done in {"password", "signed_out", "code_off"} else ""
