"""All parts that pages are made of, in all their states, on one page: for whoever changes how they look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.web.shared.console import Visitor

if TYPE_CHECKING:
    from bot.web.shared.console import Console

NOBODY = Visitor(name="小周", rights=frozenset(), proof="")
"""The page says nothing of the shop, so it asks for nobody's right."""


def components_routes(console: Console) -> list[web.RouteDef]:
    """The one route; it is there only where `[server] development` says so."""

    async def show(request: web.Request) -> web.Response:
        return console.page(request, "console/components.html", at="components", visitor=NOBODY)

    return [web.get("/console/_components", show)]
