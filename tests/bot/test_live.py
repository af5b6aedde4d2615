from __future__ import annotations

import asyncio
import time

from bot.live import Bell, Live


async def test_a_ring_while_nobody_listens_is_kept() -> None:
    bell = Bell()
    bell.ring()
    bell.ring()
    await bell.wait(at_most_seconds=10)
    started = time.perf_counter()
    await bell.wait(at_most_seconds=0.01)  # several rings were one
    assert time.perf_counter() - started >= 0.01


async def test_waiting_ends_after_a_while_anyway() -> None:
    async with asyncio.timeout(5):
        await Bell().wait(at_most_seconds=0.01)


async def test_whoever_watches_a_conversation_hears_that_it_changed() -> None:
    live = Live()
    with live.watch("tea", "c-1") as first, live.watch("tea", "c-1") as second, live.watch("tea", "c-2") as other:
        live.changed("tea", "c-1")
        async with asyncio.timeout(5):
            await first.wait(at_most_seconds=60)
            await second.wait(at_most_seconds=60)
        live.heard("tea/c-2")  # as another process announces it
        async with asyncio.timeout(5):
            await other.wait(at_most_seconds=60)


async def test_a_change_that_nobody_watches_is_no_matter() -> None:
    live = Live()
    with live.watch("tea", "c-1"):
        pass
    live.changed("tea", "c-1")
