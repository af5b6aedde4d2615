"""The chat window of the shop's own site: its page, the script that embeds it, its messages and its event stream."""

from __future__ import annotations

import asyncio
import contextlib
import math
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self

import orjson
from aiohttp import ClientConnectionResetError, web

from adapters.contract import Adapter, BadPayload, Request
from bot.errors import StorageDown
from bot.storage.transcript import Cursor, read_since
from bot.web.shared.connections import Connection
from bot.web.shared.doors import is_this_machine, read_json_body
from bot.web.shared.http_outcomes import RETRY_AFTER_SECONDS, accept, invalid, too_fast, try_later
from bot.web.shared.pages import LANGUAGES, PLAIN_GUARDS, language_of, page
from bot.web.shared.rate_limit import ALLOWED, RateLimit, take_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.actions.receive_messages import Receiver
    from bot.clock import Clock
    from bot.live import Live
    from bot.storage.engine.database import Database
    from bot.storage.transcript import Item, Transcript
    from bot.web.console.wording import Wording
    from bot.web.shared.doors import Doors
    from bot.web.shared.pages import Language, Pages

BUYERS_PER_ADDRESS = 10
"""How many buyers may share one address (a family, an office) before they slow each other down."""
BUYERS_PER_CHANNEL = 100
"""How many may write through one window as fast as one may."""
HEARTBEAT_SECONDS = 15.0
STREAMS_AT_MOST = 2_000
STREAMS_PER_VISITOR = 6
STREAMS_PER_ADDRESS = 100
VISITOR_HEADER = "Xiaoer-Visitor"
"""Names the visitor of a stream. An address would stand in histories and in the logs of proxies."""
_VISITOR = re.compile(r"[A-Za-z0-9_-]{32,64}")
_EMBED_CACHE = "public, max-age=300"


class ChatAdapter(Adapter, Protocol):
    """What a channel of the `web` platform has besides being an adapter."""

    @property
    def origins(self) -> tuple[str, ...]:
        """The sites that may embed the window."""
        ...

    @property
    def messages_per_minute(self) -> int:
        """How much one buyer may say."""
        ...

    @property
    def try_out(self) -> bool:
        """Whether it is the try-out page's own: on this machine only, and with the why."""
        ...


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How fast one window is written to: by each visitor, from each address, and by all together."""

    visitor: RateLimit
    address: RateLimit
    channel: RateLimit

    @classmethod
    def of(cls, *, per_minute: int, clock: Clock) -> Self:
        return cls(
            visitor=RateLimit(per_minute=per_minute, clock=clock),
            address=RateLimit(per_minute=per_minute * BUYERS_PER_ADDRESS, clock=clock),
            channel=RateLimit(per_minute=per_minute * BUYERS_PER_CHANNEL, clock=clock),
        )

    def take(self, visitor: str) -> float:
        """Count one message of this visitor, or say how many seconds it is too early for it."""
        return take_all([(self.visitor, visitor), (self.channel, "")])


@dataclass(frozen=True, slots=True, kw_only=True)
class Chat:
    """Everything the chat window's routes touch."""

    pages: Pages
    wording: Wording
    channels: Mapping[str, ChatAdapter]
    receiver: Receiver
    database: Database
    live: Live
    clock: Clock
    shop_name: str
    doors: Doors
    streams: Streams
    limits: dict[str, Limits] = field(default_factory=dict)

    def channel_of(self, request: web.Request) -> tuple[str, ChatAdapter]:
        """Return the channel that a request names. Raises 404 when there is none, or none for this visitor."""
        name = request.match_info["channel"]
        adapter = self.channels.get(name)
        if adapter is None or (adapter.try_out and not self.doors.may_try_out(request)):
            raise web.HTTPNotFound(text="there is no such chat window", headers=PLAIN_GUARDS)
        return name, adapter

    async def window(self, request: web.Request) -> web.Response:
        name, adapter = self.channel_of(request)
        product = request.query.get("product", "")[:200]
        language = language_of(request)
        html = self.pages.render(
            "chat/page.html",
            language=language,
            root="../",
            channel=name,
            shop_name=self.shop_name,
            has_desk=adapter.capabilities.desk,
            product=product,
        )
        return page(html, framed_by=adapter.origins)

    async def embed(self, request: web.Request) -> web.Response:
        name, _ = self.channel_of(request)
        book = {each: self.pages.section(each, "embed") for each in LANGUAGES}
        script = self.pages.render("chat/embed.js", language="en", channel=name, shop_name=self.shop_name, book=book)
        headers = {"Cache-Control": _EMBED_CACHE, "Cross-Origin-Resource-Policy": "cross-origin", **PLAIN_GUARDS}
        return web.Response(text=script, content_type="text/javascript", charset="utf-8", headers=headers)

    async def messages(self, request: web.Request) -> web.Response:
        name, adapter = self.channel_of(request)
        limits = None if adapter.try_out and is_this_machine(request) else self._limits_of(name, adapter)
        wait_seconds = ALLOWED if limits is None else limits.address.take(self.doors.address_of(request))
        if wait_seconds > ALLOWED:
            return too_fast(math.ceil(wait_seconds))
        body = await read_json_body(request, PLAIN_GUARDS)
        try:
            received = adapter.receive(Request(body=body), now=self.clock.now())
        except BadPayload as bad:
            return invalid(bad)
        wait_seconds = ALLOWED if limits is None else limits.take(received.events[0].conversation_id)
        if wait_seconds > ALLOWED:
            return too_fast(math.ceil(wait_seconds))
        return await accept(self.receiver, name, received)

    async def events(self, request: web.Request) -> web.StreamResponse:
        name, adapter = self.channel_of(request)
        visitor = request.headers.get(VISITOR_HEADER) or request.query.get("visitor", "")  # as windows before 0.2 do
        if not _VISITOR.fullmatch(visitor):
            raise web.HTTPBadRequest(text="visitor: 32 to 64 characters, made at random", headers=PLAIN_GUARDS)
        try:
            with self.streams.one_more(request, visitor, self.doors.address_of(request)):
                return await self._stream(request, name, visitor, whys=adapter.try_out)
        except TooManyStreams:
            return too_fast(RETRY_AFTER_SECONDS)
        except StorageDown:
            return try_later("the shop's database does not answer", RETRY_AFTER_SECONDS)

    async def _stream(self, request: web.Request, channel: str, visitor: str, *, whys: bool) -> web.StreamResponse:
        language = language_of(request)
        cursor = _cursor_of(request)
        response = web.StreamResponse(headers=STREAM_HEADERS)
        with self.live.watch(channel, visitor) as changed:
            transcript = await read_since(self.database, channel=channel, conversation=visitor, after=cursor)
            await response.prepare(request)
            news = b"retry: 1000\n\n" + self._told(transcript, language, whys=whys)
            with contextlib.suppress(ClientConnectionResetError, StorageDown):  # the browser comes back
                while True:
                    await response.write(news)
                    await changed.wait(at_most_seconds=HEARTBEAT_SECONDS)
                    before, cursor = transcript, transcript.cursor
                    transcript = await read_since(self.database, channel=channel, conversation=visitor, after=cursor)
                    news = self._told(transcript, language, whys=whys) if _has_news(before, transcript) else ALIVE
        return response

    def _told(self, transcript: Transcript, language: Language, *, whys: bool) -> bytes:
        """What happened, as events. Only the last one moves the reader's place, so a cut between them loses nothing."""
        said = [_event(b"why", self.wording.say(why, language)) for why in transcript.whys] if whys else []
        items = {"items": [_shown(item) for item in transcript.items], "mode": transcript.mode}
        return b"".join([*said, _event(b"transcript", orjson.dumps(items), str(transcript.cursor).encode())])

    def _limits_of(self, channel: str, adapter: ChatAdapter) -> Limits:
        if channel not in self.limits:
            self.limits[channel] = Limits.of(per_minute=adapter.messages_per_minute, clock=self.clock)
        return self.limits[channel]


STREAM_HEADERS: Mapping[str, str] = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # a proxy that collects bytes first would hold back the answer
    **PLAIN_GUARDS,
}
ALIVE = b"event: alive\ndata: 1\n\n"


def chat_routes(chat: Chat) -> list[web.RouteDef]:
    """The routes of every chat window."""
    return [
        web.get("/chat/{channel}", chat.window),
        web.get("/chat/{channel}/embed.js", chat.embed),
        web.post("/chat/{channel}/messages", chat.messages),
        web.get("/chat/{channel}/events", chat.events),
    ]


def _cursor_of(request: web.Request) -> Cursor:
    """Where this reader stopped: the browser says it by itself, or our script does when it had to start afresh."""
    return Cursor.parse(request.headers.get("Last-Event-ID") or request.query.get("after", ""))


def _has_news(before: Transcript, now: Transcript) -> bool:
    return bool(now.items or now.whys) or now.mode != before.mode


def _shown(item: Item) -> dict[str, object]:
    """What a buyer's browser needs of an item, and nothing else."""
    return {
        "id": item.id,
        "author": item.author,
        "kind": item.kind,
        "text": item.text,
        "choices": item.choices,
        "at": item.at,
        "state": item.state,
    }


def _event(name: bytes, data: bytes, event_id: bytes = b"") -> bytes:
    place = b"id: " + event_id + b"\n" if event_id else b""
    return b"event: " + name + b"\n" + place + b"data: " + data + b"\n\n"
