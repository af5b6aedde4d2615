"""Three hundred conversations whose replies hang, and healthy ones beside them: `python -m tests.attack.hanging_sends`.

The healthy ones are of the same channel, and of another channel at the same host and port.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import click
from aiohttp import web

from bot.clock import SystemClock
from tests.fakes import SECRET, FakePlatform
from tests.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HEALTHY_WAITS_SECONDS = 2.0
WATCHED_SECONDS = 40
ASK_EVERY_SECONDS = 0.5
AT_ONCE = 20
HANGS = "hangs"
CHANNEL = """
[[channels]]
name = "{name}"
platform = "webhook"
secret = "{secret}"
reply_url = "http://127.0.0.1:{port}/{name}"
allow_private_reply_url = true
"""
NAMES = ("mixed", "other")


class Receiver:
    """Takes replies at once, but for conversations named `hangs…`, which it leaves without an answer."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = {}

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        app = web.Application()
        app.router.add_post("/{channel}", self._take)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        try:
            yield int(runner.addresses[0][1])
        finally:
            await runner.cleanup()

    async def _take(self, request: web.Request) -> web.Response:
        data = (await request.json())["data"]
        if data["conversation_id"].startswith(HANGS):
            await asyncio.sleep(60)
        elif data.get("kind") == "answer":
            self.taken.setdefault(data["conversation_id"], time.monotonic())
        return web.json_response({})


@click.command()
@click.option("--hanging", default=300, show_default=True)
def main(hanging: int) -> None:
    """Fails when a healthy conversation waits for more than two seconds."""
    asyncio.run(_attack(hanging))


async def _attack(hanging: int) -> None:
    receiver = Receiver()
    async with receiver.open() as port:
        config = "".join(CHANNEL.format(name=name, secret=SECRET, port=port) for name in NAMES)
        patience = "\n[conversation]\npatience_seconds = 0\n"
        async with served(config + patience) as server, FakePlatform(clock=SystemClock()) as mixed:
            mixed.webhook_url = f"{server.url}/webhooks/mixed"
            for start in range(0, hanging, AT_ONCE):
                some = range(start, min(start + AT_ONCE, hanging))
                await asyncio.gather(
                    *(mixed.buyer_says("包邮吗", conversation=f"{HANGS}-{n}", buyer=f"h-{n}") for n in some)
                )
            asked = await _ask_on(mixed, server.url)
            await asyncio.sleep(HEALTHY_WAITS_SECONDS)
            waits = {
                name: sorted(receiver.taken.get(each, float("inf")) - at for each, at in asked.items() if name in each)
                for name in NAMES
            }
            for name, seconds in waits.items():
                click.echo(
                    f"{name}: {len(seconds)} healthy conversations waited {seconds[len(seconds) // 2]:.2f} s"
                    f" in the middle, {seconds[-1]:.2f} s at most"
                )
            click.echo("\n".join(line for line in server.log.splitlines() if "channel" in line))
        assert max(seconds[-1] for seconds in waits.values()) <= HEALTHY_WAITS_SECONDS


async def _ask_on(platform: FakePlatform, url: str) -> dict[str, float]:
    asked: dict[str, float] = {}
    until = time.monotonic() + WATCHED_SECONDS
    while time.monotonic() < until:
        for name in NAMES:
            platform.webhook_url = f"{url}/webhooks/{name}"
            conversation = f"{name}-{len(asked)}"
            asked[conversation] = time.monotonic()
            await platform.buyer_says("包邮吗", conversation=conversation, buyer=conversation)
        await asyncio.sleep(ASK_EVERY_SECONDS)
    return asked


if __name__ == "__main__":
    main()
