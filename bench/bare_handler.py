"""The ceiling: a bare aiohttp handler that checks the same signature and stores nothing. Its argument is a port."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import sys

import uvloop
from aiohttp import web

from bench.load import KEY


async def receive(request: web.Request) -> web.Response:
    body = await request.read()
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + body
    mac = base64.b64encode(hmac.digest(KEY, signed, hashlib.sha256))
    good = hmac.compare_digest(b"v1," + mac, request.headers["webhook-signature"].encode())
    return web.json_response({"status": "accepted"}, status=202 if good else 401)


async def ready(_request: web.Request) -> web.Response:
    return web.Response(text="ready")


async def main() -> None:
    app = web.Application()
    app.add_routes([web.post("/webhooks/{channel}", receive), web.get("/readyz", ready)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main())
