"""One sick channel ends nothing: its trouble is named once, its replies wait, and everybody else is served."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest

from adapters import PLATFORMS
from adapters.contract import Unknown
from adapters.webhook.adapter import WebhookAdapter
from tests.fakes import Reaction
from tests.shop import accepted

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import Outbound, Received, Request, SendOutcome, Wire
    from tests.fakes import FakePlatform
    from tests.shop import Shop

DISPATCH = "下单后48小时内发货。"
FAR_OFF = "Mon, 01 Jan 2026 00:00:00 +99999999999999"


@pytest.mark.parametrize(
    "headers",
    [
        {"Retry-After": FAR_OFF},
        {"Retry-After": "Mon, 01 Jan 0001 00:00:00 +2359"},
        {"Retry-After": "1e999", "Content-Type": "\x80\xff"},
    ],
)
async def test_no_header_of_a_platform_ends_the_program(shop: Shop, headers: dict[str, str]) -> None:
    shop.platform.next_answers(Reaction(status=429, headers=headers, body=b"\xff\x00{"))
    await shop.buyer_says("什么时候发货")
    assert await shop.time_passes(minutes=1) == [shop.welcome, DISPATCH]
    first, again, _ = shop.platform.ledger
    assert (again.webhook_id, again.body) == (first.webhook_id, first.body)


class Sick(WebhookAdapter):
    """An adapter with a mistake in it, on one channel."""

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        if self.channel == "sick":
            raise OverflowError("date value out of range")
        return await WebhookAdapter.send(self, wire=wire, outbound=outbound, now=now)


class Odd(WebhookAdapter):
    """An adapter that gives outcomes which no database takes."""

    async def send(self, *, wire: Wire, outbound: Outbound, now: datetime) -> SendOutcome:
        await WebhookAdapter.send(self, wire=wire, outbound=outbound, now=now)
        return Unknown("half an emoji \ud83d and a NUL \x00")


class Forgetful(WebhookAdapter):
    """An adapter that fails at what one buyer wrote, and says it."""

    def receive(self, request: Request, *, now: datetime) -> Received:
        received = WebhookAdapter.receive(self, request, now=now)
        if "八".encode() in request.body:
            raise KeyError(request.body.decode())
        return received


async def test_a_delivery_that_an_adapter_fails_at_is_refused_and_told_without_what_it_holds(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(PLATFORMS, "webhook", f"{__name__}:Forgetful")
    await shop.restarts()
    answers = [await shop.delivers("我住八号院") for _ in range(3)]
    assert {each.status for each in answers} == {400}
    detail = [{"field": "", "problem": "the adapter of this channel cannot read it; the log says where it failed"}]
    assert answers[0].json == {"error": "invalid", "detail": detail}
    [told] = [each for each in caplog.records if each.levelname == "ERROR"]
    assert told.message == "the adapter failed at a delivery"
    assert told.__dict__["problem"].startswith("KeyError at test_sick_channels.py:")
    assert "八号院" not in caplog.text
    _, metrics = await shop.asks("/metrics")
    assert 'xiaoer_failures_total{part="deliveries of channel tea"} 3.0' in metrics
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]


async def test_what_an_adapter_raises_stays_its_own_trouble(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setitem(PLATFORMS, "webhook", f"{__name__}:Sick")
    sick = await shop.has_another_channel("sick")
    await shop.restarts()
    for number in range(5):
        accepted(await sick.buyer_says("什么时候发货", conversation=f"c-{number}", buyer=f"b-{number}"))
    assert await shop.buyer_says("什么时候发货") == [shop.welcome, DISPATCH]
    status, told = await shop.asks("/readyz")
    assert status == 200
    assert "channel sick: cannot deliver since 2026-11-22T02:00:00+00:00: the adapter failed (OverflowError)" in told
    assert "channel tea" not in told
    _, metrics = await shop.asks("/metrics")
    assert 'xiaoer_channel_delivers{channel="sick"} 0.0' in metrics
    assert 'xiaoer_channel_delivers{channel="tea"} 1.0' in metrics
    assert 'xiaoer_failures_total{part="channel sick"} 5.0' in metrics
    assert [each.message for each in caplog.records].count("channel cannot deliver") == 1
    monkeypatch.undo()
    await shop.restarts()
    await shop.time_passes(minutes=2)
    assert sick.heard("c-4") == [shop.welcome, DISPATCH]


async def test_outcomes_that_no_database_takes_are_tidied(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PLATFORMS, "webhook", f"{__name__}:Odd")
    await shop.restarts()
    await shop.buyer_says("什么时候发货")
    [row] = await shop.rows("SELECT last_error FROM outbox WHERE tries > 0")
    assert row.last_error == "half an emoji and a NUL"


async def test_a_receiver_that_takes_nothing_is_told_once_and_so_is_its_return(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.platform.from_now_on(404)
    for number in range(3):
        await shop.delivers("什么时候发货", buyer=f"买家{number}")
    for _ in range(5):
        await shop.time_passes(seconds=5)
    told = [each for each in caplog.records if each.name == "bot.standing"]
    assert [(each.message, each.__dict__["problem"]) for each in told] == [
        ("channel cannot deliver", "the receiver answered 404")
    ]
    shop.platform.from_now_on(200)
    for _ in range(4):
        await shop.time_passes(minutes=1)
    assert shop.heard("买家2") == [shop.welcome, DISPATCH]
    assert [each.message for each in caplog.records if each.name == "bot.standing"][1:] == ["channel delivers again"]
    status, told_of = await shop.asks("/readyz")
    assert (status, "channel" in told_of) == (200, False)


async def test_deliveries_that_are_refused_are_told_once_and_so_is_their_end(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    posted = await _forges(shop.platform, times=4)
    assert posted == [401, 401, 401, 401]
    accepted(await shop.delivers("什么时候发货"))  # a stranger's forgeries beside honest deliveries do not fill the log
    assert [each.message for each in caplog.records if each.name == "bot.standing"] == ["deliveries are refused"]
    assert "channel tea: refuses deliveries since" in (await shop.asks("/readyz"))[1]
    _, metrics = await shop.asks("/metrics")
    assert 'xiaoer_refused_deliveries_total{channel="tea"} 4.0' in metrics
    await shop.time_passes(minutes=1)
    accepted(await shop.delivers("发什么快递"))
    assert [each.message for each in caplog.records if each.name == "bot.standing"][1:] == [
        "deliveries are taken again"
    ]


async def _forges(platform: FakePlatform, *, times: int) -> list[int]:
    accepted(await platform.buyer_says("你好"))
    headers = platform.sign(platform.posted[-1]) | {"webhook-signature": "v1,AAAA"}
    return [(await platform.post(platform.posted[-1], headers=headers)).status for _ in range(times)]


async def test_a_hanging_channel_keeps_no_connection_from_another_at_the_same_place(shop: Shop) -> None:
    hanging = await shop.has_another_channel("hanging")
    await shop.restarts()
    hanging.from_now_on("timeout")
    many = [hanging.buyer_says("什么时候发货", conversation=f"c-{n}", buyer=f"b-{n}") for n in range(20)]
    for answered in await asyncio.gather(*many):
        accepted(answered)
    await hanging.until(lambda: len(hanging.ledger) >= 20)
    accepted(await shop.delivers("什么时候发货"))
    assert await shop.platform.hears(2, within_seconds=8) == [shop.welcome, DISPATCH]
    hanging.from_now_on(200)
    hanging.let_go()
    await shop.time_passes(minutes=1)


async def test_a_reply_that_nobody_can_read_holds_up_nobody(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    shop.platform.next_answers(503)
    await shop.buyer_says("什么时候发货")
    await shop.change("UPDATE outbox SET body = :body WHERE tries > 0", body=b"\xff")
    with caplog.at_level(logging.ERROR):
        assert await shop.time_passes(minutes=1) == [DISPATCH]
    assert await shop.states() == ["failed", "sent"]
