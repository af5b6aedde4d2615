"""Each buyer is asked once how it went, at a decent hour, and his answer is read as a rating only then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.small_manual import NONSENSE

if TYPE_CHECKING:
    from tests.conftest import OpenShop
    from tests.shop import Shop

SHANGHAI = ZoneInfo("Asia/Shanghai")


async def _ratings(shop: Shop) -> list[tuple[int, int, str]]:
    found = await shop.rows("SELECT episode, score, source FROM rating ORDER BY episode")
    return [(row.episode, row.score, row.source) for row in found]


async def _invited(shop: Shop, buyer: str = "小王") -> int:
    return shop.heard(buyer).count(shop.say("invite"))


async def test_a_buyer_is_asked_after_the_end_and_a_delay(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    assert await shop.time_passes(seconds=119) == []
    assert await shop.time_passes(seconds=1) == [shop.say("invite")]
    assert shop.replies()[-1].kind == "invite"
    assert await shop.time_passes(days=1) == []


@pytest.mark.parametrize("closed_by", ["staff", "platform", "buyer"])
async def test_whoever_closes(shop: Shop, closed_by: str) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes(closed_by=closed_by)
    assert await shop.time_passes(minutes=2) == [shop.say("invite")]


async def test_a_quiet_chat_closes_by_itself_and_its_buyer_is_asked(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.time_passes(minutes=31)
    assert await shop.mode() == "closed"
    assert await shop.time_passes(minutes=2) == [shop.say("invite")]


async def test_a_chat_that_a_person_led_is_closed_and_asked_about_too(shop: Shop) -> None:
    await shop.buyer_says(NONSENSE)
    await shop.staff_says("给您办好了")
    await shop.time_passes(minutes=31)
    assert await shop.mode() == "closed"
    assert await shop.time_passes(minutes=2) == [shop.say("invite")]


async def test_closing_twice_and_restarting_between_asks_once(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.closes(closed_by="platform")
    await shop.restarts()
    await shop.time_passes(minutes=3)
    await shop.closes()
    await shop.restarts()
    await shop.time_passes(days=1)
    assert await _invited(shop) == 1


async def test_an_unsure_send_does_not_ask_twice(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    shop.platform.next_answers("reset_after")
    await shop.time_passes(minutes=2)
    await shop.time_passes(minutes=2)
    assert await _invited(shop) == 1
    keys = [each.webhook_id for each in shop.platform.ledger if each.kind == "invite"]
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_each_episode_is_asked_about_once(shop: Shop) -> None:
    for _ in range(2):
        await shop.buyer_says("什么时候发货")
        await shop.closes()
        await shop.time_passes(minutes=2)
    assert await _invited(shop) == 2


async def test_outside_the_hours_the_invite_waits_for_the_morning(shop: Shop) -> None:
    await shop.it_is(datetime(2026, 11, 22, 20, 59, tzinfo=SHANGHAI))
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    assert await shop.time_passes(minutes=2) == []
    assert await shop.it_is(datetime(2026, 11, 23, 8, 59, tzinfo=SHANGHAI)) == []
    assert await shop.it_is(datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)) == [shop.say("invite")]


async def test_nobody_is_asked_when_the_window_closes_first(open_shop: OpenShop) -> None:
    shop = await open_shop(reply_window_hours=2)
    await shop.it_is(datetime(2026, 11, 22, 20, 59, tzinfo=SHANGHAI))
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=2)
    await shop.time_passes(days=1)
    assert await _invited(shop) == 0
    assert (await shop.rows("SELECT state, reason FROM invite"))[0].reason.startswith("the platform's reply window")


async def test_an_unanswered_buyer_is_never_asked(shop: Shop) -> None:
    await shop.buyer_says(NONSENSE)
    await shop.closes()
    await shop.time_passes(minutes=5)
    assert await _invited(shop) == 0
    assert (await shop.rows("SELECT reason FROM invite")) == [("the buyer's last message was not answered",)]


async def test_a_blocked_buyer_is_never_asked(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.change("UPDATE conversation SET blocked_at = 1")
    await shop.time_passes(minutes=5)
    assert await _invited(shop) == 0


async def test_a_bare_hello_is_nothing_to_rate(shop: Shop) -> None:
    await shop.buyer_says("你好")
    await shop.buyer_says("你好")
    await shop.closes()
    await shop.time_passes(minutes=5)
    assert await _invited(shop) == 0


async def test_a_buyer_who_writes_again_before_is_not_disturbed(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.buyer_says("发什么快递")
    await shop.time_passes(minutes=5)
    assert await _invited(shop) == 0
    await shop.closes()
    await shop.time_passes(minutes=2)
    assert await _invited(shop) == 1


async def test_invites_can_be_switched_off(open_shop: OpenShop) -> None:
    shop = await open_shop(invites={"enabled": False})
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=5)
    await shop.buyer_says("发什么快递")
    await shop.time_passes(hours=1)
    assert await shop.rows("SELECT * FROM invite") == []


async def test_an_invite_without_delay_comes_at_once(open_shop: OpenShop) -> None:
    shop = await open_shop(invites={"delay_minutes": 0})
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    assert await shop.time_passes() == [shop.say("invite")]


@pytest.mark.parametrize(("words", "score"), [("5", 5), ("非常满意", 5), ("满意", 4), ("2", 2), ("很差", 1)])
async def test_the_answer_to_the_invite_is_a_rating_and_is_thanked(shop: Shop, words: str, score: int) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=2)
    thanks = shop.say("thanks-good" if score >= 4 else "thanks-bad")
    assert await shop.buyer_says(words) == [thanks]
    assert await _ratings(shop) == [(1, score, "buyer")]
    assert await shop.mode() == "closed"
    assert (await shop.outcomes())[-1] == "rate"


async def test_a_number_without_an_invite_is_no_rating(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.buyer_says("5")
    await shop.buyer_says("很差")
    assert await _ratings(shop) == []


async def test_before_the_invite_is_out_a_rating_event_is_not_counted(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.buyer_rates(5)
    await shop.closes()
    await shop.buyer_rates(5)
    assert await _ratings(shop) == []


async def test_the_first_rating_wins(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=2)
    await shop.buyer_rates(2, comment="等了很久")
    await shop.buyer_rates(5)
    await shop.buyer_says("5")
    assert await _ratings(shop) == [(1, 2, "platform")]
    assert await shop.rows("SELECT comment FROM rating") == [("等了很久",)]


async def test_only_the_newest_invite_is_open(shop: Shop) -> None:
    for _ in range(2):
        await shop.buyer_says("什么时候发货")
        await shop.closes()
        await shop.time_passes(minutes=2)
    await shop.buyer_says("5")
    await shop.buyer_says("很差")
    assert await _ratings(shop) == [(2, 5, "buyer")]


async def test_another_question_after_the_invite_is_answered(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=2)
    assert await shop.buyer_says("发什么快递") == ["默认发中通。"]
    assert await shop.mode() == "bot"
