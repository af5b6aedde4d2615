"""The judge is judged: the fake platform keeps an honest ledger and speaks the contract."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from aiohttp import ClientSession, web

from adapters.contract import (
    ConversationClosed,
    Inbound,
    Message,
    Outbound,
    RatingCreated,
    Reply,
    Request,
    SendOutcome,
    Sent,
    Text,
    Unknown,
    Wire,
)
from adapters.http import open_session
from adapters.webhook.adapter import WebhookAdapter
from tests.fakes import MORNING, FakeClock, FakePlatform, slowly

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def platform(clock: FakeClock) -> AsyncIterator[FakePlatform]:
    async with FakePlatform(clock=clock) as platform:
        yield platform


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    async with open_session() as session:
        yield session


async def reply(platform: FakePlatform, session: ClientSession, text: str, *, key: str = "r-1") -> SendOutcome:
    adapter = WebhookAdapter.configure(channel="tea", settings=platform.channel_settings)
    content = Reply(kind="answer", text=text)
    outbound = Outbound(reply_id=key, conversation_id="c-77", created_at=MORNING, content=content)
    return await adapter.send(wire=Wire(session=session), outbound=outbound, now=platform.clock.now())


def test_the_clock_stands_still_until_it_is_told() -> None:
    clock = FakeClock()
    clock.advance(days=1, hours=1, minutes=1, seconds=1.5)

    assert clock.now().isoformat() == "2026-11-23T03:01:01.500000+00:00"

    clock.set(datetime.fromisoformat("2026-12-01T08:00:00+08:00"))
    assert clock.now() == datetime(2026, 12, 1, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


async def test_a_repeat_is_recorded_and_not_heard_twice(platform: FakePlatform, session: ClientSession) -> None:
    assert await reply(platform, session, "好的") == Sent("p-1")
    assert await reply(platform, session, "好的") == Sent(None)

    assert [(each.taken, each.repeat) for each in platform.ledger] == [(True, False), (False, True)]
    assert platform.heard("c-77") == ["好的"]
    assert platform.heard("c-78") == []


async def test_a_platform_may_answer_a_repeat_with_the_same_id(clock: FakeClock, session: ClientSession) -> None:
    async with FakePlatform(clock=clock, repeat_status=200) as platform:
        assert await reply(platform, session, "好的") == Sent("p-1")
        assert await reply(platform, session, "好的") == Sent("p-1")


async def test_faults_come_in_the_order_they_were_told_and_then_all_is_well(
    platform: FakePlatform, session: ClientSession
) -> None:
    platform.next_answers(500, slowly(0.01), "reset")

    outcomes = [await reply(platform, session, "好的", key=f"r-{number}") for number in range(4)]

    assert [type(each) for each in outcomes] == [Unknown, Sent, Unknown, Sent]
    assert [each.taken for each in platform.ledger] == [False, True, False, True]
    assert [each.reaction for each in platform.ledger] == ["500", "200", "reset", "200"]

    platform.from_now_on(500)
    assert await reply(platform, session, "好的", key="r-9") == Unknown("the receiver answered 500")


async def test_a_hanging_platform_can_be_let_go(platform: FakePlatform, session: ClientSession) -> None:
    platform.next_answers("timeout")
    async with asyncio.TaskGroup() as tasks:
        sending = tasks.create_task(reply(platform, session, "好的"))
        assert await platform.hears(1) == ["好的"]
        platform.let_go()

    assert isinstance(sending.result(), Unknown)


async def test_waiting_in_vain_shows_the_ledger(platform: FakePlatform, session: ClientSession) -> None:
    await reply(platform, session, "好的")

    with pytest.raises(AssertionError, match="好的"):
        await platform.hears(2, within_seconds=0.01)


async def test_wrong_signatures_and_old_times_are_turned_away(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    adapter = WebhookAdapter.configure(channel="tea", settings=platform.channel_settings)
    outbound = Outbound(
        reply_id="r-1", conversation_id="c-77", created_at=MORNING, content=Reply(kind="answer", text="好的")
    )
    stranger = replace(adapter, secrets=(bytes(32),))
    now = clock.now()
    await stranger.send(wire=Wire(session=session), outbound=outbound, now=now)
    clock.advance(seconds=301)
    await adapter.send(wire=Wire(session=session), outbound=outbound, now=now)
    async with session.get(platform.reply_url, allow_redirects=False) as response:
        assert response.status == 405
    async with ClientSession() as bare, bare.post(platform.reply_url, data=b"{}") as response:
        assert response.status == 401

    assert platform.rejected == [
        "webhook-signature does not match",
        "webhook-timestamp is too far off",
        "webhook headers missing",
    ]
    assert platform.ledger == []


async def test_the_ledger_on_disk_says_the_same(clock: FakeClock, session: ClientSession, tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    async with FakePlatform(clock=clock, ledger_path=path) as platform:
        platform.next_answers("reset_after")
        await reply(platform, session, "好的")
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    assert [(line["webhook_id"], line["taken"], line["reaction"]) for line in lines] == [("r-1", True, "reset_after")]
    assert lines[0]["data"]["content"]["text"] == "好的"


async def test_the_port_may_be_chosen_so_that_it_outlives_a_restart(clock: FakeClock) -> None:
    async with FakePlatform(clock=clock) as platform:
        port = platform.port
    async with FakePlatform(clock=clock, port=port) as platform:
        assert platform.reply_url == f"http://127.0.0.1:{port}/replies"


# Its own messages


@pytest.fixture
async def front_door(platform: FakePlatform) -> AsyncIterator[list[Inbound]]:
    """A door that only reads: what our adapter makes of each delivery."""
    adapter = WebhookAdapter.configure(channel="tea", settings=platform.channel_settings)
    received: list[Inbound] = []

    async def receive(request: web.Request) -> web.Response:
        body = await request.read()
        delivery = Request(headers=request.headers, body=body)
        received.extend(adapter.receive(delivery, now=platform.clock.now()).events)
        return web.json_response({"status": "accepted"}, status=202)

    app = web.Application()
    app.router.add_post("/webhooks/tea", receive)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    platform.webhook_url = f"http://127.0.0.1:{runner.addresses[0][1]}/webhooks/tea"
    yield received
    await runner.cleanup()


async def test_what_everybody_says_arrives(platform: FakePlatform, front_door: list[Inbound]) -> None:
    answer = await platform.buyer_says("新疆包邮吗", came_from={"product_id": "tea-250g"})
    await platform.buyer_says(content={"kind": "product", "product_id": "tea-250g"}, conversation="c-78")
    await platform.staff_says("我来")
    await platform.system_says("买家已下单")
    await platform.close()
    await platform.rate(5, comment="好")

    assert (answer.status, answer.json) == (202, {"status": "accepted"})
    events = [each.event for each in front_door]
    assert isinstance(events[0], Message)
    assert events[0].content == Text("新疆包邮吗")
    assert events[0].surroundings.product_id == "tea-250g"
    assert [each.author.kind for each in events if isinstance(each, Message)] == ["buyer", "buyer", "staff", "system"]
    assert events[-2:] == [ConversationClosed(closed_by="buyer"), RatingCreated(score=5, comment="好")]
    assert [each.sent_at for each in front_door] == [MORNING] * 6
    assert len({each.external_id for each in front_door}) == 6


async def test_a_redelivery_is_the_same_thing_again(
    platform: FakePlatform, front_door: list[Inbound], clock: FakeClock
) -> None:
    await platform.buyer_says("在吗")
    clock.advance(minutes=10)
    await platform.buyer_says(again=True)
    await platform.close()
    await platform.close(again=True)

    assert front_door[0] == front_door[1]
    assert front_door[2] == front_door[3]


async def test_an_echo_is_our_own_words_under_the_platforms_id(
    platform: FakePlatform, front_door: list[Inbound], session: ClientSession
) -> None:
    await reply(platform, session, "好的")
    await platform.echo(platform.replies()[0])

    echoed = front_door[0]
    assert echoed.external_id == "p-1"
    assert isinstance(echoed.event, Message)
    assert (echoed.event.author.kind, echoed.event.content) == ("staff", Text("好的"))
