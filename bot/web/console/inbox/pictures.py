"""Pictures at the desk: those that are kept here, a buyer's that is fetched first, and what is handed in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aiohttp import web

from bot.actions.messages.fetch_picture import Here, fetch_picture
from bot.actions.messages.keep_picture import Kept, keep_staffs_picture, read_picture
from bot.web.console.inbox.answers import answer_json
from bot.web.console.inbox.shop import number_of
from bot.web.shared.doors import is_our_page, read_picture_body
from bot.web.shared.pages import PLAIN_GUARDS
from bot.web.shared.signed_in import staff_of

if TYPE_CHECKING:
    from bot.web.console.inbox.shop import Shop

KEPT_HEADERS = {
    "Cache-Control": "private, max-age=3600",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    **PLAIN_GUARDS,
}
_HEARD = re.compile(r"i(\d{1,18})", re.ASCII)


async def read_kept(shop: Shop, request: web.Request) -> web.Response:
    """A picture of this conversation that is kept here."""
    found = await read_picture(
        database=shop.clicks.database,
        who=staff_of(request),
        conversation_id=number_of(request),
        name=request.match_info["picture"],
    )
    if found is None:
        raise web.HTTPNotFound(text="there is no such picture", headers=PLAIN_GUARDS)
    return web.Response(body=found.body, content_type=found.mime, headers=KEPT_HEADERS)


async def load(shop: Shop, request: web.Request) -> web.Response:
    """Have the picture of a buyer's message here, and say under which name; or why it cannot be had."""
    if not is_our_page(request):  # although it changes nothing that a person sees
        raise web.HTTPForbidden(text="only the desk may ask for this", headers=PLAIN_GUARDS)
    heard = _HEARD.fullmatch(request.match_info["bubble"])
    clicks = shop.clicks
    fetched = await fetch_picture(
        database=clicks.database,
        clock=clicks.clock,
        redrawer=shop.redrawer,
        channels=shop.channels,
        wires=shop.wires,
        who=staff_of(request),
        conversation_id=number_of(request),
        inbox_id=int(heard[1]) if heard else 0,
    )
    if isinstance(fetched, Here):
        return answer_json({"outcome": "done", "picture": fetched.name})
    return answer_json({"outcome": "not", "why": fetched.why, "said": fetched.said})


async def hand_in(shop: Shop, request: web.Request) -> web.Response:
    """Keep a picture that a person is about to send here; the answer names it then."""
    clicks = shop.clicks
    kept = await keep_staffs_picture(
        database=clicks.database,
        clock=clicks.clock,
        redrawer=shop.redrawer,
        channels=shop.channels,
        who=staff_of(request),
        conversation_id=number_of(request),
        data=await read_picture_body(request, PLAIN_GUARDS),
    )
    if isinstance(kept, Kept):
        return answer_json({"outcome": "done", "picture": kept})
    return answer_json({"outcome": "not", "reason": kept})
