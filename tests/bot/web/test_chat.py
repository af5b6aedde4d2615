from __future__ import annotations

import asyncio
import io
import json
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientSession, TCPConnector, web
from PIL import Image

from bot.web.shared.streams import STREAMS_PER_VISITOR, Streams, TooManyStreams

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from aiohttp import ClientResponse
    from aiohttp.pytest_plugin import AiohttpClient
    from aiohttp.test_utils import TestClient

    from tests.real_bot import RealBot


def _by(visitor: str, **more: str) -> dict[str, str]:
    return {"Xiaoer-Visitor": visitor, **more}


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
    async with browser.get("/chat/site/events", headers=_by(visitor)) as stream:
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
    async with browser.get("/chat/site/events", headers=_by(visitor)) as stream:
        await _say(browser, "包邮吗", visitor=visitor)
        events = await _read_until(stream, "answer")
    place = [event["id"] for event in events if "id" in event][-1]

    await _say(browser, "发什么快递", message_id="m-2", visitor=visitor)
    for after in (
        {"headers": _by(visitor, **{"Last-Event-ID": place})},
        {"params": {"after": place}, "headers": _by(visitor)},
    ):
        asked: dict[str, Any] = after
        async with browser.get("/chat/site/events", **asked) as stream:
            later = await _read_until(stream, "answer")
        assert "包邮吗" not in _bubbles(later, "buyer")
        assert set(_bubbles(later, "buyer")) <= {"发什么快递"}


async def test_one_buyer_reads_nothing_of_another(browser: ClientSession, visitor: str, another: str) -> None:
    await _say(browser, "包邮吗", visitor=another)

    async with browser.get("/chat/site/events", headers=_by(visitor)) as stream:
        first = await anext(event async for event in _events(stream) if event.get("event") == "transcript")

    told = json.loads(first["data"])
    assert (told["items"], told["mode"], told["beside"]["person"]) == ([], "bot", "")


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
        async with browser.get("/chat/site/events", headers=_by(visitor)) as answer:
            assert answer.status == 400


async def test_a_stream_of_a_visitor_needs_no_address_that_names_him(browser: ClientSession, visitor: str) -> None:
    async with browser.get("/chat/site/events", headers=_by(visitor)) as stream:
        assert stream.status == 200
        assert visitor not in str(stream.url)


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
    assert '<html lang="zh-CN" ' in html


async def test_the_window_shows_names_as_text(browser: ClientSession) -> None:
    async with browser.get("/chat/site", params={"product": '"><script>alert(1)</script>', "lang": "en"}) as answer:
        html = await answer.text()

    assert "<script>alert" not in html
    assert '<html lang="en" ' in html


async def test_any_site_may_load_the_script_that_embeds_the_window(browser: ClientSession) -> None:
    async with browser.get("/chat/site/embed.js") as answer:
        script = await answer.text()

    assert answer.content_type == "text/javascript"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert 'CHANNEL = "site"' in script


async def test_the_try_out_window_is_for_this_machine(browser: ClientSession, visitor: str) -> None:
    for path in ("/chat/try", "/chat/try/embed.js", "/chat/try/events"):
        async with browser.get(path, headers=_by(visitor, Host="evil.example")) as answer:
            assert answer.status == 404, path


async def test_one_visitor_keeps_only_so_many_streams_open(browser: ClientSession, visitor: str, another: str) -> None:
    streams = [await browser.get("/chat/site/events", headers=_by(visitor)) for _ in range(STREAMS_PER_VISITOR)]

    async with browser.get("/chat/site/events", headers=_by(visitor)) as answer:
        assert answer.status == 429
        assert answer.headers["Retry-After"]
    async with browser.get("/chat/site/events", headers=_by(another)) as answer:
        assert answer.status == 200
    for stream in streams:
        stream.close()


async def test_a_stream_that_was_left_makes_room_at_once(browser: ClientSession, visitor: str) -> None:
    for _ in range(3 * STREAMS_PER_VISITOR):
        stream = await browser.get("/chat/site/events", headers=_by(visitor))
        assert stream.status == 200
        stream.close()
        await asyncio.sleep(0.02)


async def _reads_on(browser: TestClient[web.Request, web.Application], visitor: str, address: str) -> ClientResponse:
    return await browser.get("/", headers=_by(visitor, Address=address))


async def test_when_there_are_too_many_streams_who_has_most_gives_way(aiohttp_client: AiohttpClient) -> None:
    streams, left = Streams(at_most=4), list[str]()

    async def stream(request: web.Request) -> web.StreamResponse:
        visitor = request.headers["Xiaoer-Visitor"]
        try:
            with streams.one_more(request, visitor, request.headers["Address"]):
                response = web.StreamResponse()
                await response.prepare(request)
                await asyncio.Event().wait()
                return response
        except TooManyStreams:
            return web.Response(status=429)
        finally:
            left.append(visitor)

    app = web.Application()
    app.router.add_get("/", stream)
    browser = await aiohttp_client(app)
    greedy = [await _reads_on(browser, f"greedy-{number}", "203.0.113.9") for number in range(4)]
    honest = [await _reads_on(browser, f"honest-{number}", f"198.51.100.{number}") for number in range(3)]
    assert [each.status for each in (*greedy, *honest)] == [200] * 7
    assert left == ["greedy-0", "greedy-1", "greedy-2"]
    assert (await _reads_on(browser, "one more", "198.51.100.9")).status == 429
    assert (await _reads_on(browser, "greedy again", "203.0.113.9")).status == 429
    for each in (*greedy, *honest):
        each.close()


async def test_one_address_keeps_only_so_many_streams_open(
    browser: ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.web.shared.streams.STREAMS_PER_ADDRESS", 3)
    streams = [await browser.get("/chat/site/events", headers=_by(secrets.token_hex(16))) for _ in range(4)]
    assert [each.status for each in streams] == [200, 200, 200, 429]
    for each in streams:
        each.close()


async def test_a_picture_is_drawn_anew_and_seen_by_its_buyer_only(
    browser: ClientSession, visitor: str, another: str
) -> None:
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "red").save(file, "PNG")
    as_png = {"Content-Type": "image/png"}
    async with browser.post("/chat/site/pictures", data=file.getvalue(), headers=_by(visitor, **as_png)) as answer:
        assert answer.status == 201
        name = (await answer.json())["picture"]
    said = {"message_id": "m-1", "visitor": visitor, "picture": name}
    async with browser.post("/chat/site/messages", json=said) as answer:
        assert answer.status == 202
    async with browser.get("/chat/site/events", headers=_by(visitor)) as stream:
        events = await _read_until(stream, "image")
    items = [
        item for event in events if "data" in event for item in json.loads(event["data"])["items"] if item["picture"]
    ]
    assert [(item["picture"], item["text"]) for item in items] == [(name, "")]
    for who, status in ((visitor, 200), (another, 404)):
        async with browser.get(f"/chat/site/pictures/{name}", headers=_by(who)) as answer:
            assert (answer.status, answer.headers["X-Content-Type-Options"]) == (status, "nosniff")
            assert status != 200 or answer.content_type == "image/jpeg"


async def test_how_a_buyer_can_be_reached_is_kept_once_it_looks_right(browser: ClientSession, visitor: str) -> None:
    await _say(browser, "在吗", visitor=visitor)
    neither = {"kept": "", "reason": "no_contact", "problem": "contact: a phone number or a mail address"}
    for contact, status, told in (
        ("13800000000 ", 200, {"kept": "13800000000"}),
        ("回头见", 422, neither),
        ("", 422, neither),
    ):
        async with browser.post("/chat/site/contact", json={"contact": contact}, headers=_by(visitor)) as answer:
            assert (answer.status, await answer.json()) == (status, told)
    async with browser.post("/chat/site/contact", json={"contact": "13800000000"}) as answer:
        assert answer.status == 400  # whose is it?


async def test_nothing_is_kept_for_visitors_who_said_nothing_however_many_are_made_up(web_bot: RealBot) -> None:
    answers, of_its_own = [], TCPConnector(local_addr=("127.0.0.77", 0))
    async with ClientSession(web_bot.url, connector=of_its_own) as browser:
        for _ in range(40):
            made_up = _by(secrets.token_urlsafe(24))
            async with browser.post("/chat/site/contact", json={"contact": "13800000000"}, headers=made_up) as answer:
                answers.append((answer.status, await answer.json()))
    said_nothing = {
        "kept": "",
        "reason": "no_conversation",
        "problem": "say something first: this visitor has no conversation here",
    }
    assert answers[0] == (422, said_nothing)
    assert answers[-1] == (429, {"error": "too fast"})


@pytest.mark.parametrize(
    ("data", "kind", "status"),
    [(b"<svg/>", "image/svg+xml", 422), (b"{}", "application/json", 415)],
)
async def test_what_is_no_picture_is_refused(
    browser: ClientSession, visitor: str, data: bytes, kind: str, status: int
) -> None:
    as_kind = _by(visitor, **{"Content-Type": kind})
    async with browser.post("/chat/site/pictures", data=io.BytesIO(data), headers=as_kind) as answer:
        assert answer.status == status
