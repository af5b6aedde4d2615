from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.web.chat import STREAMS_PER_VISITOR, Streams, TooManyStreams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse, ClientSession


async def _say(
    browser: ClientSession, text: str, *, visitor: str, message_id: str = "m-1", channel: str = "site"
) -> tuple[int, dict[str, Any], str]:
    message = {"message_id": message_id, "visitor": visitor, "text": text}
    async with browser.post(f"/chat/{channel}/messages", json=message) as answer:
        return answer.status, await answer.json(), answer.headers.get("Retry-After", "")


async def _events(answer: ClientResponse) -> AsyncIterator[dict[str, str]]:
    event: dict[str, str] = {}
    async for line in answer.content:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name:
            event[name] = value
        elif event:
            yield event
            event = {}


async def _read_until(answer: ClientResponse, kind: str) -> list[dict[str, str]]:
    """Events up to and with the first transcript that holds a bubble of this kind."""
    seen = []
    async with asyncio.timeout(10):
        async for event in _events(answer):
            seen.append(event)
            if event.get("event") == "transcript":
                items = json.loads(event["data"])["items"]
                if any(item["kind"] == kind for item in items):
                    return seen
    raise AssertionError(seen)


def _bubbles(events: list[dict[str, str]], author: str) -> list[str]:
    told = [json.loads(event["data"])["items"] for event in events if event.get("event") == "transcript"]
    return [item["text"] for items in told for item in items if item["author"] == author]


async def test_a_buyer_asks_and_reads_the_answer_on_his_stream(browser: ClientSession, visitor: str) -> None:
    async with browser.get("/chat/site/events", params={"visitor": visitor}) as stream:
        assert stream.headers["Content-Type"].startswith("text/event-stream")
        assert await _say(browser, "新疆包邮吗", visitor=visitor) == (202, {"status": "accepted"}, "")

        events = await _read_until(stream, "answer")

    assert _bubbles(events, "buyer") == ["新疆包邮吗"]
    assert any("199" in text for text in _bubbles(events, "bot"))
    assert not any(event.get("event") == "why" for event in events)


async def test_a_message_that_was_sent_again_is_not_a_second_one(browser: ClientSession, visitor: str) -> None:
    assert (await _say(browser, "包邮吗", visitor=visitor))[:2] == (202, {"status": "accepted"})
    assert (await _say(browser, "包邮吗", visitor=visitor))[:2] == (200, {"status": "duplicate"})


async def test_a_stream_goes_on_where_it_was_cut(browser: ClientSession, visitor: str) -> None:
    async with browser.get("/chat/site/events", params={"visitor": visitor}) as stream:
        await _say(browser, "包邮吗", visitor=visitor)
        events = await _read_until(stream, "answer")
    place = [event["id"] for event in events if "id" in event][-1]

    await _say(browser, "发什么快递", message_id="m-2", visitor=visitor)
    for resumed in ({"headers": {"Last-Event-ID": place}}, {"params": {"visitor": visitor, "after": place}}):
        asked: dict[str, Any] = {"params": {"visitor": visitor}, **resumed}
        async with browser.get("/chat/site/events", **asked) as stream:
            later = await _read_until(stream, "answer")
        assert "包邮吗" not in _bubbles(later, "buyer")
        assert set(_bubbles(later, "buyer")) <= {"发什么快递"}


async def test_one_buyer_reads_nothing_of_another(browser: ClientSession, visitor: str, another: str) -> None:
    await _say(browser, "包邮吗", visitor=another)

    async with browser.get("/chat/site/events", params={"visitor": visitor}) as stream:
        first = await anext(event async for event in _events(stream) if event.get("event") == "transcript")

    assert json.loads(first["data"]) == {"items": [], "mode": "bot"}


async def test_who_talks_too_fast_is_told_when_to_go_on(browser: ClientSession, visitor: str, another: str) -> None:
    for number in range(3):
        assert (await _say(browser, "在吗", message_id=f"m-{number}", visitor=visitor))[0] == 202

    status, body, retry_after = await _say(browser, "在吗", message_id="m-9", visitor=visitor)

    assert (status, body) == (429, {"error": "too fast"})
    assert 1 <= int(retry_after) <= 20
    assert (await _say(browser, "在吗", visitor=another))[0] == 202


async def test_bad_messages_are_refused_with_every_problem(browser: ClientSession) -> None:
    async with browser.post("/chat/site/messages", json={"visitor": "short", "choice": 77}) as answer:
        told = await answer.json()

    assert answer.status == 400
    assert told["error"] == "invalid"
    assert {each["field"] for each in told["detail"]} == {"visitor", "message_id", "choice"}


@pytest.mark.parametrize("body", [b"", b"[]", b'{"a": NaN}', b"\xff\xfe", b"[" * 2000, b'{"message_id": "\\ud800"}'])
async def test_what_is_no_message_at_all_is_refused_in_words(browser: ClientSession, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    async with browser.post("/chat/site/messages", data=body, headers=headers) as answer:
        assert answer.status == 400
        assert (await answer.json())["detail"]


async def test_another_sites_page_may_not_post(browser: ClientSession, visitor: str) -> None:
    message = {"message_id": "m-1", "visitor": visitor, "text": "在吗"}
    headers = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
    async with browser.post("/chat/site/messages", json=message, headers=headers) as answer:
        assert answer.status == 403


async def test_a_stream_needs_a_visitor_that_nobody_can_guess(browser: ClientSession) -> None:
    for visitor in ("", "1", "x" * 65, "a visitor with blanks in its name !!"):
        async with browser.get("/chat/site/events", params={"visitor": visitor}) as answer:
            assert answer.status == 400


async def test_only_chat_channels_have_a_window(browser: ClientSession) -> None:
    for path in ("/chat/nobody", "/chat/middleware", "/chat/middleware/embed.js", "/chat/nobody/events"):
        async with browser.get(path) as answer:
            assert answer.status == 404, path
    assert (await _post_status(browser, "/chat/middleware/messages")) == 404


async def _post_status(browser: ClientSession, path: str) -> int:
    async with browser.post(path, json={}) as answer:
        return answer.status


async def test_the_window_may_be_framed_by_the_shops_own_site_only(browser: ClientSession) -> None:
    async with browser.get("/chat/site") as answer:
        html = await answer.text()

    policy = answer.headers["Content-Security-Policy"]
    assert policy.endswith("frame-ancestors https://shop.example")
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert '<html lang="zh-CN">' in html


async def test_the_window_shows_names_as_text(browser: ClientSession) -> None:
    async with browser.get("/chat/site", params={"product": '"><script>alert(1)</script>', "lang": "en"}) as answer:
        html = await answer.text()

    assert "<script>alert" not in html
    assert '<html lang="en">' in html


async def test_any_site_may_load_the_script_that_embeds_the_window(browser: ClientSession) -> None:
    async with browser.get("/chat/site/embed.js") as answer:
        script = await answer.text()

    assert answer.content_type == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert 'CHANNEL = "site"' in script


async def test_the_try_out_window_is_for_this_machine(browser: ClientSession, visitor: str) -> None:
    for path in ("/chat/try", "/chat/try/embed.js", "/chat/try/events"):
        async with browser.get(path, params={"visitor": visitor}, headers={"Host": "evil.example"}) as answer:
            assert answer.status == 404, path


async def test_one_visitor_keeps_only_so_many_streams_open(browser: ClientSession, visitor: str, another: str) -> None:
    streams = [await browser.get("/chat/site/events", params={"visitor": visitor}) for _ in range(STREAMS_PER_VISITOR)]

    async with browser.get("/chat/site/events", params={"visitor": visitor}) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"]
    async with browser.get("/chat/site/events", params={"visitor": another}) as answer:
        assert answer.status == 200
    for stream in streams:
        stream.close()


async def test_streams_that_ended_make_room_for_others(visitor: str) -> None:
    streams = Streams()

    for _ in range(STREAMS_PER_VISITOR + 1):
        with streams.one_more(visitor):
            pass
    with contextlib.ExitStack() as open_streams:
        for _ in range(STREAMS_PER_VISITOR):
            open_streams.enter_context(streams.one_more(visitor))
        with pytest.raises(TooManyStreams), streams.one_more(visitor):
            pass
