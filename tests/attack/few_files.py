"""More silent sockets than the server may open files, and deliveries: `python -m tests.attack.few_files`."""

from __future__ import annotations

import asyncio
import time

import click

from tests.served import served

FILES = 1_024
SILENT = 1_100
DELIVERIES = 200
HONEST_P99_MS = 300.0
FULL = "too many connections"


@click.command()
def main() -> None:
    """Fails when a delivery is reset or waits, a reply does not leave, or the log does not say so once."""
    asyncio.run(_attack())


async def _attack() -> None:
    async with served(files=FILES) as server:
        took: list[float] = []
        silent = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(SILENT)]
        for number in range(DELIVERIES):
            started = time.monotonic()
            assert (await server.platform.buyer_says("包邮吗", conversation=f"c-{number}")).status == 202
            took.append(time.monotonic() - started)
        await server.platform.hears(DELIVERIES, within_seconds=60)
        p99_ms = sorted(took)[int(len(took) * 0.99)] * 1000
        click.echo(f"{SILENT} silent sockets at {FILES} files: {DELIVERIES} deliveries accepted, p99 {p99_ms:.0f} ms")
        for _, writer in silent:
            writer.transport.abort()
        assert server.log.count(FULL) == 1, server.log
        assert p99_ms <= HONEST_P99_MS


if __name__ == "__main__":
    main()
