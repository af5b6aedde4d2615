from __future__ import annotations

from typing import TYPE_CHECKING

from tests.shop import accepted

if TYPE_CHECKING:
    from tests.shop import Shop


async def test_a_buyer_of_a_channel_that_is_gone_is_remembered_and_nothing_is_sent(shop: Shop) -> None:
    gone = await shop.has_another_channel("gone")
    await shop.restarts()
    accepted(await gone.buyer_says("什么时候发货", conversation="c-1"))
    await shop.settles()
    await shop.change("UPDATE inbox SET state = 'new'")
    shop.gives_up_channel("gone")
    await shop.stops()
    await shop.opens()
    await shop.time_passes(seconds=1)
    assert len(gone.heard()) == 2
    assert await shop.rows("SELECT state FROM inbox") == [("done",)]


async def test_a_closing_and_a_message_in_one_round_are_taken_in_order(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.stops()
    await shop.opens()
    accepted(await shop.platform.close(conversation="c-小王"))
    accepted(await shop.delivers("发什么快递"))
    accepted(await shop.platform.close(conversation="c-小王"))
    await shop.settles()
    assert shop.buyer_heard[-1] == "默认发中通。"
    assert await shop.rows("SELECT mode, episode FROM conversation") == [("closed", 2)]


async def test_nobody_waits_on_the_try_out_page_where_nobody_can_come(shop: Shop) -> None:
    await shop.buyer_says("人工")
    posted = {"message_id": "m-1", "visitor": "v" * 32, "text": "人工"}
    assert await shop.posts("/chat/try/messages", posted) == 202
    await shop.settles()
    said = await shop.rows("SELECT text FROM outbox WHERE channel = 'try' ORDER BY id")
    assert said[-1].text == shop.say("no-desk")
    assert len(shop.desk_heard) == 1
