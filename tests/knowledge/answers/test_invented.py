"""What a manual still has of the shop that there is not is known, whichever way an answer would tell it."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from knowledge.answers.invented import as_shipped, examples_in
from knowledge.manual.entry import Circumstances, Fact, Manual
from knowledge.manual.files import starter_manual
from tests.own_starter import own_starter

NOW = Circumstances(local_time=datetime(2026, 11, 23, 10, tzinfo=ZoneInfo("Asia/Shanghai")))


def test_inventions_products_and_harmless_defaults_are_told_apart() -> None:
    shipped = as_shipped(starter_manual())
    assert {"shop_name", "return_address", "bundle_offer", "shop_score"} <= {fact.name for fact in shipped.invented}
    assert [product.id for product in shipped.products] == ["sweater-wool", "thermos-500", "earphones-pro"]
    assert {"dispatch_cutoff", "couriers", "free_postage_over"} <= {fact.name for fact in shipped.defaults}


def test_what_the_owner_has_changed_is_theirs() -> None:
    shipped = as_shipped(own_starter())
    assert not {"return_address", "coupon"} & {fact.name for fact in shipped.invented}
    assert as_shipped(Manual()).invented == ()


@pytest.mark.parametrize(
    ("bubble", "product_id", "told"),
    [
        ("退货地址：{return_address}。", None, ("退货地址",)),
        ("寄到{after_sale}。", None, ("退货地址",)),
        ("{promotion_now}", None, ("限时活动",)),
        ("{price}", "sweater-wool", ("羊毛圆领毛衣的价格",)),
        ("{price}", None, ()),
        ("{material}", "sweater-wool", ()),
        ("满{free_postage_over}元包邮", None, ()),
        ("您好", None, ()),
    ],
)
def test_an_address_or_a_price_is_found_through_whatever_tells_it(
    bubble: str, product_id: str | None, told: tuple[str, ...]
) -> None:
    starter = starter_manual()
    address = next(fact.value for fact in starter.facts if fact.name == "return_address")
    holding = Fact(name="after_sale", title="售后", value=f"{address}，工作日收")
    manual = dataclasses.replace(starter, facts=(*starter.facts, holding))
    around = dataclasses.replace(NOW, product_id=product_id)
    assert examples_in(manual, (bubble,), around) == told
    own = own_starter()
    assert examples_in(own, (bubble,), around) == ()
