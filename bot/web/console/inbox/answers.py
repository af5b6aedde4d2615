"""How the desk's script is answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from bot.errors import StorageDown
from bot.web.shared.http_outcomes import RETRY_AFTER_SECONDS, try_later
from bot.web.shared.pages import PLAIN_GUARDS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.web.console.inbox.shop import Shop

    Reader = Callable[[Shop, web.Request], Awaitable[web.Response]]

JSON_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store", **PLAIN_GUARDS}


def answer_json(value: object) -> web.Response:
    """A value as JSON; those of the domain go as they are."""
    return web.Response(body=orjson.dumps(value), headers=JSON_HEADERS)


def patiently(read: Reader) -> Reader:
    """A reader that says so when the database is away."""

    async def reading(shop: Shop, request: web.Request) -> web.Response:
        try:
            return await read(shop, request)
        except StorageDown:
            return try_later("the shop's database does not answer", RETRY_AFTER_SECONDS)

    return reading
