"""The signed front door, by the table of answers in the contract."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession

import bot.actions.messages.receive_messages
from tests.fakes import Posted

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from tests.conftest import OpenShop
    from tests.shop import Shop


@pytest.fixture
async def sender() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


def _message(text: str = "在吗") -> bytes:
    data = {
        "message_id": "m-1",
        "conversation_id": "c-1",
        "author": {"kind": "buyer", "id": "b-1"},
        "content": {"kind": "text", "text": text},
    }
    return json.dumps({"type": "message.created", "timestamp": "2026-11-22T02:00:00Z", "data": data}).encode()


async def _post(
    shop: Shop, sender: ClientSession, body: bytes, headers: Mapping[str, str] | None = None, channel: str = "tea"
) -> tuple[int, Any]:
    signed = shop.platform.sign(Posted(webhook_id="msg_1", body=body)) if body.isascii() else {}
    url = f"{shop.bot.url}/webhooks/{channel}"
    async with sender.post(url, data=body, headers={**signed, **(headers or {})}) as response:
        return response.status, json.loads(await response.text() or "null")


async def test_a_message_on_disk_is_accepted_and_again_a_duplicate(shop: Shop, sender: ClientSession) -> None:
    assert await _post(shop, sender, _message()) == (202, {"status": "accepted"})
    assert await _post(shop, sender, _message()) == (200, {"status": "duplicate"})
    await shop.settles()


async def test_every_problem_is_told_at_once(shop: Shop, sender: ClientSession) -> None:
    status, answer = await _post(shop, sender, b'{"type": "message.created", "data": {"author": {"kind": "ghost"}}}')
    assert status == 400
    assert answer["error"] == "invalid"
    fields = {each["field"] for each in answer["detail"]}
    assert {"data.message_id", "data.conversation_id", "data.author.kind", "data.content"} <= fields


@pytest.mark.parametrize(
    "header",
    [
        {"webhook-signature": "v1,AAAA"},
        {"webhook-timestamp": "1"},
        {"webhook-id": "another"},
        {"webhook-signature": "v1,中文".encode().decode("latin-1")},
    ],
)
async def test_what_is_not_signed_by_the_platform_writes_nothing(
    shop: Shop, sender: ClientSession, header: Mapping[str, str]
) -> None:
    status, answer = await _post(shop, sender, _message(), header)
    assert status == 401
    assert answer["error"]
    assert await shop.rows("SELECT id FROM inbox") == []


async def test_an_unknown_channel_is_not_found(shop: Shop, sender: ClientSession) -> None:
    status, answer = await _post(shop, sender, _message(), channel="nowhere")
    assert status == 404
    assert "nowhere" in answer["error"]
    assert (await _post(shop, sender, _message(), channel="try"))[0] == 404


async def test_only_post_is_taken(shop: Shop) -> None:
    assert (await shop.asks("/webhooks/tea"))[0] == 405


async def test_a_compressed_body_is_refused(shop: Shop, sender: ClientSession) -> None:
    status, answer = await _post(shop, sender, _message(), {"content-encoding": "gzip"})
    assert (status, answer["error"]) == (415, "send the body as it is: no Content-Encoding")


async def test_a_body_that_is_too_large_is_refused(shop: Shop, sender: ClientSession) -> None:
    body = _message("x" * 256 * 1024)
    headers = shop.platform.sign(Posted(webhook_id="msg_1", body=body))
    async with sender.post(f"{shop.bot.url}/webhooks/tea", data=body, headers=headers) as response:
        assert response.status == 413


async def test_more_than_can_be_kept_is_sent_back_with_a_pause(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bot.actions.messages.receive_messages, "MOST_ROWS", 0)
    await shop.restarts()
    answered = await shop.delivers("在吗")
    assert answered.status == 503
    assert answered.json == {"error": "too much at once"}
    assert int(answered.headers["Retry-After"]) > 0
    monkeypatch.undo()
    await shop.restarts()
    assert await shop.buyer_says("发什么快递") == [shop.welcome, "默认发中通。"]


async def test_deeply_nested_and_odd_json_is_answered_in_words(shop: Shop, sender: ClientSession) -> None:
    for body in (b"[" * 1_000 + b"]" * 1_000, b"NaN", b'{"type": 1e400}', b"{}", b"", b'"text"', b"{" * 1_000):
        status, answer = await _post(shop, sender, body)
        assert status == 400, body[:20]
        assert answer["detail"]


async def test_a_noisy_buyer_waits_with_the_platform_and_the_others_do_not(open_shop: OpenShop) -> None:
    shop = await open_shop(own={"messages_per_minute": 3})
    answered = [await shop.delivers("在吗", "noisy") for _ in range(5)]
    assert [each.status for each in answered] == [202, 202, 202, 429, 429]
    assert answered[-1].json == {"error": "too fast"}
    assert int(answered[-1].headers["Retry-After"]) > 0
    assert (await shop.delivers("在吗", "quiet")).status == 202
    for _ in range(4):
        await shop.staff_says("我来看看", "noisy")
    assert len(await shop.rows("SELECT id FROM inbox")) == 8
