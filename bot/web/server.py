"""All routes on one page, and the HTTP server that serves them."""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

from aiohttp import web

from bot.web.console.try_page import try_routes
from bot.web.platform.health import health_routes
from bot.web.platform.pictures import picture_routes
from bot.web.platform.webhooks import webhook_routes
from bot.web.shared.connections import MOST_CONNECTIONS, RESERVED_SHARE, Connection
from bot.web.shared.doors import LARGEST_BODY_BYTES
from bot.web.shared.http_outcomes import RETRY_AFTER_SECONDS, try_later, turn_away_in_outages
from bot.web.shared.pages import PLAIN_GUARDS, static_routes
from bot.web.widget.chat import chat_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiohttp.typedefs import Handler

    from bot.background import AtWork
    from bot.web.console.try_page import TryOut
    from bot.web.platform.health import Health
    from bot.web.platform.pictures import ShownPictures
    from bot.web.platform.webhooks import Webhooks
    from bot.web.shared.connections import Connections
    from bot.web.shared.doors import Doors
    from bot.web.widget.chat import Chat

SHUTDOWN_SECONDS = 2.0
BACKLOG = 1_024
HTTPS_ONLY_SECONDS = 31_536_000
LOOK_EVERY_SECONDS = 0.5
FILES_FOR_OTHERS = 400
"""Open files that are kept for the database, the log and calls to platforms."""
UNANSWERED_MS = 30_000
"""After so long without a sign of life a peer is gone, whatever is still under way to it (TCP_USER_TIMEOUT)."""
UNSENT_BYTES = 32 * 1024
"""What the system keeps for a peer that does not read; it would grow to megabytes by itself."""
ALWAYS_SERVED = ("/webhooks/", "/livez", "/readyz", "/metrics")
"""What there is a reserve of connections for."""


def application(
    *,
    health: Health,
    webhooks: Webhooks,
    pictures: ShownPictures,
    chat: Chat,
    try_out: TryOut,
    console: Sequence[web.RouteDef],
    doors: Doors,
) -> web.Application:
    """Everything that can be asked of this program, in one place; also below the path of its public address."""
    app = web.Application(client_max_size=LARGEST_BODY_BYTES, middlewares=[attend, turn_away_in_outages])
    routes = [
        *health_routes(health),
        *webhook_routes(webhooks),
        *picture_routes(pictures),
        *chat_routes(chat),
        *try_routes(try_out),
        *console,
        *static_routes(chat.pages),
    ]
    for path in {"", doors.path}:
        app.add_routes([web.route(each.method, path + each.path, each.handler, **each.kwargs) for each in routes])
    app.on_response_prepare.append(partial(_guard, doors))
    app.on_shutdown.append(chat.streams.close)
    return app


async def _guard(doors: Doors, request: web.Request, response: web.StreamResponse) -> None:
    """What every answer says to browsers, and nothing of what we are made of."""
    response.headers["Server"] = "xiaoer"
    for name, value in PLAIN_GUARDS.items():
        response.headers.setdefault(name, value)
    if doors.is_https(request):
        response.headers["Strict-Transport-Security"] = f"max-age={HTTPS_ONLY_SECONDS}"


@web.middleware
async def attend(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let the connection know that it is being answered; on one too many only what is always served is."""
    connection = request.protocol
    if not isinstance(connection, Connection):
        return await handler(request)
    with connection.answering(request):
        if connection.is_extra and not any(part in request.path for part in ALWAYS_SERVED):
            return try_later("too many connections", RETRY_AFTER_SECONDS)
        return await handler(request)


def connections_at_most() -> int:
    """How many connections the open files that this process may have leave room for."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(min(MOST_CONNECTIONS, int((files - FILES_FOR_OTHERS) / (1 + RESERVED_SHARE))), FILES_FOR_OTHERS // 2)


def _prepare(listener: socket.socket) -> None:
    """What is set here holds for each connection that is taken in."""
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, UNSENT_BYTES)
    if sys.platform == "linux":
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNANSWERED_MS)


@asynccontextmanager
async def serving(
    app: web.Application, *, host: str, port: int, connections: Connections, at_work: AtWork
) -> AsyncIterator[int]:
    """Serve until the block ends; gives the port in use (port 0 picks a free one). A task looks for slow peers."""
    runner = web.AppRunner(app, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    if runner.server is None:
        raise RuntimeError("the server is not there although it was just set up")
    loop = asyncio.get_running_loop()
    accept = partial(Connection, runner.server, among=connections, loop=loop)

    async def look() -> None:
        await asyncio.sleep(LOOK_EVERY_SECONDS)
        connections.check()

    try:
        listener = await loop.create_server(accept, host, port, backlog=BACKLOG, reuse_address=True)
        for each in listener.sockets:
            _prepare(each)
        looking = at_work("let go of slow peers", look)
        try:
            yield int(listener.sockets[0].getsockname()[1])
        finally:
            looking.cancel()
            listener.close()
    finally:
        await runner.cleanup()
