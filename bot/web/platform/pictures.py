"""Where a platform fetches a picture that a person sends: the signed address alone opens it, and nothing beside it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from aiohttp import web

from bot.actions.messages.show_picture import show_picture
from bot.domain.delivering.picture_addresses import PATH, PREVIEW
from bot.web.shared.http_outcomes import too_fast
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.rate_limit import ALLOWED, RateLimit, take_all

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.redrawing import Redrawer
    from bot.storage.engine.database import Database
    from bot.web.shared.doors import Doors

AN_ADDRESS_PER_MINUTE = 300
"""A platform fetches for all its buyers from a few addresses."""
A_PICTURE_PER_MINUTE = 60
SHOWN_HEADERS = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Robots-Tag": "noindex",
    **PLAIN_GUARDS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPictures:
    """Everything that the addresses of pictures touch."""

    database: Database
    redrawer: Redrawer
    clock: Clock
    doors: Doors
    by_address: RateLimit = field(repr=False)
    by_picture: RateLimit = field(repr=False)

    @classmethod
    def of(cls, *, database: Database, redrawer: Redrawer, clock: Clock, doors: Doors) -> Self:
        return cls(
            database=database,
            redrawer=redrawer,
            clock=clock,
            doors=doors,
            by_address=RateLimit(per_minute=AN_ADDRESS_PER_MINUTE, clock=clock),
            by_picture=RateLimit(per_minute=A_PICTURE_PER_MINUTE, clock=clock),
        )

    async def whole(self, request: web.Request) -> web.Response:
        """The picture itself."""
        return await self._show(request, preview=False)

    async def preview(self, request: web.Request) -> web.Response:
        """The same, small enough to stand in a list of chats."""
        return await self._show(request, preview=True)

    async def _show(self, request: web.Request, *, preview: bool) -> web.Response:
        name, ticket = request.match_info["name"], request.match_info["ticket"]
        wait_seconds = take_all([(self.by_address, self.doors.address_of(request)), (self.by_picture, name)])
        if wait_seconds > ALLOWED:
            return too_fast(math.ceil(wait_seconds))
        shown = await show_picture(
            database=self.database,
            redrawer=self.redrawer,
            clock=self.clock,
            name=name,
            ticket=ticket,
            preview=preview,
        )
        if shown is None:
            raise web.HTTPNotFound(text="there is no such picture", headers=SHOWN_HEADERS)
        return web.Response(body=shown.body, content_type=shown.mime, headers=SHOWN_HEADERS)


def picture_routes(pictures: ShownPictures) -> list[web.RouteDef]:
    """Where platforms fetch."""
    path = PATH + "/{name}/{ticket}"
    return [web.get(path, pictures.whole), web.get(f"{path}/{PREVIEW}", pictures.preview)]
