"""The door of the console: name and password, the code from a phone, showing again who one is, and leaving."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.actions.signing_in.give_code import give_code
from bot.actions.signing_in.prove_identity import prove_identity
from bot.actions.signing_in.sign_in import sign_in
from bot.actions.signing_in.sign_out import sign_out
from bot.domain.accounts.signing_in import CodeNeeded, LetIn, Over, Wait, Wrong
from bot.storage.accounts import people
from bot.web.shared.signed_in import SESSION, ConsoleRoute, is_within_console, visitor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from bot.clock import Clock
    from bot.hashing import Hasher
    from bot.live import Live
    from bot.seal import Seal
    from bot.storage.engine.database import Database
    from bot.web.shared.signed_in import SignedIn


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPages:
    """Everything these pages touch."""

    database: Database
    live: Live
    hasher: Hasher
    seal: Seal | None
    clock: Clock
    signed_in: SignedIn

    async def ask(self, request: web.Request) -> web.Response:
        if not await self.database.read(people.any_there):
            return self._page(request, "console/nobody.html")
        return self._page(request, "console/sign_in.html", next=request.query.get("next", ""))

    async def take(self, request: web.Request) -> web.Response:
        form = await request.post()
        outcome = await sign_in(
            database=self.database,
            hasher=self.hasher,
            clock=self.clock,
            name=str(form.get("name", "")),
            password=str(form.get("password", "")),
            visit=self.signed_in.visit_of(request),
        )
        match outcome:
            case LetIn():
                return self._let_in(request, outcome, _next(form))
            case CodeNeeded(token=token):
                return self._page(request, "console/code.html", next=_next(form), token=token)
            case Wait(seconds=seconds):
                return self._again(request, "sign_in", _next(form), seconds=seconds)
            case Wrong():
                return self._again(request, "sign_in", _next(form))

    async def take_code(self, request: web.Request) -> web.Response:
        form = await request.post()
        token = str(form.get("token", ""))
        outcome = await give_code(
            database=self.database,
            hasher=self.hasher,
            seal=self.seal,
            clock=self.clock,
            token=token,
            code=str(form.get("code", "")),
            visit=self.signed_in.visit_of(request),
        )
        match outcome:
            case LetIn():
                return self._let_in(request, outcome, _next(form))
            case Over():
                return self._again(request, "sign_in", _next(form), wrong="sign_in.over")
            case Wait(seconds=seconds):
                return self._again(request, "code", _next(form), token=token, seconds=seconds)
            case Wrong():
                return self._again(request, "code", _next(form), token=token)

    async def ask_for_proof(self, request: web.Request) -> web.Response:
        return await self._proof_page(request, request.query.get("next", ""))

    async def take_proof(self, request: web.Request) -> web.Response:
        form = await request.post()
        session, given = request[SESSION], str(form.get("given", ""))
        outcome = await prove_identity(
            database=self.database,
            hasher=self.hasher,
            seal=self.seal,
            clock=self.clock,
            session=session,
            given=given,
        )
        match outcome:
            case None:
                return self.signed_in.sent_on(request, _safe(_next(form)))
            case Wait(seconds=seconds):
                return await self._proof_page(request, _next(form), seconds=seconds)
            case Wrong():
                return await self._proof_page(request, _next(form), wrong="prove.wrong")

    async def leave(self, request: web.Request) -> web.Response:
        session = request[SESSION]
        await sign_out(database=self.database, live=self.live, clock=self.clock, session=session, which=session.id)
        return self.signed_in.shown_out(request)

    def _let_in(self, request: web.Request, let_in: LetIn, after: str) -> web.Response:
        return self.signed_in.come_in(request, let_in, after=_safe(after))

    def _again(
        self, request: web.Request, page: str, after: str, *, seconds: float = 0, wrong: str = "", token: str = ""
    ) -> web.Response:
        """The same form with what was wrong; what was typed into it does not come back."""
        status, wrong = (429, "sign_in.wait") if seconds else (422, wrong or f"{page}.wrong")
        response = self._page(
            request,
            f"console/{page}.html",
            status=status,
            next=after,
            token=token,
            wrong=wrong,
            minutes=_minutes(seconds),
        )
        if seconds:
            response.headers["Retry-After"] = str(math.ceil(seconds))
        return response

    def _page(self, request: web.Request, template: str, *, status: int = 200, **values: object) -> web.Response:
        shown = {"wrong": "", "minutes": 0, **values}
        return self.signed_in.console.page(request, template, at="sign_in", visitor=None, status=status, **shown)

    async def _proof_page(
        self, request: web.Request, after: str, *, seconds: float = 0, wrong: str = ""
    ) -> web.Response:
        account = await self.database.read(people.of_id, request[SESSION].staff.id)
        return self.signed_in.console.page(
            request,
            "console/prove.html",
            at="prove",
            visitor=visitor_of(request),
            status=429 if seconds else 422 if wrong else 200,
            next=after,
            has_code=account is not None and account.code_secret is not None,
            wrong="sign_in.wait" if seconds else wrong,
            minutes=_minutes(seconds),
        )


def sign_in_routes(pages: SignInPages) -> list[ConsoleRoute]:
    return [
        ConsoleRoute(method="GET", path="/console/sign-in", handler=pages.ask, right=None),
        ConsoleRoute(method="POST", path="/console/sign-in", handler=pages.take, right=None),
        ConsoleRoute(method="POST", path="/console/sign-in/code", handler=pages.take_code, right=None),
        ConsoleRoute(method="GET", path="/console/prove", handler=pages.ask_for_proof, right="see"),
        ConsoleRoute(method="POST", path="/console/prove", handler=pages.take_proof, right="see"),
        ConsoleRoute(method="POST", path="/console/sign-out", handler=pages.leave, right="see"),
    ]


def _next(form: Mapping[str, object]) -> str:
    return str(form.get("next", ""))


def _safe(after: str) -> str:
    return after if is_within_console(after) else "console"


def _minutes(seconds: float) -> int:
    return max(1, math.ceil(seconds / 60))
