"""Which peers may keep a connection, and for how long.

aiohttp's server waits as long as it takes for a header, a body or a reader. Here each connection owes us something by a
time: its header, its body, its reading of what we said. A late peer is let go, and when there are too many, those
that have owed us something the longest go first. `check` looks at all of them, twice a second while the server runs.
"""

from __future__ import annotations

import logging
import math
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Iterator

    from aiohttp.streams import StreamReader

    from bot.clock import Clock

log = logging.getLogger(__name__)

HEADER_SECONDS = 10.0
"""From its first byte, or from the start of the connection, to its end."""
IDLE_SECONDS = 13.5
"""From one answer to the end of the next request's header; under 15 with the time until somebody looks."""
BODY_GRACE_SECONDS = 5.0
"""From then on a body must have come at its pace since."""
READING_SECONDS = 8.0
"""How long a full pipe may stay full: its reader does not read what it asked for."""
CLOSING_SECONDS = 2.0
"""How long the last words may take to leave."""
UNWANTED_SECONDS = 10.0
UNWANTED_BYTES_AT_MOST = 64 * 1024 * 1024
"""How long, and how much of it, a body that was refused is still let come: most clients read our words after it."""
LARGEST_HEADER_BYTES = 32 * 1024
LARGEST_UNSENT_BYTES = 16 * 1024
HELD_BYTES_AT_MOST = 32 * 1024 * 1024
"""What half-sent requests may take together: a few of the largest pictures, and all else that comes meanwhile."""
WORTH_LETTING_GO_BYTES = 4 * 1024
MOST_CONNECTIONS = 4_000
RESERVED_SHARE = 0.1
FAULTS_OF_PEERS = (HttpProcessingError, web.RequestPayloadError, ConnectionError)
UNREADABLE = "this is no request that we can read\n"
TOO_SLOW = b'{"error":"the body took longer than %d s"}'
TOO_LARGE = b'{"error":"the header is larger than %d kB"}' % (LARGEST_HEADER_BYTES // 1024)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How a body has to come: the whole of it in so long, and no slower than so."""

    longest_seconds: float
    bytes_per_second: int


USUAL_PACE = Pace(longest_seconds=10.0, bytes_per_second=1_000)
PICTURES_PACE = Pace(longest_seconds=90.0, bytes_per_second=20_000)
"""A photo of 10 MB from a phone on the move."""


class Connection(web.RequestHandler):
    """One connection, and what it owes us. Its times are seconds of the monotonic clock."""

    __slots__ = ("_among", "_answering", "_began", "_body", "_due", "_header_bytes", "_read_by", "_unwanted",
                 "_unwanted_bytes", "_wire", "held_bytes", "is_extra", "pace", "stream")  # fmt: skip

    def __init__(self, server: web.Server, *, among: Connections, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(server, loop=loop, access_log=None, auto_decompress=False, lingering_time=UNWANTED_SECONDS)  # type: ignore[arg-type]  # None is what aiohttp's own runner takes
        self._among = among
        self._answering: web.BaseRequest | None = None
        self._body: StreamReader | None = None
        self._unwanted: StreamReader | None = None
        self._unwanted_bytes = 0
        self._began = self._due = 0.0
        self._read_by = math.inf
        self._header_bytes = 0
        self.pace = USUAL_PACE
        """How the body that is read just now has to come."""
        self.held_bytes = 0
        self.is_extra = False
        """Whether it is one more than there should be: only platforms and supervisors are served on it."""
        self.stream: asyncio.Task[object] | None = None
        """What to cancel at once when the peer goes away."""

    # What aiohttp and the event loop tell us

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._wire = cast("asyncio.Transport", transport)
        self._wire.set_write_buffer_limits(high=LARGEST_UNSENT_BYTES)
        self._due = self._among.now() + HEADER_SECONDS
        super().connection_made(transport)
        self._among.admit(self)

    def connection_lost(self, exc: BaseException | None) -> None:
        self._among.forget(self)
        super().connection_lost(exc)
        if self.stream is not None:
            self.stream.cancel()

    def data_received(self, data: bytes) -> None:
        within_body = self._body is not None and not self._body.is_eof()
        parsed = self._request_count
        super().data_received(data)
        bodies = [body for _, body in islice(reversed(self._messages), self._request_count - parsed)]
        if bodies:
            self._body = bodies[0]
        if not within_body:
            if self._header_bytes == 0:
                self._due = min(self._due, self._among.now() + HEADER_SECONDS)
            self._header_bytes += len(data) - sum(body.total_bytes for body in bodies)
        if self._header_bytes > LARGEST_HEADER_BYTES:
            self._refuse(b"431 Request Header Fields Too Large", TOO_LARGE)
        elif within_body and self._body is self._unwanted:
            self._throw_away(len(data))
        else:
            self._among.hold(self, len(data))

    def pause_writing(self) -> None:
        super().pause_writing()
        self._read_by = self._among.now() + READING_SECONDS

    def resume_writing(self) -> None:
        super().resume_writing()
        self._read_by = math.inf

    @contextmanager
    def answering(self, request: web.BaseRequest) -> Iterator[None]:
        """Note that this request is being answered, which the peer may wait for without owing us anything."""
        self._header_bytes = 0
        self._answering, self.pace = request, USUAL_PACE
        if not request.content.is_eof():
            self._began = self._among.now()
            self._among.owes(self)
        request.content.on_eof(lambda: self._has_all_of(request))
        try:
            yield
        except (*FAULTS_OF_PEERS, RuntimeError) as fault:
            if isinstance(fault, RuntimeError) and not self._is_gone_before_all_came(request.content):
                raise
            fault.__traceback__ = None  # the request keeps it, and it what was read so far: nobody would free that soon
            raise web.RequestPayloadError from None
        finally:
            self._answering = None
            self._unwanted, self._unwanted_bytes = request.content, 0
            self._due = self._among.now() + IDLE_SECONDS
            self._among.owes(self)
            self._among.hold(self, -self.held_bytes)

    def _has_all_of(self, request: web.BaseRequest) -> None:
        if self._answering is request:
            self._among.owes_nothing(self)

    def _is_gone_before_all_came(self, body: StreamReader) -> bool:
        """Whether there is nothing more to read: aiohttp then raises a bare RuntimeError."""
        return self.transport is None and not body.is_eof()

    # Letting go

    def is_late(self, now: float) -> bool:
        """Say whether it still owes us what was due."""
        body = None if self._answering is None else self._answering.content
        if body is None:
            return now >= self._due
        by_pace = BODY_GRACE_SECONDS + body.total_bytes / self.pace.bytes_per_second
        return now >= self._began + min(self.pace.longest_seconds, by_pace)

    def is_stuck(self, now: float) -> bool:
        """Say whether what was said to it has waited too long to leave."""
        if self._wire.is_closing():
            self._read_by = min(self._read_by, now + CLOSING_SECONDS)
        return now >= self._read_by

    def let_go(self) -> None:
        """Say why, where an answer is awaited, and close."""
        if self._answering is None:
            self.force_close()
        else:
            self._refuse(b"408 Request Timeout", TOO_SLOW % self.pace.longest_seconds)

    def cut(self) -> None:
        """Close at once, whatever has not left yet."""
        self.force_close()
        self._wire.abort()

    def _throw_away(self, data_bytes: int) -> None:
        """The answer is out, and aiohttp reads the rest of the body into nothing."""
        self._unwanted_bytes += data_bytes
        if self._unwanted_bytes > UNWANTED_BYTES_AT_MOST:
            self.cut()

    def _refuse(self, status: bytes, body: bytes) -> None:
        begun = self._answering is not None and self._answering.writer.output_size > 0
        if not begun and not self._wire.is_closing():
            head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
            self._wire.write(head % (status, len(body)) + body)
        self.force_close()

    # What goes wrong on the peer's side is no news, and is not repeated: it may hold anything

    def log_exception(self, *args: object, **more: Any) -> None:  # noqa: ANN401 - as aiohttp has it
        fault = more.get("exc_info")
        is_gone = self._unwanted is not None and self._is_gone_before_all_came(self._unwanted)
        if not (is_gone and isinstance(fault, RuntimeError)) and not isinstance(fault, FAULTS_OF_PEERS):
            super().log_exception(*args, **more)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if isinstance(exc, FAULTS_OF_PEERS):
            status, message = 400, UNREADABLE
        return super().handle_error(request, status, exc, message)


@dataclass(slots=True, kw_only=True)
class Connections:
    """All that are open. Those above `at_most` serve platforms and supervisors only, and a tenth more is the end."""

    clock: Clock
    at_most: int = MOST_CONNECTIONS
    _open: set[Connection] = field(default_factory=set)
    _owing: dict[Connection, None] = field(default_factory=dict)
    """The connections that owe us a header or a body, the longest first."""
    _held_bytes: int = 0
    _is_full: bool = False

    def now(self) -> float:
        return self.clock.monotonic()

    def __len__(self) -> int:
        return len(self._open)

    def admit(self, connection: Connection) -> None:
        """Take in one more, in the place of whoever has owed us something the longest if there is no other."""
        self._open.add(connection)
        if len(self._open) > self.at_most:
            self._note_full()
            self._cut_first(at_least_bytes=0)
            connection.is_extra = len(self._open) > self.at_most
        self._owing[connection] = None
        if len(self._open) > self.at_most * (1 + RESERVED_SHARE):
            connection.cut()
            self.forget(connection)

    def forget(self, connection: Connection) -> None:
        """It is gone."""
        self.hold(connection, -connection.held_bytes)
        self._open.discard(connection)
        self.owes_nothing(connection)

    def owes(self, connection: Connection) -> None:
        """It owes us a header or a body from now on."""
        if connection in self._open:
            self._owing.pop(connection, None)
            self._owing[connection] = None

    def owes_nothing(self, connection: Connection) -> None:
        """It waits for us."""
        self._owing.pop(connection, None)

    def hold(self, connection: Connection, more_bytes: int) -> None:
        """It has sent this much more, or its request is dealt with. Half a request that is old makes room."""
        connection.held_bytes += more_bytes
        self._held_bytes += more_bytes
        if more_bytes > 0 and self._held_bytes > HELD_BYTES_AT_MOST:
            self._cut_first(at_least_bytes=WORTH_LETTING_GO_BYTES)

    def check(self) -> None:
        """Let go of whoever is late."""
        now = self.now()
        for connection in tuple(self._open):
            if connection.is_stuck(now):
                connection.cut()
            elif connection in self._owing and connection.is_late(now):
                connection.let_go()
        if len(self._open) < self.at_most / 2:
            self._is_full = False

    def _cut_first(self, *, at_least_bytes: int) -> None:
        first = next((each for each in self._owing if each.held_bytes >= at_least_bytes), None)
        if first is not None:
            first.cut()
            self.forget(first)

    def _note_full(self) -> None:
        if not self._is_full:
            log.warning(
                "too many connections: those that send nothing make room, new ones are for platforms only",
                extra={"open": len(self._open), "at_most": self.at_most},
            )
        self._is_full = True
