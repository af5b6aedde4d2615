"""Where nobody of the shop can answer, nobody is said to come: no queue, no place in it, and no wait without an end."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from tests.small_manual import MORE_NONSENSE, NONSENSE

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

VISITOR = "v" * 36


async def _tries(shop: Shop, words: str, visitor: str = VISITOR) -> list[str]:
    """Say something on the try-out page, whose channel has no desk; what was said upon that."""
    newest = "SELECT coalesce(max(id), 0) AS id FROM outbox"
    before = (await shop.rows(newest))[0].id
    body = {"message_id": str(uuid.uuid4()), "visitor": visitor, "text": words, "surroundings": {}}
    assert await shop.posts("/chat/try/messages", body) == 202
    await shop.settles()
    return [row.text for row in await shop.rows("SELECT text FROM outbox WHERE id > :id ORDER BY id", id=before)]


async def _modes(shop: Shop) -> list[str]:
    return [row.mode for row in await shop.rows("SELECT mode FROM conversation ORDER BY id")]


async def test_who_wants_a_person_is_told_that_nobody_can_come_and_how_the_shop_will_answer(shop: Shop) -> None:
    assert await _tries(shop, "转人工") == [shop.welcome, shop.say("no-desk")]
    assert "位" not in shop.say("no-desk")
    assert await _modes(shop) == ["bot"]
    assert await _tries(shop, NONSENSE) == [shop.say("message-noted")]
    assert await _tries(shop, "什么时候发货") == ["下单后48小时内发货。"]


async def test_who_tries_the_bot_out_stands_in_nobodys_way(shop: Shop) -> None:
    for number in range(3):
        await _tries(shop, "转人工", visitor=f"{number}" * 36)
    assert await shop.buyer_says("转人工") == [shop.welcome, shop.say("hand-over-open", queue_position="1")]
    await shop.runs_jobs()
    _, metrics = await shop.asks("/metrics")
    assert "xiaoer_waiting_for_person 1.0" in metrics


async def test_a_wait_from_before_ends_where_nobody_can_come(shop: Shop) -> None:
    await _tries(shop, "什么时候发货")
    await shop.buyer_says("转人工")
    await shop.change("UPDATE conversation SET mode = 'waiting', waiting_since = 1 WHERE channel = 'try'")
    assert await _tries(shop, MORE_NONSENSE) == [shop.say("no-desk")]
    await shop.change("UPDATE conversation SET mode = 'waiting', waiting_since = 1 WHERE channel = 'try'")
    await shop.time_passes(minutes=31)
    assert await _modes(shop) == ["closed", "waiting"]


async def test_nobody_promises_to_reply_upon_a_word_that_calls_nobody(open_shop: OpenShop) -> None:
    shop = await open_shop()
    await _tries(shop, "什么时候发货")
    (said,) = await _tries(shop, "几时能寄出去")
    assert "回复“人工”" not in said
