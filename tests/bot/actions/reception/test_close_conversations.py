from __future__ import annotations

from typing import TYPE_CHECKING

from tests.shop import accepted
from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from tests.shop import Shop


async def _modes(shop: Shop) -> list[str]:
    return [row.mode for row in await shop.rows("SELECT mode FROM conversation ORDER BY id")]


async def test_what_a_person_has_left_on_a_channel_that_is_gone_is_given_back_without_a_notice(shop: Shop) -> None:
    gone = await shop.has_another_channel("gone")
    await shop.restarts()
    accepted(await gone.buyer_says("什么时候发货", conversation="c-1"))
    await shop.settles()
    accepted(await gone.staff_says("来了", conversation="c-1"))
    shop.gives_up_channel("gone")
    await shop.restarts()
    await shop.time_passes(minutes=31)
    assert await _modes(shop) == ["closed"]
    assert gone.notices() == []
    assert await shop.rows("SELECT id FROM outbox WHERE kind = 'returned'") == []


async def test_a_buyer_whom_a_person_left_on_a_channel_that_is_gone_waits_without_a_notice(shop: Shop) -> None:
    gone = await shop.has_another_channel("gone")
    await shop.restarts()
    accepted(await gone.staff_says("来了", conversation="c-1"))
    accepted(await gone.buyer_says(NONSENSE, conversation="c-1"))
    await shop.settles()
    shop.gives_up_channel("gone")
    await shop.restarts()
    await shop.time_passes(minutes=31)
    assert await _modes(shop) == ["waiting"]
    assert await shop.rows("SELECT id FROM outbox WHERE kind = 'handed_over'") == []


async def test_a_chat_is_not_closed_while_the_bot_has_yet_to_speak(shop: Shop) -> None:
    shop.platform.from_now_on(503)
    await shop.buyer_says("什么时候发货")
    await shop.time_passes(minutes=40)
    assert await _modes(shop) == ["bot"]
    shop.platform.from_now_on(200)
    await shop.time_passes(minutes=2)
    assert len(shop.buyer_heard) == 2
    assert await _modes(shop) == ["closed"]
