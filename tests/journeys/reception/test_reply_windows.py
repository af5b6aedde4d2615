"""Platforms' clocks: nothing is sent too late and nothing expires in silence; a buyer hears when a person is late."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.fakes import MORNING, Reaction
from tests.small_manual import MORE_NONSENSE, NONSENSE
from tests.windows import open_for

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def strict_shop(open_shop: OpenShop) -> Shop:
    """A platform that lets the shop answer for two days, and wants a person within three minutes from 8 to 23."""
    return await open_shop(reply_windows=["douyin", open_for(48)])


async def test_nothing_is_sent_after_the_window_and_it_expires_in_words(open_shop: OpenShop) -> None:
    shop = await open_shop(reply_windows=[open_for(20)])
    shop.platform.next_answers(Reaction(status=429, headers={"Retry-After": "72000"}))
    await shop.buyer_says("什么时候发货")
    assert await shop.it_is(MORNING + timedelta(hours=20)) == []
    assert await shop.states() == ["expired", "expired", "sent"]
    reasons = await shop.rows("SELECT last_error FROM outbox WHERE state = 'expired'")
    assert {reason for (reason,) in reasons} == {shop.say("expired", reply_window_hours="20")}
    assert await shop.mode() == "waiting"
    assert shop.desk_heard == [("conversation.handed_over", "小王")]


async def test_the_desk_is_told_of_a_reply_that_came_too_late(open_shop: OpenShop) -> None:
    shop = await open_shop(reply_windows=[open_for(1)])
    shop.platform.from_now_on(429)
    await shop.buyer_says("你好")
    await shop.it_is(MORNING + timedelta(hours=1))
    shop.platform.from_now_on(200)
    await shop.time_passes(minutes=5)
    assert await shop.states() == ["expired", "sent"]
    assert shop.notices[0]["reason"] == shop.say("expired", reply_window_hours="1")


async def test_a_message_that_was_delivered_too_late_is_not_answered_but_handed_over(open_shop: OpenShop) -> None:
    shop = await open_shop(reply_windows=[open_for(1)])
    await shop.buyer_says("什么时候发货", sent_at=MORNING - timedelta(hours=2))
    await shop.time_passes(seconds=1)
    assert shop.buyer_heard == []
    assert await shop.mode() == "waiting"
    assert {type_ for type_, _ in shop.desk_heard} == {"conversation.handed_over"}


async def test_each_word_of_the_buyer_opens_the_window_again(open_shop: OpenShop) -> None:
    shop = await open_shop(reply_windows=[open_for(1)])
    await shop.buyer_says("什么时候发货")
    await shop.time_passes(minutes=50)
    await shop.buyer_says("发什么快递")
    await shop.time_passes(minutes=50)
    assert await shop.rows("SELECT count(*) AS many FROM outbox WHERE state = 'expired'") == [(0,)]


async def test_a_hand_over_says_until_when_a_person_should_have_spoken(strict_shop: Shop) -> None:
    await strict_shop.buyer_says(NONSENSE)
    assert _moment(strict_shop.notices[0]["reply_by"]) == MORNING + timedelta(seconds=180)


async def test_a_holding_line_comes_once_before_the_time_is_up_and_the_desk_hears_of_it(
    strict_shop: Shop,
) -> None:
    shop = strict_shop
    await shop.buyer_says(NONSENSE)
    assert await shop.time_passes(seconds=118) == []
    assert await shop.time_passes(seconds=1) == [shop.say("holding")]
    assert ["urgent" in each for each in shop.notices] == [False, True]
    assert _moment(shop.notices[1]["reply_by"]) == MORNING + timedelta(seconds=180)
    assert await shop.time_passes(seconds=60) == []
    await shop.restarts()
    assert await shop.time_passes(minutes=10) == []


async def test_saying_it_again_does_not_start_the_clock_again(strict_shop: Shop) -> None:
    shop = strict_shop
    await shop.buyer_says(NONSENSE)
    await shop.time_passes(seconds=100)
    await shop.buyer_says(NONSENSE)
    await shop.buyer_says(MORE_NONSENSE)
    assert await shop.time_passes(seconds=20) == [shop.say("holding")]
    assert await shop.time_passes(minutes=5) == []


async def test_a_sure_answer_while_waiting_does_not_start_the_clock_again(strict_shop: Shop) -> None:
    shop = strict_shop
    await shop.buyer_says("人工")
    await shop.time_passes(seconds=100)
    assert await shop.buyer_says("什么时候发货") == ["下单后48小时内发货。"]
    assert await shop.time_passes(seconds=20) == [shop.say("holding")]


async def test_no_holding_line_once_a_person_has_spoken(strict_shop: Shop) -> None:
    shop = strict_shop
    await shop.buyer_says(NONSENSE)
    await shop.time_passes(seconds=100)
    await shop.staff_says("来了")
    assert await shop.time_passes(seconds=60) == []


async def test_a_second_wait_has_a_holding_line_of_its_own(strict_shop: Shop) -> None:
    shop = strict_shop
    await shop.buyer_says(NONSENSE)
    await shop.time_passes(seconds=120)
    await shop.staff_says("来了")
    await shop.closes()
    assert (await shop.buyer_says(MORE_NONSENSE))[-1] == shop.say("hand-over-open", queue_position="1")
    assert await shop.time_passes(seconds=120) == [shop.say("holding")]


async def test_the_clock_of_a_message_at_night_starts_in_the_morning(strict_shop: Shop) -> None:
    shop = strict_shop
    await shop.it_is(datetime(2026, 11, 22, 23, 30, tzinfo=SHANGHAI))
    assert (await shop.buyer_says(NONSENSE))[-1] == shop.say("away", opens_at="明天09:00")
    begins = datetime(2026, 11, 23, 8, tzinfo=SHANGHAI)
    assert _moment(shop.notices[0]["reply_by"]) == begins + timedelta(seconds=180)


async def test_while_the_shop_is_closed_nobody_hears_that_somebody_will_come_at_once(strict_shop: Shop) -> None:
    """The platform's hours begin at 8, the shop's at 9: who was told so in the night hears nothing else at 8."""
    shop = strict_shop
    await shop.it_is(datetime(2026, 11, 22, 23, 30, tzinfo=SHANGHAI))
    await shop.buyer_says(NONSENSE)
    assert await shop.it_is(datetime(2026, 11, 23, 8, 2, tzinfo=SHANGHAI)) == []
    assert await _events(shop) == [("withheld", "told_when_open")]
    await shop.it_is(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI))
    assert [kind for kind, _ in await _events(shop)] == ["withheld", "missed", "alert"]


async def test_a_channel_that_states_no_time_gets_no_holding_line(shop: Shop) -> None:
    await shop.buyer_says(NONSENSE)
    assert "reply_by" not in shop.notices[0] or shop.notices[0]["reply_by"] is None
    assert await shop.time_passes(minutes=20) == []


def _moment(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


async def test_whom_the_platform_wants_a_person_to_answer_keeps_his_place_whatever_he_says(strict_shop: Shop) -> None:
    await strict_shop.buyer_says("转人工")
    assert await strict_shop.buyer_says("算了不用了") == []
    assert await strict_shop.mode() == "waiting"


@pytest.mark.parametrize("ahead", [timedelta(minutes=4), timedelta(hours=8), timedelta(days=365)])
async def test_a_platforms_clock_that_is_ahead_is_never_believed_beyond_ours(
    strict_shop: Shop, ahead: timedelta
) -> None:
    await strict_shop.buyer_says("转人工", sent_at=strict_shop.clock.now() + ahead)
    await strict_shop.time_passes(seconds=121)
    assert [bool(notice.get("urgent")) for notice in strict_shop.notices] == [False, True]


@pytest.mark.parametrize("year", [1, 1970, 2015, 2037, 9999])
async def test_a_date_of_no_year_of_ours_counts_as_missing(strict_shop: Shop, year: int) -> None:
    sent_at = MORNING.replace(year=year)
    assert await strict_shop.buyer_says("什么时候发货", sent_at=sent_at) == [
        strict_shop.welcome,
        "下单后48小时内发货。",
    ]
    assert await strict_shop.buyer_says("发什么快递", buyer="小李") == [strict_shop.welcome, "默认发中通。"]


@pytest.mark.parametrize("pretended", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
async def test_a_pretended_date_of_no_year_of_ours_counts_as_missing(shop: Shop, pretended: str) -> None:
    asked = {
        "message_id": "m-1",
        "visitor": "v" * 32,
        "text": "什么时候发货",
        "surroundings": {"pretend_at": pretended},
    }
    assert await shop.posts("/chat/try/messages", asked) == 202
    await shop.settles()
    said = await shop.rows("SELECT text FROM outbox WHERE channel = 'try' ORDER BY id")
    assert [row.text for row in said] == [shop.welcome, "下单后48小时内发货。"]


async def _events(shop: Shop) -> list[tuple[str, str]]:
    """What the desk was told of buyers who wait, and why nothing was said where that is it."""
    rows = await shop.rows("SELECT kind, detail FROM desk_event ORDER BY id")
    return [(row.kind, json.loads(row.detail).get("why", "")) for row in rows]
