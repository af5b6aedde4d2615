"""The console of a shop over real HTTP, without the rest of the bot, and browsers that fill in its forms."""

from __future__ import annotations

import re
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Self

from aiohttp import ClientSession, CookieJar, web
from aiohttp.test_utils import TestServer
from yarl import URL

from bot.actions.accounts.invite_staff import invite_staff
from bot.actions.accounts.offer_first_account import offer_first_account
from bot.config import Config
from bot.web.console.home import home_routes
from bot.web.shared.console import PLACES, Console
from bot.web.shared.doors import Doors
from bot.web.shared.pages import load_pages
from bot.web.shared.signed_in import SignedIn
from bot.wiring.channels import open_channels
from bot.wiring.console_pages import account_routes, desk_settings_routes
from bot.wiring.parts import Parts
from tests.people import joins

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from contextlib import AsyncExitStack

    from bot.domain.accounts.staff import Role
    from bot.storage.engine.database import Database
    from tests.fakes import FakeClock
    from tests.people import Person

CHANNELS = ("tea", "coffee")
PASSWORD = "今天天气很好我们去喝茶"
"""Everybody's."""
FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<body>.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
LINK = re.compile(r"https?://[^\s<]+/console/invite/([\w-]+)")


@dataclass(frozen=True)
class Shown:
    """A page as a browser has it before it."""

    status: int
    address: str
    text: str

    def hidden(self, action: str = "") -> dict[str, str]:
        """The hidden fields of the form whose address ends with `action`."""
        for form in FORM.finditer(self.text):
            if action in unescape(form["head"]):
                return {name: unescape(value) for name, value in HIDDEN.findall(form["body"])}
        raise AssertionError(f"no form {action!r} on {self.address}: {self.text[-1500:]}")

    @property
    def token(self) -> str:
        """The token of the one-time link that the page shows."""
        found = LINK.search(unescape(self.text))
        assert found, f"no link on {self.address}"
        return found[1]


class Visitor:
    """A browser with its cookies, which follows where it is sent."""

    def __init__(self, url: str, *, agent: str = "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36") -> None:
        self.url = url
        headers = {"Accept": "text/html", "User-Agent": agent}
        self.session = ClientSession(cookie_jar=CookieJar(unsafe=True), headers=headers)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.session.close()

    async def goes_to(self, path: str) -> Shown:
        async with self.session.get(f"{self.url}{path}") as answer:
            return Shown(answer.status, answer.url.path_qs, await answer.text())

    async def sends(self, path: str, page: Shown | None = None, **fields: str | list[str]) -> Shown:
        """Send the form of a page: its hidden fields, and what is filled in."""
        filled = [*(page.hidden(path) if page else {}).items()]
        for name, value in fields.items():
            filled += [(name, each) for each in (value if isinstance(value, list) else [value])]
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": self.url}
        async with self.session.post(f"{self.url}{path}", data=filled, headers=headers) as answer:
            return Shown(answer.status, answer.url.path_qs, await answer.text())

    async def signs_in(self, name: str, password: str) -> Shown:
        return await self.sends("/console/sign-in", name=name, password=password, next="console/me")

    def has_cookie(self, name: str, value: str) -> None:
        """Give the browser a cookie of this site."""
        self.session.cookie_jar.update_cookies({name: value}, URL(self.url))


class House:
    """A shop's console on one node."""

    def __init__(self, url: str, database: Database, clock: FakeClock) -> None:
        self.url = url
        self.database = database
        self.clock = clock

    def visitor(self) -> Visitor:
        return Visitor(self.url)

    async def joins(self, role: Role, *, name: str = "", channels: list[str] | None = None) -> Person:
        return await joins(self.database, role, clock=self.clock, name=name, channels=channels)


class People:
    """Browsers of people, who join by links as anybody does."""

    def __init__(self, house: House, stack: AsyncExitStack) -> None:
        self.house = house
        self.stack = stack

    async def browser(self) -> Visitor:
        return await self.stack.enter_async_context(self.house.visitor())

    async def owner(self, name: str = "店主") -> Visitor:
        token = await offer_first_account(database=self.house.database, clock=self.house.clock)
        assert token is not None
        return await self.joins(token, name)

    async def agent(self, name: str = "小李", role: Role = "agent") -> Visitor:
        made = await invite_staff(database=self.house.database, clock=self.house.clock, by=None, role=role)
        return await self.joins(made, name)

    async def joins(self, token: str, name: str) -> Visitor:
        visitor = await self.browser()
        page = await visitor.sends(f"/console/invite/{token}", name=name, password=PASSWORD, again=PASSWORD)
        assert page.address in {"/console/inbox", "/console/me/code?first=yes"}, page.text
        return visitor


@asynccontextmanager
async def console_of(database: Database, clock: FakeClock, url: str, *, key: str = "") -> AsyncIterator[House]:
    """Serve the console's pages on this database."""
    channels = [{"name": each, "platform": "web"} for each in CHANNELS]
    kept = {"url": url, "encryption_key": key}
    config = Config.model_validate({"shop": {"name": "小满生活馆"}, "channels": channels, "database": kept})
    parts = Parts(
        config=config,
        clock=clock,
        node="test",
        channels=open_channels(config),
        database=database,
        sessions={},
        try_token="",
    )
    console = Console(
        pages=load_pages(), doors=Doors(), shop_name="小满生活馆", places=PLACES, zone=config.shop.timezone
    )
    app = web.Application()
    signed_in = SignedIn(database=database, clock=clock, doors=console.doors, console=console)
    routes = [*home_routes(), *account_routes(parts, signed_in), *desk_settings_routes(parts, signed_in)]
    app.add_routes(signed_in.routes(routes))
    async with TestServer(app) as server:
        yield House(str(server.make_url("")).rstrip("/"), database, clock)
