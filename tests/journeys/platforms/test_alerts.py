"""People of the shop are told where they already are: of hand-overs and troubles, once, and never at a buyer's cost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from bot.live import Bell
from bot.storage.knowledge import manuals
from tests.alert_peers import FakeRobots, Scripted
from tests.databases import on_sqlite
from tests.fakes import Reaction
from tests.shop import PUBLIC_URL

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.conftest import OpenShop
    from tests.shop import Shop

QUESTION = "转人工"


@pytest.fixture
async def robots() -> AsyncIterator[FakeRobots]:
    async with FakeRobots() as robots:
        yield robots


def table(robots: FakeRobots, kind: str = "feishu", **more: object) -> dict[str, object]:
    return {"name": f"{kind}-group", "kind": kind, "settings": robots.settings(kind), **more}  # type: ignore[arg-type]  # any kind


async def states(shop: Shop) -> Mapping[str, int]:
    rows = await shop.rows("SELECT state, count(*) AS many FROM alert_delivery GROUP BY state")
    return {row.state: row.many for row in rows}


async def becomes(shop: Shop, **wanted: int) -> None:
    """Wait until so many deliveries of alerts are in each of these states, and none in any other."""
    bell, found = Bell(), await states(shop)
    try:
        async with asyncio.timeout(5):
            while found != wanted:
                await bell.wait(at_most_seconds=0.01)
                found = await states(shop)
    except TimeoutError:
        raise AssertionError(f"they are {found}, not {wanted}") from None


async def tells(shop: Shop, robots: FakeRobots, count: int) -> list[str]:
    """Let the jobs gather what is new, and wait until people have read so much."""
    await shop.runs_jobs()
    return await robots.hears(count)


# What they tell


@on_sqlite
async def test_a_hand_over_is_told_with_the_question_the_reason_and_a_link(
    open_shop: OpenShop, robots: FakeRobots
) -> None:
    shop = await open_shop(alerts=[table(robots)], reply_windows=["douyin"])
    await shop.buyer_says(QUESTION)
    (said,) = await tells(shop, robots, 1)
    (talk,) = await shop.rows("SELECT id FROM conversation")
    assert said.splitlines()[0] == "小二：有买家等人工接待"
    assert said.splitlines()[1] == f"小王（tea）：{QUESTION}"
    assert "最晚 10:03 回复" in said
    assert said.endswith(f"{PUBLIC_URL}/console/inbox/{talk.id}")
    await becomes(shop, sent=1)


@on_sqlite
async def test_a_buyer_whose_time_is_running_out_is_told_again_unless_a_person_has_spoken(
    open_shop: OpenShop, robots: FakeRobots
) -> None:
    shop = await open_shop(alerts=[table(robots, events=["reply_window"])], reply_windows=["douyin"])
    await shop.buyer_says(QUESTION, "小王")
    await shop.buyer_says(QUESTION, "小李")
    await shop.staff_says("我来", "小李")
    await shop.time_passes(seconds=121)
    await shop.time_passes(seconds=40)
    (said,) = await robots.hears(1)
    assert said.splitlines()[0] == "小二：买家快等不及了，请马上回复"
    assert f"小王（tea）：{QUESTION}" in said
    assert "已等 2 分钟" in said
    await becomes(shop, sent=1)


@on_sqlite
async def test_what_a_person_has_seen_to_meanwhile_is_not_told(open_shop: OpenShop, robots: FakeRobots) -> None:
    shop = await open_shop(alerts=[table(robots)])
    await shop.buyer_says(QUESTION)
    await tells(shop, robots, 1)
    await becomes(shop, sent=1)
    await shop.buyer_says(QUESTION, "小李")
    await shop.runs_jobs()
    assert await states(shop) == {"sent": 1, "queued": 1}, "the robot rests after each message"
    await shop.staff_says("我来", "小李")
    await shop.time_passes(seconds=10)
    await becomes(shop, sent=1, needless=1)
    assert len(robots.said) == 1


@on_sqlite
async def test_low_ratings_are_told_and_others_are_not(open_shop: OpenShop, robots: FakeRobots) -> None:
    shop = await open_shop(alerts=[table(robots, events=["low_rating"])], invites={"delay_minutes": 0})
    for buyer, score in (("小王", 1), ("小李", 5)):
        await shop.buyer_says("什么时候发货", buyer)
        await shop.closes(buyer)
        await shop.time_passes(seconds=1)
        await shop.buyer_rates(score, buyer, "太慢了")
    (said,) = await tells(shop, robots, 1)
    assert said.splitlines()[:3] == ["小二：买家打了低分", "小王（tea）：太慢了", "1 分"]


@on_sqlite
async def test_an_advertiser_is_told_once(open_shop: OpenShop, robots: FakeRobots) -> None:
    shop = await open_shop(alerts=[table(robots, events=["advert"])])
    await shop.buyer_says("专业代运营，加微信 abc12345")
    await shop.buyer_says("我们是专业代运营，有需要加微信 abc12345")
    (said,) = await tells(shop, robots, 1)
    assert said.startswith("小二：有人发广告")
    await becomes(shop, sent=1)


@on_sqlite
async def test_a_manual_that_cannot_be_used_is_told_and_the_one_before_answers(
    open_shop: OpenShop, robots: FakeRobots
) -> None:
    shop = await open_shop(alerts=[table(robots)])
    await shop.bot.database.write(manuals.publish, b"{", author="tests", note="", at=shop.clock.now())
    with pytest.raises(ValueError, match="unexpected end of data"):
        await shop.bot.jobs["manual"].work()
    await shop.bot.jobs["alerts"].work()
    (said,) = await robots.hears(1)
    assert said.splitlines()[0] == "小二：新发布的手册没能启用，仍在用上一版"
    assert "什么时候发货" not in await shop.buyer_says("什么时候发货"), "and buyers are answered"
    assert len(shop.buyer_heard) == 2


@on_sqlite
async def test_a_channel_that_takes_nothing_is_told(open_shop: OpenShop, robots: FakeRobots) -> None:
    shop = await open_shop(alerts=[table(robots, events=["channel_down"])])
    shop.platform.from_now_on(Reaction(status=503))
    for number in range(5):
        await shop.buyer_says("什么时候发货", f"b-{number}")
        shop.clock.advance(seconds=2)
    said = await tells(shop, robots, 1)
    assert said[0].splitlines()[:2] == ["小二：渠道连不上了", "tea"]
    assert "对方没有收下。请看对方程序的日志。" in said[0]
    await shop.runs_jobs()
    assert len(robots.said) == 1


@on_sqlite
async def test_each_event_goes_where_the_settings_say_in_their_language(
    open_shop: OpenShop, robots: FakeRobots
) -> None:
    shop = await open_shop(
        alerts=[
            table(robots, "wecom", events=["hand_over"], language="en"),
            table(robots, "slack", events=["low_rating"]),
            table(robots, "dingtalk", events=[]),
        ]
    )
    await shop.buyer_says(QUESTION)
    (said,) = await tells(shop, robots, 1)
    assert said.startswith("Xiaoer: a buyer waits for a person\n")


@on_sqlite
async def test_whoever_tries_the_bot_out_calls_nobody(open_shop: OpenShop, robots: FakeRobots) -> None:
    shop = await open_shop(alerts=[table(robots)])
    visitor = "Zm9vYmFyLXZpc2l0b3ItZXhhbXBsZS0wMQ"
    status = await shop.posts(
        "/chat/try/messages", {"visitor": visitor, "message_id": "1", "text": QUESTION, "surroundings": {}}
    )
    assert status == 202
    await shop.settles()
    await shop.runs_jobs()
    assert await shop.rows("SELECT * FROM alert") == []


# How they are sent


@on_sqlite
async def test_what_comes_while_a_robot_rests_is_merged_as_far_as_it_fits(
    open_shop: OpenShop, robots: FakeRobots
) -> None:
    shop = await open_shop(alerts=[table(robots, "wecom")])
    long = "转人工，" + "我的订单到现在还没有收到，" * 20
    for number in range(12):
        await shop.buyer_says(QUESTION if number == 0 else long, f"买家{number}")
        if number == 0:
            await tells(shop, robots, 1)
    await shop.runs_jobs()
    assert len(robots.said) == 1, "it rests"
    told = 1
    while told < 12:
        heard = len(robots.said)
        await becomes(shop, sent=told, queued=12 - told)
        await shop.time_passes(seconds=3.4)
        assert len(robots.said) == heard, "not before its time"
        await shop.time_passes(seconds=0.2)
        await robots.hears(heard + 1)
        first, *_ = robots.said[-1].splitlines()
        told += int(first.removeprefix("小二：").removesuffix(" 条提醒"))
        assert len(robots.bodies[-1]["markdown"]["content"].encode()) <= 4_096
    assert told == 12
    assert robots.turned_away == []
    assert 2 < len(robots.said) < 5
    assert all(sum(f"买家{number}（" in said for said in robots.said) == 1 for number in range(12))


@on_sqlite
async def test_a_robot_that_is_too_fast_is_left_alone_as_long_as_it_asks(
    open_shop: OpenShop, robots: FakeRobots
) -> None:
    shop = await open_shop(alerts=[table(robots, "dingtalk")])
    robots.next_answers(Scripted(body={"errcode": 130101, "errmsg": "send too fast"}))
    await shop.buyer_says(QUESTION)
    await shop.runs_jobs()
    await robots.is_asked(1)
    await becomes(shop, queued=1)
    await shop.time_passes(minutes=9)
    assert robots.said == []
    await shop.time_passes(minutes=2)
    assert len(await robots.hears(1)) == 1


@on_sqlite
async def test_a_sick_robot_keeps_neither_a_buyer_nor_another_peer_waiting(open_shop: OpenShop) -> None:
    async with FakeRobots() as sick, FakeRobots() as well:
        shop = await open_shop(alerts=[table(sick, "feishu"), table(well, "slack")])
        sick.next_answers(Scripted(hangs=True))
        assert len(await shop.buyer_says(QUESTION)) > 0
        await shop.runs_jobs()
        await well.hears(1)
        assert len(await shop.buyer_says("什么时候发货", "小李")) > 0
        rows = await shop.rows("SELECT peer, state FROM alert_delivery ORDER BY peer")
        assert [(row.peer, row.state) for row in rows] == [("feishu-group", "sending"), ("slack-group", "sent")]


@on_sqlite
async def test_one_that_turns_all_away_is_named_where_health_is_asked(open_shop: OpenShop, robots: FakeRobots) -> None:
    shop = await open_shop(alerts=[table(robots, "wecom")])
    robots.next_answers(Scripted(body={"errcode": 93000, "errmsg": "invalid webhook url"}))
    await shop.buyer_says(QUESTION)
    await shop.runs_jobs()
    await becomes(shop, failed=1)
    _, health = await shop.asks("/readyz")
    assert "it answered 93000; url is not that of a robot in use" in health
    assert "invalid webhook url" not in health, "a peer's own words may be a buyer's"
    await shop.buyer_says(QUESTION, "小李")
    await shop.time_passes(seconds=6)
    await robots.hears(1)
    await becomes(shop, failed=1, sent=1)
    assert "93000" not in (await shop.asks("/readyz"))[1]


@on_sqlite
async def test_what_nobody_took_for_a_day_is_given_up_and_later_forgotten(
    open_shop: OpenShop, robots: FakeRobots
) -> None:
    shop = await open_shop(alerts=[table(robots)], retention={"decisions_days": 2})
    robots.next_answers(*[Scripted(status=503)] * 40)
    await shop.buyer_says(QUESTION)
    await shop.runs_jobs()
    await robots.is_asked(1)
    await becomes(shop, queued=1)
    await shop.time_passes(hours=25)
    await becomes(shop, expired=1)
    await shop.time_passes(days=3)
    assert await shop.rows("SELECT * FROM alert") == []
    assert robots.said == []


async def test_an_alert_is_kept_across_a_restart_and_told_once(open_shop: OpenShop, robots: FakeRobots) -> None:
    shop = await open_shop(alerts=[table(robots)])
    await shop.buyer_says(QUESTION)
    await shop.restarts()
    await tells(shop, robots, 1)
    await becomes(shop, sent=1)
    await shop.restarts()
    await shop.time_passes(minutes=5)
    assert len(robots.said) == 1
    await becomes(shop, sent=1)
