"""A buyer asks, and gets the shop's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.shop import Shop


async def test_a_question_is_answered_after_one_welcome(shop: Shop) -> None:
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, "下单后48小时内发货。"]
    assert await shop.buyer_says("发什么快递") == ["默认发中通。"]
