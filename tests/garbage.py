"""A receiver that answers garbage: as many kinds of head and body as wanted, each the same for the same number."""

from __future__ import annotations

import asyncio
import dataclasses
import random
import zlib
from collections import Counter
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from adapters.contract import Outbound, Reply, Wire
from adapters.http import open_session
from adapters.webhook.adapter import WebhookAdapter
from bot.domain.delivering.delivery import judge, tidy
from tests.fakes import SECRET

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from aiohttp import ClientSession

NOW = datetime(2026, 11, 30, 2, 0, tzinfo=UTC)
PATIENCE_SECONDS = 1.0
AT_ONCE = 20

STATUS_LINES = (
    *(f"HTTP/1.1 {status} x".encode() for status in (100, 101, 102, 199, 200, 201, 202, 204, 205, 206, 226, 299)),
    *(f"HTTP/1.1 {status} x".encode() for status in (300, 301, 302, 304, 307, 308, 400, 401, 403, 404, 407, 408, 409)),
    *(f"HTTP/1.1 {status} x".encode() for status in (410, 413, 418, 422, 425, 429, 451, 500, 502, 503, 504, 599, 999)),
    b"HTTP/1.1 429",
    b"HTTP/1.1 200 \xff\xfe\x00",
    b"HTTP/1.0 429 later",
    b"HTTP/9.9 200 OK",
    b"HTTP/1.1 20 OK",
    b"HTTP/1.1 -200 OK",
    b"HTTP/1.1 99999999999999999999 OK",
    b"HTTP/1.1 two OK",
    b"ICY 200 OK",
    b"\x16\x03\x01\x02\x00\x01\x00",
    b"",
)
RETRY_AFTERS = (
    b"Mon, 01 Jan 2026 00:00:00 +99999999999999",
    b"Mon, 01 Jan 0000 00:00:00 GMT",
    b"Mon, 01 Jan 0001 00:00:00 +2359",
    b"Fri, 31 Dec 9999 23:59:59 -2359",
    b"Fri, 31 Dec 99999999999999999999 23:59:59 GMT",
    b"Mon, 99 Foo 2026 99:99:99 GMT",
    b"Mon, 01 Jan 2026 00:00:00 -00:00:00:00",
    b"-1",
    b"1e999",
    b"NaN",
    b"inf",
    b"9" * 5_000,
    "३०".encode(),
    b"\xff\xfe\x00",
    b"0x10",
    b"1, 2",
    b" ",
    b"",
    b"+5",
    b"5;q=1",
)
HEADERS = (
    b"Content-Type: application/json; charset=\xff\xfe",
    b"Content-Type: \x80" + b"a" * 500,
    b"Content-Encoding: gzip",
    b"Content-Encoding: br, zstd, x-\xe2\x98\x83",
    b"Transfer-Encoding: chunked",
    b"Transfer-Encoding: gzip, chunked, chunked",
    b"Transfer-Encoding: \x00",
    b"Content-Length: -1",
    b"Content-Length: 99999999999999999999999",
    b"Content-Length: 1e3",
    b"Content-Length: 3\r\nContent-Length: 5",
    b"Content-Length: 0",
    b"Connection: upgrade\r\nUpgrade: websocket",
    b"Connection: \xff",
    b'Set-Cookie: a="b; Path=\xff; Expires=Mon, 01 Jan 99999 00:00:00 GMT',
    b"Set-Cookie: =; =;=;" + b"x=y;" * 200,
    b"Location: http://169.254.169.254/latest",
    b"Location: http://[::1",
    b"Link: <%ff>; rel=\xff",
    b"Keep-Alive: timeout=-9999999999999",
    b"Date: Mon, 01 Jan 2026 00:00:00 +99999999999999",
    b"X-" + b"A" * 9_000 + b": 1",
    b"X-Long: " + b"a" * 9_000,
    b"no colon here",
    b": no name",
    b" folded: line",
    b"Retry After: 5",
    b"\x00: \x00",
    b"\r",
)
BODIES = (
    b"",
    b"{}",
    b"[]",
    b"null",
    b'{"message_id": "p-1"}',
    b'{"message_id": 99999999999999999999999999}',
    b'{"message_id": "\\u0000\\ud83d"}',
    b'{"message_id": "' + b"x" * 100_000 + b'"}',
    b'{"message_id": ["a"]}',
    b'{"message_id": "a\\u202eb"}',
    b'{"a":' * 5_000,
    b"[" * 20_000 + b"]" * 20_000,
    b"\xff\xfe" * 300,
    b"\x00" * 70_000,
    b'{"message_id": NaN}',
    b'{"message_id": "\\ud800',
    "会话已关闭".encode("gbk"),
    "会话已关闭".encode("utf-16"),
    zlib.compress(b"0" * 1_000_000),
    b"5\r\nhello\r\n0\r\n\r\n",
    b"ffffffffffffffff\r\nx\r\n",
    b"-5\r\nhello\r\n",
    b"zz\r\n",
    b"HTTP/1.1 200 OK\r\n\r\n" * 3,
    b"<html><script>alert(1)</script>",
)


def garbage(number: int) -> bytes:
    """All bytes of one answer."""
    dice = random.Random(number)  # noqa: S311 - the same garbage for the same number
    lines = [dice.choice(STATUS_LINES)]
    if dice.random() < 0.6:
        lines.append(
            b"Retry-After: " + (dice.choice(RETRY_AFTERS) if number % 3 else dice.randbytes(dice.randrange(40)))
        )
    lines += dice.sample(HEADERS, dice.choice((0, 0, 0, 1, 1, 2, 3)))
    body = dice.choice(BODIES) if number % 5 else dice.randbytes(dice.randrange(2_000))
    if dice.random() < 0.5:
        lines.append(b"Content-Length: %d" % len(body))
    whole = dice.choice((b"\r\n", b"\r\n", b"\r\n", b"\n")).join(lines) + b"\r\n\r\n" + body
    return whole if dice.random() < 0.8 else whole[: dice.randrange(len(whole))]


@dataclasses.dataclass
class Outcome:
    """What became of many kinds: how often each outcome came, what was raised, and which keys came with other bytes."""

    outcomes: Counter[str] = dataclasses.field(default_factory=Counter)
    raised: Counter[str] = dataclasses.field(default_factory=Counter)
    changed: list[str] = dataclasses.field(default_factory=list)


async def send_to_garbage(numbers: Sequence[int]) -> Outcome:
    """Send a reply twice to each kind, and judge what comes back as the bot does."""
    told, bodies = Outcome(), dict[str, bytes]()
    async with _receiver(told, bodies) as port, open_session() as session:
        settings = {"secret": SECRET, "reply_url": f"http://127.0.0.1:{port}/", "allow_private_reply_url": True}
        made = WebhookAdapter.configure(channel="tea", settings=settings)
        hasty = dataclasses.replace(made.capabilities, send_timeout_seconds=PATIENCE_SECONDS)
        adapter = dataclasses.replace(made, capabilities=hasty)
        for start in range(0, len(numbers), AT_ONCE):
            await asyncio.gather(*(_send_twice(adapter, session, n, told) for n in numbers[start : start + AT_ONCE]))
    return told


async def _send_twice(adapter: WebhookAdapter, session: ClientSession, number: int, told: Outcome) -> None:
    reply = Reply(kind="answer", text=f"第{number}种")
    outbound = Outbound(reply_id=f"r-{number}", conversation_id=f"c-{number}", created_at=NOW, content=reply)
    for tries in (1, 2):
        try:
            outcome = await adapter.send(wire=Wire(session=session), outbound=outbound, now=NOW)
            verdict = judge(
                tidy(outcome), capabilities=adapter.capabilities, tries=tries, created_at=NOW, now=NOW, jitter=0.5
            )
        except Exception as problem:  # noqa: BLE001 - whatever it is, is what is looked for
            told.raised[f"{type(problem).__name__}: {problem} (kind {number})"] += 1
        else:
            told.outcomes[f"{type(outcome).__name__} -> {verdict.state}"] += 1


@asynccontextmanager
async def _receiver(told: Outcome, bodies: dict[str, bytes]) -> AsyncIterator[int]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:] if b": " in line)
            body = await reader.readexactly(int(fields[b"content-length"]))
            key = fields[b"webhook-id"].decode()
            if bodies.setdefault(key, body) != body:
                told.changed.append(key)
            writer.write(garbage(int(key.removeprefix("r-"))))
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
