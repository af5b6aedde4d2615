from __future__ import annotations

import pytest

from bot.domain.desk.cards import Card, cards_of

TITLES = {"cup-500": "500毫升保温杯"}


def test_products_have_the_manuals_titles_and_orders_their_numbers() -> None:
    assert cards_of(["product:cup-500", "order:2026-77"], TITLES) == (
        Card(name="product:cup-500", title="500毫升保温杯"),
        Card(name="order:2026-77", title="2026-77"),
    )
    assert cards_of([], TITLES) == ()


@pytest.mark.parametrize(
    "name", ["product:gone", "product:", "order:", "order:" + "1" * 65, "cup-500", "voucher:5", ""]
)
def test_one_card_of_nothing_spoils_them_all(name: str) -> None:
    assert cards_of(["product:cup-500", name], TITLES) is None
