"""The address that people of the shop remember; what they mean is the inbox."""

from __future__ import annotations

from aiohttp import web

from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import ConsoleRoute


async def home(request: web.Request) -> web.Response:
    del request
    headers = {"Location": "console/inbox", "Cache-Control": "no-store", **PLAIN_GUARDS}
    return web.Response(status=303, headers=headers)


def home_routes() -> list[ConsoleRoute]:
    return [ConsoleRoute(method="GET", path="/console", handler=home, right="see")]
