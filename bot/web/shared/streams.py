"""Event streams that pages keep open: never too many, fairly shared, and ended when the program stops."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.web.shared.connections import Connection
from bot.web.shared.pages import PLAIN_GUARDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aiohttp import web

HEARTBEAT_SECONDS = 15.0
STREAMS_AT_MOST = 2_000
STREAMS_PER_VISITOR = 6
STREAMS_PER_ADDRESS = 100
STREAM_HEADERS: Mapping[str, str] = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy that collects bytes first would hold back the answer
    **PLAIN_GUARDS,
}
ALIVE = b"event: alive\ndata: 1\n\n"


class TooManyStreams(Exception):
    """More event streams than we keep open; come back in a moment."""


@dataclass(slots=True)
class Streams:
    """The open event streams: never too many, fairly shared, and all closed at once when the program stops."""

    at_most: int = STREAMS_AT_MOST
    _open: dict[asyncio.Task[object], tuple[str, str]] = field(default_factory=dict)
    """Each stream with its visitor and address, the oldest first."""

    @contextlib.contextmanager
    def one_more(self, request: web.Request, visitor: str, address: str) -> Iterator[None]:
        """Count the running request as a stream; it ends when its reader goes away. Raises `TooManyStreams`."""
        of_visitor = sum(each == visitor for each, _ in self._open.values())
        of_address = sum(each == address for _, each in self._open.values())
        if of_visitor >= STREAMS_PER_VISITOR or of_address >= STREAMS_PER_ADDRESS:
            raise TooManyStreams
        if len(self._open) >= self.at_most:
            self._make_room(of_address)
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a stream is served by a task")
        self._open[task] = (visitor, address)
        if isinstance(request.protocol, Connection):
            request.protocol.stream = task
        try:
            yield
        finally:
            self._open.pop(task, None)
            if isinstance(request.protocol, Connection):
                request.protocol.stream = None

    def _make_room(self, of_address: int) -> None:
        """End the oldest stream of the address that has the most. Raises `TooManyStreams` when all have as few."""
        most, count = Counter(address for _, address in self._open.values()).most_common(1)[0]
        if count <= of_address + 1:
            raise TooManyStreams
        oldest = next(task for task, (_, address) in self._open.items() if address == most)
        del self._open[oldest]
        oldest.cancel()

    async def close(self, _: web.Application) -> None:
        """End all streams; browsers come back by themselves to whoever serves next."""
        for task in tuple(self._open):
            task.cancel()


def event(name: bytes, data: bytes, event_id: bytes = b"") -> bytes:
    """An event as it goes to the browser; with an id it moves the reader's place."""
    place = b"id: " + event_id + b"\n" if event_id else b""
    return b"event: " + name + b"\n" + place + b"data: " + data + b"\n\n"
