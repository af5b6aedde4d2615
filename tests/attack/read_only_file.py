"""A database file that nothing can be written to for a while: `python -m tests.attack.read_only_file` (as root).

It means 503 and not ready, and is over as soon as the file can be written to again.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

import click
from aiohttp import ClientSession

from tests.served import served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.served import Served

KNOWN_FOR_SECONDS = 1.1
BACK_WITHIN_SECONDS = 10


@click.command()
def main() -> None:
    """Fails when a message is accepted that is not written, or when the server does not come back alone."""
    asyncio.run(_attack())


async def _attack() -> None:
    async with served() as server, ClientSession() as session:
        assert await _delivers(server) == HTTPStatus.ACCEPTED
        async with _read_only(server):
            await asyncio.sleep(KNOWN_FOR_SECONDS)
            meanwhile = await _delivers(server), await _is_ready(server, session)
        async with asyncio.timeout(BACK_WITHIN_SECONDS):
            while await _is_ready(server, session) != HTTPStatus.OK:  # noqa: ASYNC110 - another process comes back
                await asyncio.sleep(0.1)
        after = await _delivers(server)
        click.echo(f"read-only: delivery and /readyz {meanwhile}, after it {after}; ended: {server.process.returncode}")
    assert meanwhile == (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.SERVICE_UNAVAILABLE)
    assert after == HTTPStatus.ACCEPTED


async def _delivers(server: Served) -> int:
    return (await server.platform.buyer_says("包邮吗")).status


async def _is_ready(server: Served, session: ClientSession) -> int:
    async with session.get(f"{server.url}/readyz") as response:
        return response.status


@asynccontextmanager
async def _read_only(server: Served) -> AsyncIterator[None]:
    """Nobody may write to the files, not even who has opened them."""
    files = [str(server.folder / name) for name in ("bot.db", "bot.db-wal", "bot.db-shm")]
    await _run("chattr", "+i", *files)
    try:
        yield
    finally:
        await _run("chattr", "-i", *files)


async def _run(*command: str) -> None:
    process = await asyncio.create_subprocess_exec(*command)
    if await process.wait() != 0:
        raise click.ClickException(f"{command[0]} does not work here: it takes root, and a disk that knows it")


if __name__ == "__main__":
    main()
