from __future__ import annotations

import pytest

from knowledge.questions import notice


@pytest.mark.parametrize(
    ("text", "order_number"),
    [
        ("订单号1234567890123456789到哪了", "1234567890123456789"),
        ("订单 123456789012", "123456789012"),
        ("231012-123456789012345 查一下", "231012-123456789012345"),
        ("訂單１２３４５６７８９０１２３４", "12345678901234"),
        ("单号１２３４５６７８９０１２３４", "12345678901234"),
        ("123456789012哪里发货", None),
        ("123456789012345 到哪了", "123456789012345"),
        ("商品123456789012 订单1234567890123456", "1234567890123456"),
        ("我电话 00000000000", None),
        ("SF1234567890123", None),
        ("1234567890123456789012345", None),
        ("199元", None),
    ],
)
def test_an_order_number_has_fifteen_digits_or_twelve_when_an_order_is_meant(
    text: str, order_number: str | None
) -> None:
    assert notice(text, products=()).order_number == order_number
