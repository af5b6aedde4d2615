"""A peer: an aiohttp handler that checks the same signature, keeps nothing, and sends one fixed reply.

Its arguments are its port and the port that takes replies.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import time

import uvloop
from aiohttp import ClientSession, web

from bench.load import KEY

REPLIES: web.AppKey[asyncio.Queue[str]] = web.AppKey("replies")
SENDERS = 32


def _signature(webhook_id: str, timestamp: str, body: bytes) -> str:
    mac = hmac.digest(KEY, f"{webhook_id}.{timestamp}.".encode() + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac).decode()


async def receive(request: web.Request) -> web.Response:
    body, named = await request.read(), request.headers
    wanted = _signature(named["webhook-id"], named["webhook-timestamp"], body)
    if not hmac.compare_digest(wanted, named["webhook-signature"]):
        return web.json_response({"error": "not signed"}, status=401)
    request.app[REPLIES].put_nowait(json.loads(body)["data"]["message_id"])
    return web.json_response({"status": "accepted"}, status=202)


async def ready(_request: web.Request) -> web.Response:
    return web.Response(text="ready")


async def send(replies: asyncio.Queue[str], session: ClientSession, url: str) -> None:
    """Send the one reply to each message, for ever."""
    while True:
        message_id = await replies.get()
        data = {
            "kind": "answer",
            "in_reply_to": [message_id],
            "content": {"kind": "text", "text": "下单后48小时内发货。"},
        }
        body = json.dumps({"type": "reply.created", "data": data}, ensure_ascii=False).encode()
        now = str(int(time.time()))
        signed = {
            "webhook-id": f"r-{message_id}",
            "webhook-timestamp": now,
            "webhook-signature": _signature(f"r-{message_id}", now, body),
        }
        async with session.post(url, data=body, headers=signed) as answer:
            await answer.read()


async def main() -> None:
    app = web.Application()
    app[REPLIES] = asyncio.Queue()
    app.add_routes([web.post("/webhooks/{channel}", receive), web.get("/readyz", ready)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", int(sys.argv[1])).start()
    url = f"http://127.0.0.1:{sys.argv[2]}/replies"
    async with ClientSession() as session, asyncio.TaskGroup() as tasks:
        for number in range(SENDERS):
            tasks.create_task(send(app[REPLIES], session, url), name=f"sender {number}")


if __name__ == "__main__":
    uvloop.run(main())
