"""A cheap load generator and a fake platform on raw asyncio protocols: the cores are for what is measured.

Both ends are real HTTP/1.1 on loopback and both check the Standard Webhooks signature.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import hmac
import json
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

KEY = b"bench-bench-bench-bench-bench-ok"
SECRET = "whsec_" + base64.b64encode(KEY).decode()
ROOT = Path(__file__).parent.parent


def signed_request(path: str, message_id: str, body: bytes) -> bytes:
    """One POST as bytes, signed for now."""
    now = str(int(time.time()))
    mac = hmac.digest(KEY, f"{message_id}.{now}.".encode() + body, hashlib.sha256)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"webhook-id: {message_id}\r\nwebhook-timestamp: {now}\r\n"
        f"webhook-signature: v1,{base64.b64encode(mac).decode()}\r\n\r\n"
    )
    return head.encode() + body


def message(number: int, conversation: str, text: str, *, author: str = "buyer") -> tuple[str, bytes]:
    """A message of the webhook contract: its id and its body."""
    message_id = f"m-{number}"
    data = {
        "message_id": message_id,
        "conversation_id": conversation,
        "author": {"kind": author, "id": f"b-{conversation}"},
        "content": {"kind": "text", "text": text},
    }
    return message_id, json.dumps({"type": "message.created", "data": data}, ensure_ascii=False).encode()


class Line(asyncio.Protocol):
    """One keep-alive connection of the generator: one request at a time."""

    def __init__(self) -> None:
        self._left = b""
        self._answer: asyncio.Future[int] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self._left += data
        head, found, rest = self._left.partition(b"\r\n\r\n")
        if not found or len(rest) < _content_length(head):
            return
        self._left = b""
        assert self._answer is not None
        self._answer.set_result(int(head[9:12]))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    async def post(self, request: bytes) -> int:
        """Send and return the status."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer


class FakePlatform:
    """Takes replies, checks their signature, and remembers when the answer to each message arrived."""

    def __init__(self) -> None:
        self.answered: dict[str, float] = {}
        self.received = 0
        self.wrong = 0
        self.port = 0

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator[FakePlatform]:
        server = await asyncio.get_running_loop().create_server(lambda: _Incoming(self), "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()

    def take(self, head: bytes, body: bytes) -> None:
        headers = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
        named = {name.lower(): value for name, value in headers.items()}
        content = named[b"webhook-id"] + b"." + named[b"webhook-timestamp"] + b"." + body
        mac = base64.b64encode(hmac.digest(KEY, content, hashlib.sha256))
        if b"v1," + mac not in named[b"webhook-signature"].split():
            self.wrong += 1
            return
        self.received += 1
        data = json.loads(body)["data"]
        if data.get("kind", "welcome") != "welcome":  # notices to the desk have none
            now = time.monotonic()
            for message_id in data["in_reply_to"]:
                self.answered.setdefault(message_id, now)


class _Incoming(asyncio.Protocol):
    def __init__(self, platform: FakePlatform) -> None:
        self._platform = platform
        self._left = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is one in all but name

    def data_received(self, data: bytes) -> None:
        self._left += data
        while True:
            head, found, rest = self._left.partition(b"\r\n\r\n")
            length = _content_length(head) if found else 0
            if not found or len(rest) < length:
                return
            self._left = rest[length:]
            self._platform.take(head, rest[:length])
            assert self._transport is not None
            self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")


def _content_length(head: bytes) -> int:
    at = head.lower().find(b"content-length: ")
    return int(head[at + 16 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


async def connect(port: int, lines: int) -> list[Line]:
    """Open that many connections."""
    loop = asyncio.get_running_loop()
    return [(await loop.create_connection(Line, "127.0.0.1", port))[1] for _ in range(lines)]


@contextlib.asynccontextmanager
async def process(*arguments: str, ready_url: str) -> AsyncIterator[tuple[int, float]]:
    """Run a Python program of ours until the block ends; gives its pid and how many seconds it took to be ready."""
    started = time.monotonic()
    running = await asyncio.create_subprocess_exec(
        sys.executable, *arguments, cwd=ROOT, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        while not await asyncio.to_thread(_is_ready, ready_url):
            if running.returncode is not None:
                raise SystemExit(f"{arguments} ended by itself")
            await asyncio.sleep(0.01)
        yield running.pid, time.monotonic() - started
    finally:
        running.terminate()
        await running.wait()


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own loopback address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def memory_mb(pid: int) -> float:
    """Resident memory of a process."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def config(folder: Path, *, port: int, reply_port: int, database_url: str = "") -> Path:
    """A configuration for one signed channel, always open; SQLite in the folder unless a database is named."""
    file = folder / "config.toml"
    file.write_text(
        f"""
[server]
port = {port}
[database]
url = "{database_url or f"sqlite:///{folder}/bench.db"}"
[hours]
every_day = ["00:00-24:00"]
holidays = ["00:00-24:00"]
[[channels]]
name = "bench"
platform = "webhook"
secret = "{SECRET}"
reply_url = "http://127.0.0.1:{reply_port}/replies"
allow_private_reply_url = true
""",
        encoding="utf-8",
    )
    return file


def free_port() -> int:
    """A port nobody uses just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def percentile(sorted_values: list[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted_values[min(len(sorted_values) - 1, int(share * len(sorted_values)))]


def report(name: str, **figures: object) -> None:
    """One JSON line a figure, for machines."""
    print(json.dumps({"bench": name, **figures}, ensure_ascii=False), flush=True)
