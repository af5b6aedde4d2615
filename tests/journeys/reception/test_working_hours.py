"""Open and closed: what a buyer hears when nobody is in, and that it is true. All moments are Shanghai's."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from tests.small_manual import MORE_NONSENSE, NONSENSE

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _at(day: int, hour: int, minute: int = 0, *, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


async def test_after_hours_the_buyer_hears_when_the_shop_opens(shop: Shop) -> None:
    await shop.it_is(_at(22, 22))
    assert await shop.buyer_says(NONSENSE) == [shop.welcome, shop.say("away", opens_at="明天09:00")]
    assert await shop.outcomes() == ["away"]
    assert shop.desk_heard == [("conversation.handed_over", "小王")]
    assert await shop.mode() == "waiting"


async def test_before_opening_it_is_today(shop: Shop) -> None:
    await shop.it_is(_at(23, 7))
    assert (await shop.buyer_says(NONSENSE))[1] == shop.say("away", opens_at="今天09:00")


async def test_the_away_text_comes_once_for_each_closed_period(shop: Shop) -> None:
    await shop.it_is(_at(22, 22))
    await shop.buyer_says(NONSENSE)
    assert await shop.buyer_says(MORE_NONSENSE) == []
    await shop.restarts()
    for _ in range(2):  # asked for
        assert await shop.buyer_says("人工") == [shop.say("hand-over-closed", opens_at="明天09:00")]
    await shop.staff_says("我来看看")
    await shop.time_passes(hours=1)  # handed back
    assert await shop.buyer_says(NONSENSE) == []  # the same night
    await shop.it_is(_at(23, 22))
    await shop.staff_says("在")
    await shop.time_passes(hours=1)
    heard = await shop.buyer_says(MORE_NONSENSE)
    assert heard == [shop.welcome, shop.say("away", opens_at="明天09:00")]


async def test_a_wish_for_a_person_at_night_is_kept_for_the_morning(shop: Shop) -> None:
    await shop.it_is(_at(22, 22))
    assert await shop.buyer_says("人工") == [shop.welcome, shop.say("hand-over-closed", opens_at="明天09:00")]


async def test_sure_answers_are_given_at_any_hour(shop: Shop) -> None:
    await shop.it_is(_at(23, 3))
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, "下单后48小时内发货。"]


async def test_opening_is_the_first_moment_and_closing_the_last(shop: Shop) -> None:
    await shop.it_is(_at(23, 9))
    assert (await shop.buyer_says(NONSENSE, buyer="早"))[1] == shop.say("hand-over-open", queue_position="1")
    await shop.it_is(_at(23, 21))
    assert (await shop.buyer_says(NONSENSE, buyer="晚"))[1] == shop.say("away", opens_at="明天09:00")


async def test_a_night_shift_belongs_to_the_day_it_starts(open_shop: OpenShop) -> None:
    shop = await open_shop(hours={"sunday": ["22:00-06:00"], "country": ""})
    await shop.it_is(_at(23, 5, 59))  # Monday morning, of Sunday's shift
    assert (await shop.buyer_says(NONSENSE, buyer="夜"))[1] == shop.say("hand-over-open", queue_position="1")
    await shop.it_is(_at(23, 6))
    assert (await shop.buyer_says(NONSENSE, buyer="早"))[1] == shop.say("away", opens_at="11月29日22:00")
    await shop.it_is(_at(23, 22, 30))  # Monday night has no shift
    assert (await shop.buyer_says(NONSENSE, buyer="晚"))[1] == shop.say("away", opens_at="11月29日22:00")


async def test_a_lunch_break_is_a_closed_period_of_its_own(open_shop: OpenShop) -> None:
    shop = await open_shop(hours={"every_day": ["09:00-12:00", "13:30-21:00"], "country": ""})
    await shop.it_is(_at(23, 12, 30))
    assert (await shop.buyer_says(NONSENSE))[1] == shop.say("away", opens_at="今天13:30")


async def test_public_holidays_are_closed_and_make_up_days_open(open_shop: OpenShop) -> None:
    shop = await open_shop(hours={"every_day": ["09:00-18:00"], "saturday": [], "sunday": []})
    await shop.it_is(_at(2, 10, month=10))  # National Day's week
    assert (await shop.buyer_says(NONSENSE, buyer="国庆"))[1] == shop.say("away", opens_at="10月8日09:00")
    await shop.it_is(_at(10, 10, month=10))  # a Saturday on which the country works
    heard = await shop.buyer_says(NONSENSE, buyer="调休")
    assert heard[1] == shop.say("hand-over-open", queue_position="1")
    await shop.it_is(_at(17, 10, month=10))  # an ordinary Saturday
    assert (await shop.buyer_says(NONSENSE, buyer="周六"))[1] == shop.say("away", opens_at="10月19日09:00")


async def test_the_shops_own_dates_win(open_shop: OpenShop) -> None:
    own = [{"date": "2026-11-23", "last_date": "2026-11-24", "open": [], "name": "盘点"}]
    shop = await open_shop(hours={"dates": own})
    await shop.it_is(_at(23, 10))
    assert (await shop.buyer_says(NONSENSE))[1] == shop.say("away", opens_at="11月25日09:00")


async def test_a_shop_that_never_opens_promises_no_hour(open_shop: OpenShop) -> None:
    shop = await open_shop(hours={"every_day": []})
    assert (await shop.buyer_says(NONSENSE))[1] == shop.say("away", opens_at="下次营业")


async def test_the_night_is_the_shops_own_not_the_servers(open_shop: OpenShop) -> None:
    shop = await open_shop()
    await shop.it_is(_at(22, 20, 30))  # half past twelve in London
    assert (await shop.buyer_says(NONSENSE))[1] == shop.say("hand-over-open", queue_position="1")
