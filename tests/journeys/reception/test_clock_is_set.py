"""Somebody sets the clock on the wall, by hand or for summer time: nothing waits for an hour, nothing comes twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.fakes import Reaction

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.fakes import FakeClock
    from tests.shop import Shop

STEPS = [timedelta(hours=-1), timedelta(hours=1), timedelta(days=-1), timedelta(days=1)]
RETURN = ["签收7天内可以退货。", "在订单里点申请退货就行。", "退货地址会在审核后发给您。"]


def _set_clock(shop: Shop, step: timedelta) -> None:
    shop.clock.set(shop.clock.now() + step)


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_a_retry_rests_as_long_as_it_was_told_to(shop: Shop, step: timedelta) -> None:
    shop.platform.next_answers(429)
    await shop.buyer_says("怎么退货")
    _set_clock(shop, step)
    heard = await shop.time_passes(seconds=2)
    assert [words for words in heard if words in RETURN] == RETURN
    assert await shop.time_passes(minutes=1) == []


async def test_a_pause_that_a_platform_asks_for_is_kept_whatever_the_clock_says(shop: Shop) -> None:
    shop.platform.next_answers(Reaction(status=429, headers={"Retry-After": "60"}))
    await shop.buyer_says("怎么退货")
    _set_clock(shop, timedelta(hours=-1))
    assert await shop.time_passes(seconds=30) == []
    assert RETURN[-1] in await shop.time_passes(seconds=31)


@pytest.mark.parametrize("step", STEPS[:3], ids=str)
async def test_the_rest_of_an_unfinished_thought_is_awaited_for_seconds(patient_shop: Shop, step: timedelta) -> None:
    shop = patient_shop
    await shop.delivers("我想问一下")
    await shop.settles()
    _set_clock(shop, step)
    assert await shop.time_passes(seconds=5) != []


@pytest.mark.parametrize("change", ["2026-03-29T00:59:58+00:00", "2026-10-25T00:59:58+00:00"])
async def test_where_summer_time_begins_or_ends_jobs_do_what_is_due_at_once_and_once(
    open_shop: OpenShop, clock: FakeClock, change: str
) -> None:
    clock.set(datetime.fromisoformat(change))
    always = {"every_day": ["00:00-24:00"]}
    shop = await open_shop(
        invites={"delay_minutes": 0, "hours": "00:00-24:00"}, hours=always, shop={"timezone": "Europe/Berlin"}
    )
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(seconds=2)
    assert [each.kind for each in shop.replies()].count("invite") == 1
    await shop.time_passes(hours=2)
    assert [each.kind for each in shop.replies()].count("invite") == 1


@pytest.mark.parametrize("step", STEPS, ids=str)
async def test_jobs_do_what_is_due_once(open_shop: OpenShop, step: timedelta) -> None:
    shop = await open_shop(invites={"delay_minutes": 0, "hours": "00:00-24:00"}, hours={"every_day": ["00:00-24:00"]})
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(seconds=1)
    _set_clock(shop, step)
    await shop.time_passes(seconds=2)
    await shop.time_passes(hours=2)
    assert [each.kind for each in shop.replies()].count("invite") == 1
