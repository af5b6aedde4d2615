"""Real sockets of all kinds before the server, with the clock of the connections turned by hand."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING
from weakref import ref

import pytest
from aiohttp import web

from bot.background import repeat
from bot.metrics import Metrics
from bot.web.server import attend, serving
from bot.web.shared import connections as limits
from bot.web.shared.connections import Connections
from bot.web.shared.doors import read_picture_body
from tests.fakes import FakeClock
from tests.slow_peers import Kind, Peer, kinds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

KINDS = {kind.name: kind for kind in kinds("/webhooks/tea", "/page")}
LONGEST_SECONDS = 15
PEERS_OF_EACH_KIND = 4
CANARY = "canary-7f3a"


@dataclass
class Door:
    port: int
    connections: Connections
    clock: FakeClock
    bodies: list[int] = field(default_factory=list)
    waiting: asyncio.Event = field(default_factory=asyncio.Event)
    asked: list[ref[web.Request]] = field(default_factory=list)

    async def peer(self, kind: Kind) -> Peer:
        return await Peer.connects(kind, "127.0.0.1", self.port)

    async def says(self, words: bytes) -> Peer:
        return await self.peer(Kind(name="this", first=words))

    async def asks(self, request: bytes) -> tuple[int, bytes]:
        """Status and body of the answer to one request on a connection of its own."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(request)
        answer = await reader.read()
        writer.transport.abort()
        head, _, body = answer.partition(b"\r\n\r\n")
        return (int(head.split()[1]) if head else 0), body

    async def is_well(self) -> bool:
        asked = b"GET /livez HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"
        return await self.asks(asked) == (200, b"ok")

    async def has(self, count: int) -> None:
        """Wait until so many connections are known."""
        async with asyncio.timeout(5):
            while len(self.connections) != count:
                await turn()

    async def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        self.connections.check()
        await turn()


async def turn() -> None:
    """Let the event loop see what has arrived."""
    await asyncio.sleep(0.001)


def start(tasks: asyncio.TaskGroup, name: str, step: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
    return tasks.create_task(repeat(name, step, metrics=Metrics()))


@asynccontextmanager
async def opened(*, at_most: int = 100) -> AsyncIterator[Door]:
    clock = FakeClock()
    door = Door(port=0, clock=clock, connections=Connections(clock=clock, at_most=at_most))

    async def read(request: web.Request) -> web.Response:
        door.asked.append(ref(request))
        door.bodies.append(len(await request.read()))
        return web.Response(text="read")

    async def stay(_request: web.Request) -> web.Response:
        await door.waiting.wait()
        return web.Response(text="stayed")

    async def fail(_request: web.Request) -> web.Response:
        raise ZeroDivisionError

    async def picture(request: web.Request) -> web.Response:
        return web.Response(text=str(len(await read_picture_body(request, {}))))

    async def livez(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def page(_request: web.Request) -> web.Response:
        return web.Response(body=b"x" * 200_000)

    app = web.Application(client_max_size=256 * 1024, middlewares=[attend])
    app.add_routes([web.post("/webhooks/tea", read), web.get("/stay", stay), web.get("/fail", fail)])
    app.add_routes([web.get("/livez", livez), web.get("/page", page), web.post("/picture", picture)])
    async with (
        asyncio.TaskGroup() as tasks,
        serving(
            app, host="127.0.0.1", port=0, connections=door.connections, at_work=partial(start, tasks)
        ) as door.port,
    ):
        yield door
        door.waiting.set()


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    async with opened() as one:
        yield one


@pytest.fixture
def collects_nothing() -> Iterator[None]:
    """A server at work looks for garbage seldom."""
    gc.disable()
    yield
    gc.enable()


def post(length: int, body: bytes) -> bytes:
    head = f"POST /webhooks/tea HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    return head.encode() + body


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: str(kind.name))
async def test_whoever_gives_nothing_is_let_go_within_fifteen_seconds(door: Door, kind: Kind) -> None:
    peers = [await door.peer(kind) for _ in range(PEERS_OF_EACH_KIND)]
    for _ in range(LONGEST_SECONDS):
        for peer in peers:
            peer.says_more()
        await turn()
        await door.time_passes(1)
    await door.has(0)
    assert await asyncio.gather(*(peer.is_let_go(within_seconds=5) for peer in peers)) == [True] * len(peers)
    assert await door.is_well()


async def test_who_takes_his_time_within_reason_is_served(door: Door) -> None:
    peer = await door.says(b"GET /stay HTTP/1.1\r\n")
    await door.has(1)
    await door.time_passes(9)
    peer.writer.write(b"Host: shop\r\nConnection: close\r\n\r\n")
    await turn()
    await door.time_passes(3600)
    door.waiting.set()
    assert b"stayed" in await peer.reader.read()
    peer.writer.transport.abort()


async def test_a_body_that_never_ends_is_given_up_in_words(door: Door) -> None:
    peer = await door.says(post(100, b"{"))
    await door.has(1)
    await turn()
    await door.time_passes(11)
    head, _, body = (await peer.reader.read()).partition(b"\r\n\r\n")
    assert b" 408 " in head
    assert json.loads(body) == {"error": "the body took longer than 10 s"}
    assert door.bodies == []
    peer.writer.transport.abort()


async def test_a_body_comes_at_a_kilobyte_a_second_or_goes(door: Door) -> None:
    slow, quick = await door.says(post(9_000, b"x" * 500)), await door.says(post(9_000, b"x" * 4_000))
    await door.has(2)
    await turn()
    await door.time_passes(7)
    assert b" 408 " in await slow.reader.read()
    quick.writer.write(b"x" * 5_000)
    assert b"read" in await quick.reader.read()
    assert door.bodies == [9_000]
    for peer in (slow, quick):
        peer.writer.transport.abort()


async def test_a_picture_may_take_its_time_as_long_as_it_comes(door: Door) -> None:
    head = b"POST /picture HTTP/1.1\r\nHost: shop\r\nConnection: close\r\nContent-Type: image/jpeg\r\n"
    whole = b"Content-Length: 3000000\r\n\r\n"
    steady, drip = [await door.says(head + whole + b"x" * 100_000) for _ in range(2)]
    await door.has(2)
    await turn()
    for _ in range(29):
        steady.writer.write(b"x" * 100_000)
        await turn()
        await door.time_passes(2)
    assert b" 408 " in await drip.reader.read()
    assert b"3000000" in await steady.reader.read()
    for peer in (steady, drip):
        peer.writer.transport.abort()


async def test_a_connection_that_is_not_used_again_is_let_go(door: Door) -> None:
    peer = await door.says(b"GET /livez HTTP/1.1\r\nHost: shop\r\n\r\n")
    assert b" 200 " in await peer.reader.readline()
    await door.time_passes(13)
    peer.writer.write(b"GET /livez HTTP/1.1\r\nHost: shop\r\n\r\n")
    while b" 200 " not in await peer.reader.readline():
        pass
    await door.time_passes(13)
    assert len(door.connections) == 1
    await door.time_passes(1)
    assert await peer.is_let_go(within_seconds=5)


async def test_a_header_without_end_is_refused_whatever_its_lines(door: Door) -> None:
    lines = b"".join(b"X-%d: %b\r\n" % (number, b"x" * 4_000) for number in range(20))
    status, body = await door.asks(b"GET / HTTP/1.1\r\nHost: shop\r\n" + lines)
    assert status == 431
    assert json.loads(body) == {"error": "the header is larger than 32 kB"}


async def test_a_large_body_is_no_large_header(door: Door) -> None:
    assert await door.asks(post(200_000, b"x" * 200_000)) == (200, b"read")
    assert door.bodies == [200_000]


async def test_who_asks_on_and_on_behind_an_answer_that_takes_long_is_let_go(door: Door) -> None:
    peer = await door.says(b"GET /stay HTTP/1.1\r\nHost: shop\r\n\r\n")
    await door.has(1)
    for _ in range(40):
        peer.writer.write(b"GET / HTTP/1.1\r\nX: " + b"x" * 4_000 + b"\r\n\r\n")
        await turn()
    assert await peer.is_let_go(within_seconds=5)


async def test_when_there_are_too_many_those_go_that_have_been_silent_the_longest(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with opened(at_most=5) as door:
        silent = [await door.says(b"") for _ in range(12)]
        assert await door.is_well()
        await door.has(4)
        gone = [peer for peer in silent if peer.reader.at_eof() or peer.reader.exception()]
        assert gone == silent[: len(gone)]
        told = [record for record in caplog.records if record.name == "bot.web.shared.connections"]
        assert [(record.levelno, record.__dict__["at_most"]) for record in told] == [(logging.WARNING, 5)]
        for peer in silent:
            peer.writer.transport.abort()


async def test_what_is_left_when_all_are_busy_is_for_platforms_and_supervisors() -> None:
    async with opened(at_most=10) as door:
        busy = [await door.says(b"GET /stay HTTP/1.1\r\nHost: shop\r\n\r\n") for _ in range(10)]
        await door.has(10)
        await turn()
        assert (await door.asks(b"GET /page HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"))[0] == 503
        assert await door.asks(post(2, b"{}")) == (200, b"read")
        assert await door.is_well()
        extra = await door.says(b"GET /stay HTTP/1.1\r\nHost: shop\r\n")
        await door.has(11)
        assert await door.is_well()
        assert await extra.is_let_go(within_seconds=5)
        for peer in busy:
            peer.writer.transport.abort()


async def test_half_sent_requests_take_so_much_memory_and_no_more(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "HELD_BYTES_AT_MOST", 300_000)
    half = [await door.says(post(200_000, b"x" * 100_000)) for _ in range(6)]
    assert await door.asks(post(200_000, b"x" * 200_000)) == (200, b"read")
    assert await half[0].is_let_go(within_seconds=5)
    for peer in half:
        peer.writer.transport.abort()


@pytest.mark.parametrize(
    "words",
    [
        f"GET /{CANARY} HTTP/9.9 {CANARY}\r\n\r\n",
        f"{CANARY} \r\n\r\n",
        f"GET / HTTP/1.1\r\n{CANARY} {CANARY}\r\n\r\n",
        f"GET / HTTP/1.1\r\nX: {CANARY}\x00\r\n\r\n",
        f"GET / HTTP/1.1\r\nX: {CANARY}{'x' * 10_000}\r\n\r\n",
        f"POST /webhooks/tea HTTP/1.1\r\nHost: shop\r\nContent-Length: {CANARY}\r\n\r\n",
        f"POST /webhooks/tea HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n{CANARY}\r\n",
        f"POST /webhooks/tea HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{CANARY}\r\n",
        "\x16\x03\x01\x02\x00\x01\x00",
    ],
)
async def test_what_cannot_be_read_is_refused_without_a_word_in_the_log(
    door: Door, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    status, body = await door.asks(words.encode())
    assert (status, body) == (400, limits.UNREADABLE.encode())
    assert caplog.records == []
    assert await door.is_well()


async def test_a_refused_message_that_does_not_end_is_not_read_without_end(
    door: Door, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(limits, "UNWANTED_BYTES_AT_MOST", 500_000)
    peer = await door.says(post(90_000_000, b"x" * 1_000_000))
    assert await peer.is_let_go(within_seconds=5)
    await turn()
    assert caplog.records == []


async def test_who_hangs_up_amid_his_message_is_no_error(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    peer = await door.says(post(100, b"{"))
    await door.has(1)
    await turn()
    peer.writer.transport.abort()
    await door.has(0)
    await turn()
    assert caplog.records == []


async def test_who_is_cut_before_his_message_is_looked_at_is_no_error(
    door: Door, caplog: pytest.LogCaptureFixture
) -> None:
    peer = await door.says(b"")
    await door.has(1)
    (connection,) = door.connections._open  # noqa: SLF001 - no socket is that quick on purpose
    connection.data_received(post(100, b"{"))
    connection.cut()
    await door.has(0)
    await turn()
    assert len(door.asked) == 1
    assert caplog.records == []
    peer.writer.transport.abort()


async def test_what_was_half_sent_is_freed_with_its_connection(door: Door, collects_nothing: None) -> None:
    del collects_nothing
    for _ in range(3):
        peer = await door.says(post(200_000, b"x" * 100_000))
        await door.has(1)
        await turn()
        peer.writer.transport.abort()
        await door.has(0)
    await turn()
    assert [request() for request in door.asked] == [None] * 3


async def test_a_mistake_of_ours_is_logged_and_not_shown(door: Door, caplog: pytest.LogCaptureFixture) -> None:
    status, body = await door.asks(b"GET /fail HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n")
    assert status == 500
    del body
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
