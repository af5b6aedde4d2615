from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

from tests.fakes import FakeClock, FakePlatform
from tests.shop import Settings, Shop
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.bot.cli.conftest import Xiaoer

VISITOR = "v" * 36
SINCE_EVER = ("messages", "--days", "30000")


def happens(url: str, story: Callable[[Shop], Awaitable[None]]) -> None:
    """A story in the shop whose database this is."""

    async def told() -> None:
        clock = FakeClock()
        async with (
            FakePlatform(clock=clock) as platform,
            Shop(url=url, clock=clock, platform=platform, settings=Settings.make()) as shop,
        ):
            await story(shop)

    asyncio.run(told())


async def tries(shop: Shop, words: str) -> None:
    """Say something on the try-out page, where nobody can come."""
    body = {"message_id": str(uuid.uuid4()), "visitor": VISITOR, "text": words, "surroundings": {}}
    assert await shop.posts("/chat/try/messages", body) == 202
    await shop.settles()


def test_what_was_left_where_nobody_can_come_is_listed_from_the_first_wish_for_a_person_on(
    xiaoer: Xiaoer, stocked: str
) -> None:
    async def story(shop: Shop) -> None:
        for words in ("什么时候发货", "转人工", "我的电话\n13800138000", "什么时候发货"):
            await tries(shop, words)

    happens(stocked, story)
    lines = xiaoer(*SINCE_EVER).stdout.splitlines()
    assert [line.partition("  left  ")[2] for line in lines] == ["转人工", "我的电话 13800138000", "什么时候发货"]
    assert lines[0].startswith("2026-11-22 10:00  try  ")


def test_who_waits_is_listed_until_a_person_has_answered(xiaoer: Xiaoer, stocked: str) -> None:
    async def story(shop: Shop) -> None:
        for buyer in ("小王", "小李"):
            await shop.buyer_says("什么时候发货", buyer=buyer)
            await shop.time_passes(seconds=20)
            await shop.buyer_says(NONSENSE, buyer=buyer)
            await shop.buyer_says("", buyer=buyer, content={"kind": "image", "url": "https://shop.example/a.jpg"})
        await shop.staff_says("我来看看", buyer="小王")

    happens(stocked, story)
    said = [line.split("  ")[1:] for line in xiaoer(*SINCE_EVER).stdout.splitlines()]
    assert said == [["tea", "小李", "waits", NONSENSE], ["tea", "小李", "waits", "https://shop.example/a.jpg"]]


def test_only_the_last_days_are_listed(xiaoer: Xiaoer, stocked: str) -> None:
    async def story(shop: Shop) -> None:
        shop.clock.advance(days=-2000)
        await shop.buyer_says(NONSENSE)

    happens(stocked, story)
    assert xiaoer("messages").stdout == "No message waits for a person.\n"
    assert NONSENSE in xiaoer(*SINCE_EVER).stdout


def test_without_a_database_no_message_waits_and_none_is_made(xiaoer: Xiaoer, tmp_path: Path) -> None:
    assert xiaoer("messages").stdout == "No message waits for a person.\n"
    assert not (tmp_path / "var").exists()
