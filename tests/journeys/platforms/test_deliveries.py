"""A platform with ways of its own: it asks first, delivers several events at once, and wants its own reply."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from adapters import PLATFORMS
from adapters.contract import Message, OwnReply, Received, Text
from adapters.webhook.adapter import WebhookAdapter
from tests.shop import BUYER

if TYPE_CHECKING:
    from datetime import datetime

    from adapters.contract import Inbound, Request
    from tests.conftest import OpenShop
    from tests.shop import Shop

DISPATCH = "下单后48小时内发货。"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batching(WebhookAdapter):
    """Echoes what a GET asks, splits a delivery at each new line, and answers in its own words."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "capabilities", dataclasses.replace(self.capabilities, handshake=True))

    def receive(self, request: Request, *, now: datetime) -> Received:
        if request.method == "GET":
            return Received(reply=OwnReply(body=request.query["echostr"].encode()))
        (whole,) = WebhookAdapter.receive(self, request, now=now).events
        assert isinstance(whole.event, Message)
        assert isinstance(whole.event.content, Text)
        lines = enumerate(whole.event.content.text.split("\n"))
        said = {number: dataclasses.replace(whole.event, content=Text(line)) for number, line in lines}
        events = (dataclasses.replace(whole, external_id=f"m-{number}", event=each) for number, each in said.items())
        return Received(tuple(events), reply=OwnReply(body=b'{"errcode": 0}', content_type="application/json"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OfSeveralBuyers(Batching):
    """Each line of a delivery is another buyer's, who is called as it says."""

    def receive(self, request: Request, *, now: datetime) -> Received:
        received = Batching.receive(self, request, now=now)
        return dataclasses.replace(received, events=tuple(map(_by_its_words, received.events)))


def _by_its_words(inbound: Inbound) -> Inbound:
    assert isinstance(inbound.event, Message)
    assert isinstance(inbound.event.content, Text)
    return dataclasses.replace(inbound, conversation_id=inbound.event.content.text)


@pytest.fixture
async def batching(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setitem(PLATFORMS, "webhook", f"{__name__}:Batching")
    await shop.restarts()
    return shop


async def test_a_handshake_is_answered_by_the_adapter(batching: Shop) -> None:
    assert await batching.asks("/webhooks/tea?echostr=7365") == (200, "7365")
    assert await batching.rows("SELECT id FROM inbox") == []


async def test_all_events_of_a_delivery_are_kept_in_order_and_answered_once(batching: Shop) -> None:
    for _ in range(2):
        answered = await batching.delivers("什么时候发货\n发什么快递")
        assert (answered.status, answered.json) == (200, {"errcode": 0})
    await batching.settles()
    kept = await batching.rows("SELECT external_id FROM inbox ORDER BY id")
    assert [row.external_id for row in kept] == ["m-0", "m-1"]
    assert batching.heard(BUYER) == [batching.welcome, DISPATCH, "默认发中通。"]


async def test_a_delivery_that_waits_for_a_noisy_buyer_costs_the_others_nothing(
    open_shop: OpenShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PLATFORMS, "webhook", f"{__name__}:OfSeveralBuyers")
    shop = await open_shop(own={"messages_per_minute": 2})

    said = ("noisy", "noisy", *["noisy\nquiet"] * 3, "quiet", "quiet", "quiet")
    answered = [await shop.delivers(each) for each in said]

    assert [each.status for each in answered] == [200, 200, 429, 429, 429, 200, 200, 429]
