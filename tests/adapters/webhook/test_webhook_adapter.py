"""The webhook channel against a real server: every way in which a send can end, and every slip in its settings."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import socket
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import ClientConnectorError, web
from yarl import URL

from adapters import load_platform
from adapters.contract import (
    Adapter,
    BadPayload,
    BadSettings,
    BadSignature,
    HandedOver,
    Outbound,
    Refused,
    Reply,
    Request,
    Returned,
    SendOutcome,
    Sent,
    TryLater,
    Unknown,
    Wire,
)
from adapters.http import open_session
from adapters.webhook.adapter import WebhookAdapter
from tests.fakes import SECRET, FakeClock, FakePlatform, Fault, Posted, Reaction

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from aiohttp import ClientSession
    from pytest_aiohttp import AiohttpServer

    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

OTHER_SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
CREATED = datetime(2026, 11, 22, 2, 0, 1, tzinfo=UTC)
REPLY = Outbound(
    reply_id="r-5f:1",
    conversation_id="c-77",
    created_at=CREATED,
    content=Reply(
        kind="answer", text="亲，新疆满199元包邮。", in_reply_to=("m-1001",), entry="postage-remote", confidence=0.97
    ),
)


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


def hurried(adapter: WebhookAdapter, *, send_timeout_seconds: float = 0.5) -> WebhookAdapter:
    """The same channel with less patience, for outcomes that take all of it."""
    return replace(adapter, capabilities=replace(adapter.capabilities, send_timeout_seconds=send_timeout_seconds))


def connect(platform: FakePlatform) -> WebhookAdapter:
    return WebhookAdapter.configure(channel="tea", settings=platform.channel_settings)


def channel_to(url: URL | str) -> WebhookAdapter:
    settings = {"secret": SECRET, "reply_url": str(url), "allow_private_reply_url": True}
    return WebhookAdapter.configure(channel="tea", settings=settings)


async def send(
    adapter: WebhookAdapter, session: ClientSession, clock: FakeClock, outbound: Outbound = REPLY
) -> SendOutcome:
    return await adapter.send(wire=Wire(session=session), outbound=outbound, now=clock.now())


# Settings


def refused(**settings: Any) -> list[tuple[str, str]]:
    with pytest.raises(BadSettings) as refusal:
        WebhookAdapter.configure(channel="tea", settings=settings)
    return [(each.field, each.problem) for each in refusal.value.problems]


def test_a_channel_without_a_secret_does_not_start_and_says_how_to_make_one() -> None:
    for secret in (None, "", [], [""]):
        ((field, problem),) = refused(reply_url="https://shop.example/replies", secret=secret)

        assert field == "secret"
        assert "is missing" in problem
        assert "import base64,secrets" in problem
        assert "openssl rand -base64 32" in problem


def test_every_slip_is_told_at_once() -> None:
    problems = refused(
        secret=["whsec_short", 5, SECRET, SECRET, SECRET],
        reply_url="http://10.0.0.5/",
        reply_uri="x",
        allow_private_reply_url="yes",
    )

    assert [field for field, _ in problems] == [
        "reply_uri",
        "allow_private_reply_url",
        "secret",
        "secret",
        "secret",
        "reply_url",
    ]
    assert all(SECRET not in problem and "whsec_short" not in problem for _, problem in problems)


@pytest.mark.parametrize("reply_url", [None, "", 5, "shop.example", "https://user:pw@shop.example/"])
def test_a_reply_address_is_whole_or_refused(reply_url: object) -> None:
    ((field, problem),) = refused(secret=SECRET, reply_url=reply_url)

    assert field == "reply_url"
    assert "pw" not in problem


def test_a_private_reply_address_is_refused_unless_it_is_meant() -> None:
    ((field, problem),) = refused(secret=SECRET, reply_url="http://192.168.1.9/replies")

    assert field == "reply_url"
    assert "allow_private_reply_url = true" in problem
    assert channel_to("http://192.168.1.9/replies").allow_private_reply_url


def test_a_channel_never_shows_its_secret_or_address() -> None:
    adapter = WebhookAdapter.configure(
        channel="tea", settings={"secret": [SECRET, OTHER_SECRET], "reply_url": "https://shop.example/r?token=abc"}
    )

    assert "abc" not in repr(adapter)
    assert str(adapter.secrets[0]) not in repr(adapter)


def test_the_platform_is_registered_and_promises_what_the_contract_says() -> None:
    adapter: Adapter = load_platform("webhook").configure(
        channel="tea", settings={"secret": SECRET, "reply_url": "https://shop.example/r"}
    )

    assert adapter.capabilities.resend == "same_key"
    assert adapter.capabilities.announces
    assert adapter.capabilities.echoes == "auto"
    assert adapter.capabilities.send_timeout_seconds == 10.0


# In


def test_a_request_is_checked_before_it_is_read(platform: FakePlatform, clock: FakeClock) -> None:
    adapter = connect(platform)
    nonsense = Posted(webhook_id="msg_1", body=b"{nonsense")

    with pytest.raises(BadPayload):
        adapter.receive(Request(headers=platform.sign(nonsense), body=nonsense.body), now=clock.now())
    with pytest.raises(BadSignature):
        adapter.receive(Request(headers=platform.sign(nonsense), body=b"{other"), now=clock.now())


def test_during_a_change_of_secret_both_are_accepted(clock: FakeClock) -> None:
    body = b'{"type":"conversation.closed","data":{"conversation_id":"c-1"}}'
    adapter = WebhookAdapter.configure(
        channel="tea", settings={"secret": [SECRET, OTHER_SECRET], "reply_url": "https://shop.example/r"}
    )

    for secret in (SECRET, OTHER_SECRET):
        sender = FakePlatform(clock=clock, secret=secret)
        headers = sender.sign(Posted(webhook_id="msg_1", body=body))
        assert adapter.receive(Request(headers=headers, body=body), now=clock.now()).events[0].conversation_id == "c-1"


# Out: what the receiver answers


async def test_a_reply_arrives_signed_and_the_platforms_id_comes_back(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    outcome = await send(connect(platform), session, clock)

    assert outcome == Sent("p-1")
    assert platform.heard("c-77") == ["亲，新疆满199元包邮。"]
    assert platform.ledger[0].webhook_id == "r-5f:1"
    assert platform.rejected == []


async def test_notices_arrive_at_the_shops_desk(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    adapter = connect(platform)
    notice = HandedOver(
        reason_code="no_match", reason="手册里没有能回答的", queue_position=1, reply_by=CREATED, urgent=True
    )
    await send(adapter, session, clock, replace(REPLY, reply_id="n-1", content=notice))
    await send(adapter, session, clock, replace(REPLY, reply_id="n-2", content=Returned()))

    assert [each.type for each in platform.notices("c-77")] == ["conversation.handed_over", "conversation.returned"]
    assert platform.heard() == []


async def test_the_same_reply_later_is_the_same_bytes_with_a_new_signature(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    adapter = connect(platform)
    platform.next_answers("reset_after")
    first = await send(adapter, session, clock)
    clock.advance(hours=1)
    second = await send(adapter, session, clock)

    assert isinstance(first, Unknown)
    assert isinstance(second, Sent)
    assert platform.ledger[0].body == platform.ledger[1].body
    assert [each.repeat for each in platform.ledger] == [False, True]
    assert platform.heard() == ["亲，新疆满199元包邮。"]
    assert platform.rejected == []


@pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299, 409])
async def test_taken(platform: FakePlatform, session: ClientSession, clock: FakeClock, status: int) -> None:
    platform.next_answers(Reaction(status=status, body=b""))

    assert await send(connect(platform), session, clock) == Sent(None)


@pytest.mark.parametrize("status", [410, 422])
async def test_refused_for_good_with_the_receivers_own_words(
    platform: FakePlatform, session: ClientSession, clock: FakeClock, status: int
) -> None:
    platform.next_answers(Reaction(status=status, body="买家已拉黑\n\x00\u202e店铺".encode() + b"\xff" * 500), status)
    adapter = connect(platform)

    outcome = await send(adapter, session, clock)
    assert isinstance(outcome, Refused)
    assert outcome.reason.startswith(f"the receiver answered {status} 买家已拉黑 店铺")
    assert len(outcome.reason) < 300
    assert await send(adapter, session, clock) == Refused(f"the receiver answered {status}")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("retry_after", "seconds"), [("7", 7.0), ("Sun, 22 Nov 2026 02:00:45 GMT", 45.0), ("whenever", None)]
)
async def test_later_when_the_receiver_asks_for_it(
    status: int, retry_after: str, seconds: float | None, clock: FakeClock
) -> None:
    async with FakePlatform(clock=clock) as platform, open_session() as session:
        platform.next_answers(Reaction(status=status, headers={"Retry-After": retry_after}), status)
        adapter = connect(platform)

        assert await send(adapter, session, clock) == TryLater(f"the receiver answered {status}", seconds)
        assert await send(adapter, session, clock) == TryLater(f"the receiver answered {status}", None)


@pytest.mark.parametrize("status", [300, 304, 400, 401, 403, 404, 405, 408, 413, 500, 501, 502, 504, 599])
async def test_anything_else_leaves_it_unknown(
    platform: FakePlatform, session: ClientSession, clock: FakeClock, status: int
) -> None:
    platform.next_answers(status)

    assert await send(connect(platform), session, clock) == Unknown(f"the receiver answered {status}")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(
    platform: FakePlatform, session: ClientSession, clock: FakeClock, status: int
) -> None:
    platform.next_answers(Reaction(status=status, headers={"Location": platform.reply_url}))

    assert await send(connect(platform), session, clock) == Unknown(f"the receiver answered {status}")
    assert len(platform.ledger) == 1


async def test_a_receiver_with_another_secret_turns_us_away(session: ClientSession, clock: FakeClock) -> None:
    async with FakePlatform(clock=clock, secret=OTHER_SECRET) as stranger:
        outcome = await send(channel_to(stranger.reply_url), session, clock)

        assert outcome == Unknown("the receiver answered 401")
        assert stranger.rejected == ["webhook-signature does not match"]


# Out: what the network does


@pytest.mark.parametrize("fault", ["timeout", "never"])
async def test_no_answer_in_time_leaves_it_unknown(
    platform: FakePlatform, session: ClientSession, clock: FakeClock, fault: Fault
) -> None:
    platform.next_answers(fault)

    outcome = await send(hurried(connect(platform)), session, clock)

    assert outcome == Unknown("127.0.0.1 did not answer within 0.5 seconds")
    assert len(platform.heard()) == (1 if fault == "timeout" else 0)


@pytest.mark.parametrize("fault", ["reset", "reset_after"])
async def test_a_cut_connection_leaves_it_unknown(
    platform: FakePlatform, session: ClientSession, clock: FakeClock, fault: Fault
) -> None:
    platform.next_answers(fault)

    assert isinstance(await send(connect(platform), session, clock), Unknown)
    assert len(platform.heard()) == (1 if fault == "reset_after" else 0)


async def test_a_refused_connection_is_a_no_for_now(session: ClientSession, clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed_soon:
        port = closed_soon.getsockname()[1]

    outcome = await send(channel_to(f"http://127.0.0.1:{port}/"), session, clock)

    assert isinstance(outcome, TryLater)
    assert outcome.retry_after_seconds is None


async def test_a_connection_nobody_takes_is_a_no_for_now(session: ClientSession, clock: FakeClock) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        place = full.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.settimeout(0)
            each.connect_ex(place)
        outcome = await send(hurried(channel_to(f"http://127.0.0.1:{place[1]}/")), session, clock)
        for each in waiting:
            each.close()

    assert outcome == TryLater("127.0.0.1 did not take the connection in time")


async def test_an_unknown_name_is_a_no_for_now(session: ClientSession, clock: FakeClock) -> None:
    assert isinstance(await send(channel_to("https://shop.invalid/"), session, clock), TryLater)


async def test_a_receiver_that_does_not_speak_tls_is_a_no_for_now(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    outcome = await send(channel_to(f"https://127.0.0.1:{platform.port}/replies"), session, clock)

    assert isinstance(outcome, TryLater)
    assert platform.ledger == []


async def test_a_receiver_that_does_not_speak_http_leaves_it_unknown(session: ClientSession, clock: FakeClock) -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.shop.example ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert isinstance(await send(channel_to(f"http://127.0.0.1:{port}/"), session, clock), Unknown)


async def test_a_spelling_that_the_client_cannot_call_is_refused(session: ClientSession, clock: FakeClock) -> None:
    assert isinstance(await send(channel_to("http://0/"), session, clock), Refused)


async def test_a_name_that_leads_into_a_private_network_is_refused_in_the_moment_of_sending(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    """`localhost` is refused by its spelling already; here it stands for a name that was changed after the start."""
    open_channel = replace(connect(platform), reply_url=URL(f"http://localhost:{platform.port}/replies"))
    channel = replace(open_channel, allow_private_reply_url=False)

    outcome = await send(channel, session, clock)

    assert outcome == Refused("localhost leads into a private network; nothing was sent")
    assert platform.ledger == []
    assert isinstance(await send(open_channel, session, clock), Sent)


async def test_the_session_itself_goes_nowhere_private(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    await send(hurried(channel_to(f"http://localhost:{platform.port}/nowhere")), session, clock)

    with pytest.raises(ClientConnectorError):
        await session.post(platform.reply_url)


async def test_one_channels_permission_is_not_anothers(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    allowed = connect(platform)
    barred = replace(allowed, reply_url=URL(f"http://localhost:{platform.port}/replies"), allow_private_reply_url=False)

    outcomes = await asyncio.gather(*(send(each, session, clock) for each in (allowed, barred) * 5))

    assert [type(each) for each in outcomes] == [Sent, Refused] * 5


# Out: odd bodies


async def answering(aiohttp_server: AiohttpServer, handler: Handler) -> WebhookAdapter:
    app = web.Application()
    app.router.add_post("/replies", handler)
    server = await aiohttp_server(app, shutdown_timeout=0.1)
    return channel_to(server.make_url("/replies"))


async def test_the_request_is_json_and_says_so(
    aiohttp_server: AiohttpServer, session: ClientSession, clock: FakeClock
) -> None:
    seen: list[str] = []

    async def look(request: web.Request) -> web.Response:
        seen.extend([request.content_type, str((await request.json())["type"])])
        seen.extend(request.headers.get(name, "") for name in ("Accept-Encoding", "Cookie"))
        return web.json_response({}, headers={"Set-Cookie": "a=b"})

    channel = await answering(aiohttp_server, look)
    channel = replace(channel, reply_url=channel.reply_url.with_host("localhost"))
    await send(channel, session, clock)
    await send(channel, session, clock)

    assert seen == ["application/json", "reply.created", "identity", ""] * 2


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b'{"message_id": "p-1", "pad": "' + b"x" * 70_000 + b'"}', {}),
        (gzip.compress(b'{"message_id": "p-1"}', mtime=0), {"Content-Encoding": "gzip"}),
        (b"<html>OK</html>", {"Content-Type": "text/html"}),
        (b"[" * 100_000, {}),
        (b"\xff\xfe", {}),
    ],
    ids=["too long", "compressed", "a page", "too deep", "not utf-8"],
)
async def test_a_yes_with_a_body_we_cannot_use_is_a_yes(
    platform: FakePlatform, session: ClientSession, clock: FakeClock, body: bytes, headers: dict[str, str]
) -> None:
    platform.next_answers(Reaction(body=body, headers=headers))

    assert await send(connect(platform), session, clock) == Sent(None)


@pytest.mark.parametrize("then", ["hang", "cut"])
async def test_a_yes_whose_body_never_ends_is_a_yes(
    aiohttp_server: AiohttpServer, session: ClientSession, clock: FakeClock, then: str
) -> None:
    done = asyncio.Event()

    async def begin(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(status=HTTPStatus.OK, headers={"Content-Length": "100"})
        await response.prepare(request)
        await response.write(b'{"message_id": ')
        if then == "hang":
            await done.wait()
        elif request.transport is not None:
            request.transport.abort()
        return response

    channel = hurried(await answering(aiohttp_server, begin))

    assert await send(channel, session, clock) == Sent(None)
    done.set()


async def test_what_was_sent_is_what_the_contract_shows(
    platform: FakePlatform, session: ClientSession, clock: FakeClock
) -> None:
    clock.advance(minutes=3)
    await send(connect(platform), session, clock)

    body = json.loads(platform.ledger[0].body)
    assert (body["type"], body["timestamp"]) == ("reply.created", "2026-11-22T02:00:01Z")
    assert body["data"]["in_reply_to"] == ["m-1001"]
    assert platform.ledger[0].at == CREATED - timedelta(seconds=1) + timedelta(minutes=3)
