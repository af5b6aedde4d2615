"""The starter manual of a shop that has put its own address, offers and prices in the place of the invented ones."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from knowledge.manual.files import starter_manual

if TYPE_CHECKING:
    from knowledge.manual.entry import Fact, Manual, Product

OWN = {
    "return_address": "浙江省杭州市余杭区仓前街1号2幢",
    "return_receiver": "售后组",
    "bundle_offer": "满299减30元",
    "coupon": "关注店铺领一张5元券，满99元可用",
    "promotion": "冬季保暖季，买羊毛衫送羊毛袜一双",
}


def own_starter() -> Manual:
    manual = starter_manual()
    return dataclasses.replace(
        manual, facts=tuple(map(_own_fact, manual.facts)), products=tuple(map(_own_product, manual.products))
    )


def _own_fact(fact: Fact) -> Fact:
    return dataclasses.replace(fact, value=OWN.get(fact.name, fact.value))


def _own_product(product: Product) -> Product:
    price = product.attributes["price"].replace("商品页显示的", "商品页")
    return dataclasses.replace(product, attributes={**product.attributes, "price": price})
