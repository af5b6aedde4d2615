from __future__ import annotations

import asyncio
import time

from bot.live import Bell, Changes, DeskBell, Live


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


async def test_a_desk_hears_what_changed_and_whether_a_list_shows_it() -> None:
    live = Live()
    with live.watch_all(1) as desk:
        live.signed("tea", "c-1")
        assert await _rung(desk) == Changes(topics=frozenset({"tea/c-1"}), in_lists=False)
        live.signed("tea", "c-1")
        live.changed("tea", "c-2")
        live.heard("coffee/c-3")
        assert await _rung(desk) == Changes(topics=frozenset({"tea/c-1", "tea/c-2", "coffee/c-3"}), in_lists=True)
        assert desk.take() is None


async def test_all_desks_are_told_in_the_same_round_and_not_at_each_change() -> None:
    live = Live()
    with live.watch_all(1) as one, live.watch_all(1) as other:
        live.changed("tea", "c-0")
        await _rung(one)
        first = live.rounds.number
        for number in range(50):
            live.changed("tea", f"c-{number}")
            await asyncio.sleep(0)
        assert live.rounds.number == first, "so soon after a round the next one waits"
        assert len((await _rung(one)).topics) == 50
        assert live.rounds.number == first + 1
        assert len((await _rung(other)).topics) == 50


async def test_a_ring_for_whom_a_watcher_waits_waits_for_no_round() -> None:
    live = Live()
    with live.watch_all(1), live.watch("tea", "c-1") as buyer:
        for _ in range(2):
            live.signed("tea", "c-1")
            await buyer.wait(at_most_seconds=0)


async def _rung(desk: DeskBell) -> Changes:
    async with asyncio.timeout(5):
        await desk.wait(at_most_seconds=60)
    changes = desk.take()
    assert changes is not None
    return changes
