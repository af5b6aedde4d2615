"""Two thousand slow sockets of nine kinds, and honest buyers beside them: `python -m tests.attack.slow_peers`."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress

import click
from aiohttp import ClientSession

from tests.served import Served, served
from tests.slow_peers import Peer, kinds

ALL_GONE_SECONDS = 15.0
HONEST_P99_MS = 300.0
MORE_MEMORY_MB = 50.0
CALM_SECONDS = 5.0
ASK_EVERY_SECONDS = 0.05
AT_ONCE = 100


@click.command()
@click.option("--peers", default=2_000, show_default=True)
def main(peers: int) -> None:
    """Fails when they are not gone in time, honest requests wait, or memory grows."""
    asyncio.run(_attack(peers))


async def _attack(count: int) -> None:
    async with served() as server, ClientSession() as session:
        memory_mb = server.memory_mb()
        calm: list[float] = []
        honest: list[float] = []
        most_mb = [memory_mb]
        with suppress(TimeoutError):
            async with asyncio.timeout(CALM_SECONDS):
                await _ask(server, session, calm, most_mb)
        async with asyncio.TaskGroup() as tasks:
            asking = tasks.create_task(_ask(server, session, honest, most_mb))
            started = time.monotonic()
            peers = await _connect(server, count)
            connected = time.monotonic() - started
            await asyncio.gather(*(_drip(peer, until=started + connected + ALL_GONE_SECONDS) for peer in peers))
            gone = await asyncio.gather(*(peer.is_let_go(within_seconds=1.0) for peer in peers))
            asking.cancel()
        p99_ms, calm_ms = (sorted(took)[int(len(took) * 0.99)] * 1000 for took in (honest, calm))
        left = Counter(peer.kind.name for peer, is_gone in zip(peers, gone, strict=True) if not is_gone)
        click.echo(f"{count} slow peers came within {connected:.1f} s; left after 15 s: {left.total()} {dict(left)}")
        click.echo(f"{len(honest)} honest requests: p99 {p99_ms:.0f} ms (calm {calm_ms:.0f} ms)")
        click.echo(f"memory: {memory_mb:.0f} MB, {max(most_mb) - memory_mb:+.0f} MB at most")
        assert left.total() == 0
        assert p99_ms <= HONEST_P99_MS
        assert max(most_mb) - memory_mb <= MORE_MEMORY_MB
        assert "Traceback" not in server.log


async def _connect(server: Served, count: int) -> list[Peer]:
    every = kinds("/chat/site/messages", "/static/any/try/why.js")
    peers: list[Peer] = []
    for start in range(0, count, AT_ONCE):
        some = range(start, min(start + AT_ONCE, count))
        peers += await asyncio.gather(*(Peer.connects(every[n % len(every)], "127.0.0.1", server.port) for n in some))
    return peers


async def _drip(peer: Peer, *, until: float) -> None:
    while time.monotonic() < until:
        await asyncio.sleep(1)
        peer.says_more()


async def _ask(server: Served, session: ClientSession, took: list[float], memory_mb: list[float]) -> None:
    """Deliver a buyer's message and ask for the window, in turn."""
    for number in range(1_000_000):
        started = time.monotonic()
        if number % 2:
            assert (await server.platform.buyer_says("包邮吗", conversation=f"c-{number}")).status == 202
        else:
            async with session.get(f"{server.url}/chat/site") as answer:
                assert answer.status == 200
        took.append(time.monotonic() - started)
        memory_mb.append(server.memory_mb())
        await asyncio.sleep(ASK_EVERY_SECONDS)


if __name__ == "__main__":
    main()
