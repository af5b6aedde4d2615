"""Fifteen hundred posts that stop before their end, and deliveries: `python -m tests.attack.unfinished_posts`."""

from __future__ import annotations

import asyncio
import time

import click

from tests.served import Served, served

POSTS = 1_500
AT_ONCE = 100
SENT_BYTES = 200_000
GONE_SECONDS = 12
HONEST_MS = 1_000.0
MORE_MEMORY_MB = 50.0
HEAD = b"POST %b HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\nContent-Length: 262000\r\n\r\n"
PATHS = (b"/webhooks/tea", b"/chat/site/messages")


@click.command()
def main() -> None:
    """Fails when memory grows, or an honest delivery is refused or waits long."""
    asyncio.run(_attack())


async def _attack() -> None:
    async with served() as server:
        memory_mb, most_mb, slowest_ms = server.memory_mb(), 0.0, 0.0
        writers: list[asyncio.StreamWriter] = []
        for start in range(0, POSTS, AT_ONCE):
            writers += await asyncio.gather(*(_post(server, start + number) for number in range(AT_ONCE)))
            began = time.monotonic()
            assert (await server.platform.buyer_says("包邮吗", conversation=f"c-{start}")).status == 202
            slowest_ms = max(slowest_ms, (time.monotonic() - began) * 1000)
            most_mb = max(most_mb, server.memory_mb())
        for _ in range(GONE_SECONDS):
            await asyncio.sleep(1)
            most_mb = max(most_mb, server.memory_mb())
        click.echo(f"{POSTS} unfinished posts of {SENT_BYTES:,} bytes; slowest delivery {slowest_ms:.0f} ms")
        click.echo(f"memory: {memory_mb:.0f} MB, {most_mb - memory_mb:+.0f} MB at most")
        for writer in writers:
            writer.transport.abort()
        assert most_mb - memory_mb <= MORE_MEMORY_MB
        assert slowest_ms <= HONEST_MS
        assert "Traceback" not in server.log, server.log


async def _post(server: Served, number: int) -> asyncio.StreamWriter:
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(HEAD % PATHS[number % 2] + b"x" * SENT_BYTES)
    return writer


if __name__ == "__main__":
    main()
