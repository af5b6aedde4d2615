"""Each buyer is asked how it went, once a day at most, at a decent hour, and the answer is a rating only then."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from tests.databases import on_sqlite
from tests.small_manual import NONSENSE
from tests.windows import open_for

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


async def test_each_episode_is_asked_about_once_on_days_of_its_own(shop: Shop) -> None:
    for _ in range(2):
        await shop.buyer_says("什么时候发货")
        await shop.closes()
        await shop.time_passes(minutes=2)
        await shop.time_passes(days=1)
    assert await _invited(shop) == 2


async def test_who_asks_one_thing_more_is_not_asked_again_that_day(shop: Shop) -> None:
    for words in ("什么时候发货", "发什么快递", "什么时候发货"):
        await shop.buyer_says(words)
        await shop.time_passes(minutes=31)
        await shop.time_passes(minutes=2)
    assert await _invited(shop) == 1
    reasons = [row.reason for row in await shop.rows("SELECT reason FROM invite ORDER BY episode")]
    assert reasons == ["", *["this buyer was asked today already"] * 2]


async def test_one_buyer_with_several_conversations_is_asked_once_a_day(shop: Shop) -> None:
    talks = ["c-1", "c-2", "c-3"]
    for talk in talks:
        await shop.buyer_says("什么时候发货", conversation=talk)
    for talk in talks:
        await shop.platform.close(conversation=talk)
    await shop.settles()
    await shop.time_passes(minutes=2)
    asked = [each for each in shop.platform.ledger if each.kind == "invite"]
    assert len(asked) == 1


async def test_the_day_is_the_shops_own(shop: Shop) -> None:
    await shop.it_is(datetime(2026, 11, 22, 20, 50, tzinfo=SHANGHAI))
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=2)
    await shop.it_is(datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI))  # 12 hours later, another day in the shop
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
    shop = await open_shop(reply_windows=[open_for(2)])
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


@on_sqlite
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
    for days_later in (0, 1):
        await shop.time_passes(days=days_later)
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


async def _after_the_invite(shop: Shop) -> None:
    await shop.buyer_says("什么时候发货")
    await shop.closes()
    await shop.time_passes(minutes=2)


@on_sqlite
@pytest.mark.parametrize(
    ("words", "score", "comment"),
    [
        ("⭐⭐⭐⭐⭐", 5, ""),
        ("★★★★★", 5, ""),
        ("给你们5分好评", 5, ""),
        ("👍", 5, ""),
        ("３分，发货太慢", 3, "发货太慢"),
        ("非常好，下次还来", 5, "下次还来"),
        ("4.5", 4, "4.5"),
    ],
)
async def test_a_mark_is_kept_with_what_is_said_beside_it(shop: Shop, words: str, score: int, comment: str) -> None:
    await _after_the_invite(shop)
    assert await shop.buyer_says(words) == [shop.say("thanks-good" if score >= 4 else "thanks-bad")]
    assert await shop.rows("SELECT score, comment FROM rating") == [(score, comment)]
    assert await shop.mode() == "closed"


async def test_a_question_beside_a_mark_is_answered_and_the_mark_is_kept(shop: Shop) -> None:
    await _after_the_invite(shop)
    assert await shop.buyer_says("5分，发什么快递") == ["默认发中通。"]
    assert await shop.rows("SELECT score, comment FROM rating") == [(5, "发什么快递")]


@on_sqlite
async def test_anger_beside_a_mark_goes_to_a_person_and_the_mark_is_kept(shop: Shop) -> None:
    await _after_the_invite(shop)
    heard = await shop.buyer_says("1分，骗子，我要投诉")
    assert heard[0] == shop.say("calm")
    assert await shop.mode() == "waiting"
    assert await shop.rows("SELECT score, comment FROM rating") == [(1, "骗子，我要投诉")]


@on_sqlite
async def test_a_mark_outside_of_one_to_five_is_asked_for_once_more(shop: Shop) -> None:
    await _after_the_invite(shop)
    assert await shop.buyer_says("10分") == [shop.say("invite")]
    assert await _ratings(shop) == []
    assert await shop.buyer_says("5分") == [shop.say("thanks-good")]
    assert await _ratings(shop) == [(1, 5, "buyer")]
    await shop.time_passes(minutes=31)
    await shop.time_passes(minutes=5)
    assert [each.kind for each in shop.replies()].count("invite") == 1


@on_sqlite
@pytest.mark.parametrize("words", ["5分钟能发吗", "我要5件"])
async def test_a_figure_of_something_else_is_no_rating(shop: Shop, words: str) -> None:
    await _after_the_invite(shop)
    await shop.buyer_says(words)
    assert await _ratings(shop) == []
