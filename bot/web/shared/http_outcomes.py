"""What becomes of a message that was posted here, as an HTTP answer; the same for platforms and our own pages."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import orjson
from aiohttp import web

from bot.errors import StorageDown, TooBusy
from bot.web.shared.pages import PLAIN_GUARDS

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from adapters.contract import BadPayload, Received
    from bot.actions.messages.receive_messages import Receiver

RETRY_AFTER_SECONDS = 5
SWITCHED_OFF_SECONDS = 60
_HEADERS = {"Content-Type": "application/json", "Cache-Control": "no-store", **PLAIN_GUARDS}


@web.middleware
async def turn_away_in_outages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Whatever is asked for while the database is gone, or overrun, is to be asked again."""
    try:
        return await handler(request)
    except TooBusy as busy:
        return try_later("too much at once", busy.retry_after_seconds)
    except StorageDown:
        return try_later("the shop's database does not answer", RETRY_AFTER_SECONDS)


async def accept(receiver: Receiver, channel: str, received: Received) -> web.Response:
    """Hand a delivery to the receiver and say how it went: 202, or 200 where nothing of it is new.

    A platform that wants to read something of its own reads that instead. Raises `StorageDown` and `TooBusy`.
    """
    outcomes = [await receiver.receive(channel, event) for event in received.events]  # in order, also when one fails
    if received.reply is not None:
        return web.Response(body=received.reply.body, content_type=received.reply.content_type, headers=PLAIN_GUARDS)
    is_new = "accepted" in outcomes
    return _answer(202 if is_new else 200, {"status": "accepted" if is_new else "duplicate"})


def invalid(bad: BadPayload) -> web.Response:
    """Every problem of the message, in words."""
    return _answer(400, {"error": "invalid", "detail": [dataclasses.asdict(each) for each in bad.problems]})


def too_fast(retry_after_seconds: int) -> web.Response:
    """This visitor has to wait."""
    return _answer(429, {"error": "too fast"}, retry_after_seconds)


def try_later(reason: str, retry_after_seconds: int) -> web.Response:
    """Nothing was written; the page keeps the message."""
    return _answer(503, {"error": reason}, retry_after_seconds)


def _answer(status: int, body: object, retry_after_seconds: int | None = None) -> web.Response:
    headers = _HEADERS if retry_after_seconds is None else {**_HEADERS, "Retry-After": str(retry_after_seconds)}
    return web.Response(body=orjson.dumps(body), status=status, headers=headers)
