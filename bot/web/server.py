"""All routes on one page, and the HTTP server that serves them."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from bot.web.chat import chat_routes
from bot.web.health import health_routes
from bot.web.pages import static_routes
from bot.web.try_page import try_routes
from bot.web.webhooks import webhook_routes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from bot.web.chat import Chat
    from bot.web.health import Health
    from bot.web.try_page import TryOut
    from bot.web.webhooks import Webhooks

LARGEST_BODY_BYTES = 256 * 1024
KEEP_ALIVE_SECONDS = 75
SHUTDOWN_SECONDS = 2.0
BACKLOG = 1_024


def application(*, health: Health, webhooks: Webhooks, chat: Chat, try_out: TryOut) -> web.Application:
    """Everything that can be asked of this program, in one place."""
    app = web.Application(client_max_size=LARGEST_BODY_BYTES)
    app.router.add_get("/", _to_try_page)
    app.add_routes(health_routes(health))
    app.add_routes(webhook_routes(webhooks))
    app.add_routes(chat_routes(chat))
    app.add_routes(try_routes(try_out))
    app.add_routes(static_routes(chat.pages))
    app.on_shutdown.append(chat.streams.close)
    return app


async def _to_try_page(_request: web.Request) -> web.Response:
    return web.Response(status=302, headers={"Location": "/try"})


@asynccontextmanager
async def serving(app: web.Application, *, host: str, port: int) -> AsyncIterator[int]:
    """Serve until the block ends; gives the port in use (port 0 picks a free one)."""
    runner = web.AppRunner(
        app,
        access_log=None,
        handle_signals=False,
        keepalive_timeout=KEEP_ALIVE_SECONDS,
        shutdown_timeout=SHUTDOWN_SECONDS,
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port, backlog=BACKLOG, reuse_address=True).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()
