"""The chat window of the shop's own site: its page, the script that embeds it, its messages and its event stream."""

from __future__ import annotations

import contextlib
import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, Self, cast

import orjson
from aiohttp import ClientConnectionResetError, web

from adapters.contract import Adapter, BadPayload, Request
from adapters.fields import Fields, read_object
from bot.actions.messages.keep_picture import Kept, keep_buyers_picture
from bot.actions.messages.leave_contact import leave_contact
from bot.domain.channels.channel import WEB
from bot.domain.desk.contacts import Contact
from bot.errors import StorageDown
from bot.storage.answering import pictures
from bot.storage.answering.beside import buyer_did
from bot.storage.answering.places import Place
from bot.storage.transcript import Cursor, read_since
from bot.web.shared.doors import is_this_machine, read_json_body, read_picture_body
from bot.web.shared.http_outcomes import RETRY_AFTER_SECONDS, SWITCHED_OFF_SECONDS, accept, invalid, too_fast
from bot.web.shared.pages import LANGUAGES, PLAIN_GUARDS, language_of, page
from bot.web.shared.rate_limit import ALLOWED, RateLimit, take_all
from bot.web.shared.streams import ALIVE, HEARTBEAT_SECONDS, STREAM_HEADERS, TooManyStreams, event

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.actions.messages.leave_contact import NotLeft
    from bot.actions.messages.receive_messages import Receiver
    from bot.clock import Clock
    from bot.domain.channels.channel import Channel
    from bot.live import Live
    from bot.redrawing import Redrawer
    from bot.storage.engine.database import Database
    from bot.storage.transcript import Item, Transcript
    from bot.web.console.wording import Wording
    from bot.web.shared.doors import Doors
    from bot.web.shared.pages import Language, Pages
    from bot.web.shared.streams import Streams
    from bot.web.shared.try_door import TryDoor

BUYERS_PER_ADDRESS = 10
"""How many buyers may share one address (a family, an office) before they slow each other down."""
BUYERS_PER_CHANNEL = 100
"""How many may write through one window as fast as one may."""
VISITOR_HEADER = "Xiaoer-Visitor"
"""Names the visitor of a stream. An address would stand in histories and in the logs of proxies."""
_VISITOR = re.compile(r"[A-Za-z0-9_-]{32,64}")
_REPLY = re.compile(r"o\d{1,18}", re.ASCII)
SIGNS_PER_MINUTE = 60
_NOT_LEFT: Mapping[NotLeft, str] = {
    "no_contact": "contact: a phone number or a mail address",
    "no_conversation": "say something first: this visitor has no conversation here",
}
_EMBED_CACHE = "public, max-age=300"
_SWITCHED_OFF: Mapping[str, str] = {"Retry-After": str(SWITCHED_OFF_SECONDS), **PLAIN_GUARDS}


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
    find: Callable[[str], Awaitable[Channel | None]]
    """The channel of a name. Raises `StorageDown` where it is not known here, and cannot be looked for."""
    receiver: Receiver
    database: Database
    live: Live
    clock: Clock
    shop_name: str
    has_desk: Callable[[str], bool]
    is_staffed: Callable[[str], bool]
    """Whether people of the shop answer there at this hour."""
    product_title: Callable[[str], str]
    """What the manual calls a product; "" for one that it does not know."""
    doors: Doors
    try_door: TryDoor
    streams: Streams
    redrawer: Redrawer
    limits: dict[str, Limits] = field(default_factory=dict)
    sign_limits: dict[str, RateLimit] = field(default_factory=dict)

    async def channel_of(self, request: web.Request, *, takes_in: bool = False) -> tuple[str, ChatAdapter]:
        """Return the channel that a request names. Raises 404 when there is none, or none for this visitor.

        `takes_in`: something is to come in by it, so 503 is raised where it is switched off.
        """
        name = request.match_info["channel"]
        channel = await self.find(name)
        adapter = None if channel is None or channel.platform != WEB else cast("ChatAdapter", channel.adapter)
        if channel is None or adapter is None or (adapter.try_out and not await self.try_door.lets_in(request)):
            raise web.HTTPNotFound(text="there is no such chat window", headers=PLAIN_GUARDS)
        if takes_in and not channel.takes_in:
            raise web.HTTPServiceUnavailable(text="this chat window is switched off", headers=_SWITCHED_OFF)
        return name, adapter

    async def window(self, request: web.Request) -> web.Response:
        name, adapter = await self.channel_of(request, takes_in=True)
        product = request.query.get("product", "")[:200]
        language = language_of(request)
        html = self.pages.render(
            "chat/page.html",
            language=language,
            root="../",
            channel=name,
            shop_name=self.shop_name,
            has_desk=self.has_desk(name),
            product=product,
            product_title=self.product_title(product),
        )
        return page(html, framed_by=adapter.origins)

    async def embed(self, request: web.Request) -> web.Response:
        name, _ = await self.channel_of(request, takes_in=True)
        book = {each: self.pages.section(each, "embed") for each in LANGUAGES}
        script = self.pages.render("chat/embed.js", language="en", channel=name, shop_name=self.shop_name, book=book)
        headers = {"Cache-Control": _EMBED_CACHE, "Cross-Origin-Resource-Policy": "cross-origin", **PLAIN_GUARDS}
        return web.Response(text=script, content_type="text/javascript", charset="utf-8", headers=headers)

    async def messages(self, request: web.Request) -> web.Response:
        name, adapter = await self.channel_of(request, takes_in=True)
        limits = self._limits_for(request, name, adapter)
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

    async def hand_in_picture(self, request: web.Request) -> web.Response:
        """Keep a picture of this visitor's; a message names it then."""
        _, adapter = await self.channel_of(request, takes_in=True)
        place = await self._place_of(request)
        wait_seconds = self._limits_of(place.channel, adapter).take(place.external_id)
        if wait_seconds > ALLOWED:
            return too_fast(math.ceil(wait_seconds))
        data = await read_picture_body(request, PLAIN_GUARDS)
        kept = await keep_buyers_picture(
            database=self.database, clock=self.clock, redrawer=self.redrawer, place=place, data=data
        )
        if isinstance(kept, Kept):
            return web.json_response({"picture": kept}, status=201, headers=PLAIN_GUARDS)
        status = 429 if kept == "too_many_pictures" else 422
        return web.json_response({"problem": kept}, status=status, headers=PLAIN_GUARDS)

    async def picture(self, request: web.Request) -> web.Response:
        """A picture of this visitor's own conversation."""
        place, name = await self._place_of(request), request.match_info["name"]
        found = await self.database.read(pictures.read, name, channel=place.channel, external_id=place.external_id)
        if found is None:
            raise web.HTTPNotFound(text="there is no such picture", headers=PLAIN_GUARDS)
        headers = {"Cache-Control": "private, max-age=86400", **PLAIN_GUARDS}
        return web.Response(body=found.body, content_type=found.mime, headers=headers)

    async def _place_of(self, request: web.Request) -> Place:
        """The conversation of the visitor who asks. Raises 400 and 404."""
        name, _ = await self.channel_of(request)
        visitor = request.headers.get(VISITOR_HEADER, "")
        if not _VISITOR.fullmatch(visitor):
            raise web.HTTPBadRequest(text="visitor: 32 to 64 characters, made at random", headers=PLAIN_GUARDS)
        return Place(channel=name, external_id=visitor)

    async def leave_contact(self, request: web.Request) -> web.Response:
        """Keep how this visitor can be reached when they have left."""
        name, adapter = await self.channel_of(request)
        limits, place = self._limits_for(request, name, adapter), await self._place_of(request)
        wait_seconds = ALLOWED if limits is None else limits.address.take(self.doors.address_of(request))
        if wait_seconds > ALLOWED or not self._may_sign(name, place.external_id):
            return too_fast(max(math.ceil(wait_seconds), RETRY_AFTER_SECONDS))
        try:
            fields = Fields(read_object(await read_json_body(request, PLAIN_GUARDS)), [], left_out=[])
            text = fields.optional_text("contact")
            left = await leave_contact(database=self.database, live=self.live, clock=self.clock, place=place, text=text)
        except BadPayload as bad:
            return invalid(bad)
        if isinstance(left, Contact):
            return web.json_response({"kept": left.value}, headers=PLAIN_GUARDS)
        told = {"kept": "", "reason": left, "problem": _NOT_LEFT[left]}
        return web.json_response(told, status=422, headers=PLAIN_GUARDS)

    async def events(self, request: web.Request) -> web.StreamResponse:
        name, adapter = await self.channel_of(request)
        visitor = request.headers.get(VISITOR_HEADER, "")
        if not _VISITOR.fullmatch(visitor):
            raise web.HTTPBadRequest(text="visitor: 32 to 64 characters, made at random", headers=PLAIN_GUARDS)
        try:
            with self.streams.one_more(request, visitor, self.doors.address_of(request)):
                return await self._stream(request, name, visitor, whys=adapter.try_out)
        except TooManyStreams:
            return too_fast(RETRY_AFTER_SECONDS)

    async def _stream(self, request: web.Request, channel: str, visitor: str, *, whys: bool) -> web.StreamResponse:
        language = language_of(request)
        cursor = _cursor_of(request)
        response = web.StreamResponse(headers=STREAM_HEADERS)
        with self.live.watch(channel, visitor) as changed:
            transcript, staffed = await self._read(channel, visitor, cursor), self.is_staffed(channel)
            await response.prepare(request)
            news = b"retry: 1000\n\n" + self._told(transcript, language, whys=whys, staffed=staffed)
            with contextlib.suppress(ClientConnectionResetError, StorageDown):  # the browser comes back
                while True:
                    await response.write(news)
                    await changed.wait(at_most_seconds=HEARTBEAT_SECONDS)
                    before, cursor, was = transcript, transcript.cursor, staffed
                    transcript, staffed = await self._read(channel, visitor, cursor), self.is_staffed(channel)
                    is_news = _has_news(before, transcript) or staffed != was
                    news = self._told(transcript, language, whys=whys, staffed=staffed) if is_news else ALIVE
        return response

    async def _read(self, channel: str, visitor: str, after: Cursor) -> Transcript:
        now = self.clock.now()
        return await read_since(self.database, channel=channel, conversation=visitor, after=after, now=now)

    async def signs(self, request: web.Request) -> web.Response:
        """The buyer writes, or has read up to a reply: people at the desk see it. Nothing depends on it."""
        name, _ = await self.channel_of(request)
        try:
            fields = Fields(read_object(await read_json_body(request, PLAIN_GUARDS)), [], left_out=[])
            await self._note_signs(name, fields)
        except BadPayload as bad:
            return invalid(bad)
        return web.Response(status=204)

    async def _note_signs(self, channel: str, fields: Fields) -> None:
        visitor, heard = fields.line("visitor"), fields.line("heard")
        if not _VISITOR.fullmatch(visitor) or not self._may_sign(channel, visitor):
            return
        changed = await self.database.write_lightly(
            buyer_did,
            channel=channel,
            external_id=visitor,
            heard_upto=int(heard[1:]) if _REPLY.fullmatch(heard) else 0,
            typed_at=self.clock.now() if fields.flag("types") else None,
        )
        if changed is not None:
            self.live.signed(channel, visitor)

    def _may_sign(self, channel: str, visitor: str) -> bool:
        if channel not in self.sign_limits:
            self.sign_limits[channel] = RateLimit(per_minute=SIGNS_PER_MINUTE, clock=self.clock)
        return self.sign_limits[channel].take(visitor) <= ALLOWED

    def _told(self, transcript: Transcript, language: Language, *, whys: bool, staffed: bool) -> bytes:
        """What happened, as events. Only the last one moves the reader's place, so a cut between them loses nothing."""
        said = [event(b"why", self.wording.say(why, language)) for why in transcript.whys] if whys else []
        items = {
            "items": [_shown(item) for item in transcript.items],
            "mode": transcript.mode,
            "beside": transcript.beside,
            "staffed": staffed,
        }
        return b"".join([*said, event(b"transcript", orjson.dumps(items), str(transcript.cursor).encode())])

    def _limits_for(self, request: web.Request, channel: str, adapter: ChatAdapter) -> Limits | None:
        """None for who tries the bot out on this machine."""
        return None if adapter.try_out and is_this_machine(request) else self._limits_of(channel, adapter)

    def _limits_of(self, channel: str, adapter: ChatAdapter) -> Limits:
        if channel not in self.limits:
            self.limits[channel] = Limits.of(per_minute=adapter.messages_per_minute, clock=self.clock)
        return self.limits[channel]


def chat_routes(chat: Chat) -> list[web.RouteDef]:
    """The routes of every chat window."""
    return [
        web.get("/chat/{channel}", chat.window),
        web.get("/chat/{channel}/embed.js", chat.embed),
        web.post("/chat/{channel}/messages", chat.messages),
        web.post("/chat/{channel}/signs", chat.signs),
        web.get("/chat/{channel}/events", chat.events),
        web.post("/chat/{channel}/contact", chat.leave_contact),
        web.post("/chat/{channel}/pictures", chat.hand_in_picture),
        web.get("/chat/{channel}/pictures/{name}", chat.picture),
    ]


def _cursor_of(request: web.Request) -> Cursor:
    """Where this reader stopped: the browser says it by itself, or our script does when it had to start afresh."""
    return Cursor.parse(request.headers.get("Last-Event-ID") or request.query.get("after", ""))


def _has_news(before: Transcript, now: Transcript) -> bool:
    return bool(now.items or now.whys) or (now.mode, now.beside) != (before.mode, before.beside)


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
        "name": item.name,
        "picture": item.picture,
        "card": item.card,
    }
