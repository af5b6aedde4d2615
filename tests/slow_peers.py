"""Nine kinds of peers that hold a connection and give nothing for it: a few of each in tests, many in `make attack`."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import Self

LONG_LINE = b"X-Long: " + b"x" * 4_000 + b"\r\n"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What such a peer says first, what it says every second after, and whether it then sends no more."""

    name: str
    first: bytes = b""
    more: bytes = b""
    half_closes: bool = False
    never_reads: bool = False


def _post(path: str, header: bytes) -> bytes:
    return b"POST %b HTTP/1.1\r\nHost: shop\r\nContent-Type: application/json\r\n%b\r\n\r\n{" % (path.encode(), header)


def kinds(posts_to: str, page: str) -> tuple[Kind, ...]:
    """The nine kinds: `posts_to` is where a body is read, `page` a page that is long enough to fill pipes."""
    get = b"GET %b HTTP/1.1\r\nHost: shop\r\n\r\n" % page.encode()
    return (
        Kind(name="silent"),
        Kind(name="header drip", first=b"GET / HT", more=b"x"),
        Kind(name="body drip", first=_post(posts_to, b"Content-Length: 100000"), more=b" "),
        Kind(name="chunk drip", first=_post(posts_to, b"Transfer-Encoding: chunked")[:-1], more=b"1\r\n \r\n"),
        Kind(name="huge header", first=b"GET / HTTP/1.1\r\n" + 7 * LONG_LINE, more=LONG_LINE),
        Kind(name="half-close", first=b"GET / HTTP/1.1\r\nHost: ", half_closes=True),
        Kind(name="pipelined", first=3 * get + b"GET / HTTP/1.1\r\nHo", more=b"s"),
        Kind(name="never reading", first=40 * get, more=2 * get, never_reads=True),
        Kind(name="TLS hello", first=b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(200))),
    )


@dataclass(kw_only=True)
class Peer:
    """One of them. It reads nothing until it is asked whether it was let go."""

    kind: Kind
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def connects(cls, kind: Kind, host: str, port: int) -> Self:
        reader, writer = await asyncio.open_connection(host, port)
        if kind.never_reads:
            writer.transport.pause_reading()  # type: ignore[attr-defined]  # a socket's transport reads too
        writer.transport.set_write_buffer_limits(high=0)
        writer.write(kind.first)
        if kind.half_closes:
            writer.write_eof()
        return cls(kind=kind, reader=reader, writer=writer)

    def says_more(self) -> None:
        if (
            self.kind.more
            and not self.writer.transport.is_closing()
            and not self.writer.transport.get_write_buffer_size()
        ):
            self.writer.write(self.kind.more)

    async def is_let_go(self, *, within_seconds: float) -> bool:
        """Read to the end: True when the other side has closed."""
        if self.kind.never_reads:
            self.writer.transport.resume_reading()  # type: ignore[attr-defined]  # as above
        try:
            async with asyncio.timeout(within_seconds):
                with contextlib.suppress(ConnectionError):
                    while await self.reader.read(65_536):
                        pass
        except TimeoutError:
            return False
        finally:
            self.writer.transport.abort()
        return True
