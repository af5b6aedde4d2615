"""The chat window's settings, and its two ends."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from adapters import load_platform
from adapters.contract import Adapter, BadPayload, BadSettings, Outbound, Reply, Request, Sent, Wire
from adapters.http import open_session
from adapters.web.adapter import WebAdapter

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
QUESTION = (Path(__file__).parent / "payloads" / "typed_question.json").read_bytes()


def refused(**settings: Any) -> list[tuple[str, str]]:
    with pytest.raises(BadSettings) as refusal:
        WebAdapter.configure(channel="site", settings=settings)
    return [(each.field, each.problem) for each in refusal.value.problems]


def test_without_settings_nobody_may_embed_it_and_a_visitor_may_say_twenty_things_a_minute() -> None:
    assert WebAdapter.configure(channel="site", settings={}) == WebAdapter(
        channel="site", origins=(), messages_per_minute=20, try_out=False
    )


def test_origins_are_kept_exactly_as_browsers_send_them() -> None:
    origins = ["https://shop.example", "https://www.shop.example:8443", "https://xn--hxt.example", "https://127.0.0.1"]
    origins += ["http://localhost:3000", "http://127.0.0.1:8000", "http://[::1]:5173", "http://shop.localhost"]
    adapter = WebAdapter.configure(channel="site", settings={"origins": origins, "messages_per_minute": 1})

    assert adapter.origins == tuple(origins)
    assert adapter.messages_per_minute == 1


@pytest.mark.parametrize(
    ("origin", "words"),
    [
        ("https://shop.example/", "write https://shop.example instead"),
        ("https://shop.example/chat?x#y", "write https://shop.example instead"),
        ("https://Shop.Example", "write https://shop.example instead"),
        ("HTTPS://shop.example", "write https://shop.example instead"),
        ("https://shop.example:443", "write https://shop.example instead"),
        ("https://店.example", "write https://xn--hxt.example instead"),
        ("https://user@shop.example", "write https://shop.example instead"),
        ("http://shop.example", "write an https origin such as"),
        ("http://192.168.1.5:3000", "http only for this machine"),
        ("http://localhost.example", "http only for this machine"),
        ("http://localhost:3000/", "write http://localhost:3000 instead"),
        ("shop.example", "write an https origin such as"),
        ("null", "write an https origin such as"),
        ("https://", "write an https origin such as"),
        ("https://shop.example:99999", "write an https origin such as"),
        ("", "write an https origin such as"),
        ("*", "there is no wildcard"),
        ("https://*.shop.example", "there is no wildcard"),
        ("https://shop.example\n", "each must be one whole origin"),
        (5, "each must be one whole origin"),
    ],
)
def test_an_origin_that_no_browser_would_send_is_refused_with_the_right_one(origin: object, words: str) -> None:
    ((field, problem),) = refused(origins=["https://shop.example", origin])

    assert field == "origins"
    assert words in problem


def test_every_slip_is_told_at_once() -> None:
    assert [
        field for field, _ in refused(origin="x", messages_per_minute=0, origins="https://x.example", try_out=1)
    ] == [
        "origin",
        "messages_per_minute",
        "origins",
        "try_out",
    ]


@pytest.mark.parametrize("per_minute", [0, -1, 1.5, "20", True, 6001])
def test_the_rate_is_a_whole_number_from_one(per_minute: object) -> None:
    assert refused(messages_per_minute=per_minute) == [("messages_per_minute", "must be a whole number from 1 to 6000")]


def test_what_a_visitor_posts_is_read_without_a_signature() -> None:
    adapter: Adapter = load_platform("web").configure(channel="site", settings={})

    assert adapter.receive(Request(headers={}, body=QUESTION), now=NOW).events[0].conversation_id.startswith("Zm9v")
    with pytest.raises(BadPayload):
        adapter.receive(Request(headers={}, body=b"{}"), now=NOW)


async def test_a_reply_is_there_as_soon_as_it_is_written_down() -> None:
    adapter = WebAdapter.configure(channel="site", settings={"try_out": True})
    reply = Outbound(reply_id="r-1", conversation_id="v", created_at=NOW, content=Reply(kind="answer", text="好的"))

    async with open_session() as session:
        assert await adapter.send(wire=Wire(session=session), outbound=reply, now=NOW) == Sent()
    assert adapter.capabilities.resend == "same_key"
    assert not adapter.capabilities.announces
    assert adapter.capabilities.echoes == "no"
