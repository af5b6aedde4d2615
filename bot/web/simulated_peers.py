"""Where simulated buyers are: stand-ins for the platforms behind a demo's channels, and for one that is asked."""

from __future__ import annotations

import itertools
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Mapping

    Answer = Callable[[str, Mapping[str, object]], Mapping[str, object]]
    """Called with the path and the content of each call; gives what is said to it."""
    Heard = Callable[[str, str, str], None]
    """Called with the channel, the conversation and the words of each reply."""

TELEGRAM = "telegram"


@asynccontextmanager
async def serving_peers(heard: Heard, *, port: int = 0) -> AsyncIterator[str]:
    """Take replies on this machine until the block ends; gives the address.

    A webhook channel's `reply_url` is `/replies/NAME` below it, and a Telegram bot's `api_url` the address itself.
    """
    peers = _Peers(heard)
    app = web.Application()
    app.add_routes([web.post("/replies/{channel}", peers.reply), web.post("/bot{token}/{method}", peers.bot_api)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def serving_platform(answer: Answer, *, host: str, port: int) -> AsyncIterator[None]:
    """Play a platform's own server at this address of the machine, until the block ends. Raises `OSError`."""

    async def take(request: web.Request) -> web.Response:
        said = await request.json() if request.can_read_body else {}
        return web.json_response(answer(request.path, said))

    app = web.Application()
    app.add_routes([web.route("*", "/{path:.*}", take)])
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        yield
    finally:
        await runner.cleanup()


class _Peers:
    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._numbers: Iterator[int] = itertools.count(1)

    async def reply(self, request: web.Request) -> web.Response:
        event = await request.json()
        if event["type"] == "reply.created":
            data = event["data"]
            self._heard(request.match_info["channel"], data["conversation_id"], data["content"]["text"])
        return web.json_response({"message_id": f"p-{next(self._numbers)}"})

    async def bot_api(self, request: web.Request) -> web.Response:
        said = await request.json()
        if request.match_info["method"] == "sendMessage":
            self._heard(TELEGRAM, str(said["chat_id"]), said["text"])
        return web.json_response({"ok": True, "result": {"message_id": next(self._numbers)}})
