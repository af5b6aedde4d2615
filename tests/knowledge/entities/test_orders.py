from __future__ import annotations

import pytest

from knowledge.entities.extract import notice


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


@pytest.mark.parametrize(
    ("text", "parcel_number"),
    [
        ("SF0000000000001到哪了", "SF0000000000001"),
        ("查下yt0000000000001", "yt0000000000001"),
        ("中通快递：70000000000001", "70000000000001"),
        ("快递单号是 7000000001", "7000000001"),
        ("订单号7000000000001", None),
        ("vx00000000000", None),
        ("SF12", None),
        ("发中通", None),
    ],
)
def test_a_parcels_number_has_a_couriers_letters_or_is_called_one(text: str, parcel_number: str | None) -> None:
    assert notice(text, products=()).parcel_number == parcel_number
