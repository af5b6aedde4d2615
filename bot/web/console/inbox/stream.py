"""Tells an open desk what has changed: its view of the queue, and the conversation that is open there."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from aiohttp import ClientConnectionResetError, web

from bot.actions.beside.look_on import look_on
from bot.config import TRY_OUT_CHANNEL
from bot.errors import StorageDown
from bot.storage.answering import beside, places
from bot.storage.desk import queue, talk, tally
from bot.storage.desk.buyer_card import read_card
from bot.storage.guarding import presence
from bot.web.console.inbox.shop import view_of
from bot.web.shared.http_outcomes import RETRY_AFTER_SECONDS, too_fast, try_later
from bot.web.shared.numbers import number_in
from bot.web.shared.signed_in import staff_of
from bot.web.shared.streams import ALIVE, STREAM_HEADERS, TooManyStreams, event

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from bot.actions.beside.look_on import How
    from bot.domain.desk.conversations import ConversationView, News, View
    from bot.live import Changes
    from bot.web.console.inbox.shop import Shop

MOST_CALLS = 20
HEARTBEAT_SECONDS = 10.0
"""A colleague counts as looking while this comes. Who is signed out at another node loses the stream within it.

What changed without a ring is told then as well, however much else was rung for.
"""


@dataclass(slots=True, kw_only=True)
class _Desk:
    """One open desk: what it looks at, and what it was told last."""

    view: View
    open: int | None
    cursor: str
    shown: tuple[int, ...] = ()
    """The conversations that are before the person's eyes: the open one, and those of the same buyer."""
    topics: frozenset[str] = frozenset()
    """Theirs; empty where they are not known yet."""
    queue: bytes = b""
    news: bytes = b""
    card: bytes = b""
    said_so_at: float = float("-inf")
    all_read_at: float = float("-inf")


async def follow(shop: Shop, request: web.Request) -> web.StreamResponse:
    """Serve the stream until the reader goes away."""
    visitor = f"staff-{staff_of(request).id}"
    try:
        with shop.streams.one_more(request, visitor, visitor):
            return await _serve(shop, request)
    except TooManyStreams:
        return too_fast(RETRY_AFTER_SECONDS)
    except StorageDown:
        return try_later("the shop's database does not answer", RETRY_AFTER_SECONDS)


async def _serve(shop: Shop, request: web.Request) -> web.StreamResponse:
    desk = _asked(request)
    response = web.StreamResponse(headers=STREAM_HEADERS)
    with shop.clicks.live.watch_all(staff_of(request).id) as bell:
        async with _looking(shop, request, desk):
            news = b"retry: 1000\n\n" + await _news(shop, request, desk, None)
            await response.prepare(request)
            with contextlib.suppress(ClientConnectionResetError, StorageDown):  # the browser comes back
                while True:
                    await response.write(news)
                    await bell.wait(at_most_seconds=HEARTBEAT_SECONDS)
                    if bell.take_doubt():
                        desk.said_so_at = float("-inf")
                    if not await _is_there(shop, request, desk):
                        break
                    news = await _news(shop, request, desk, bell.take()) or ALIVE
    return response


@contextlib.asynccontextmanager
async def _looking(shop: Shop, request: web.Request, desk: _Desk) -> AsyncIterator[None]:
    """While the stream is open, the person is there, and colleagues see that they look at the conversation."""
    open_at_first = desk.open
    await _is_there(shop, request, desk)
    try:
        yield
    finally:
        for each in {*desk.shown, *([] if open_at_first is None else [open_at_first])}:
            with contextlib.suppress(StorageDown):
                await asyncio.shield(_look(shop, request, each, "leaves"))


async def _is_there(shop: Shop, request: web.Request, desk: _Desk) -> bool:
    """Say so for a while, and whether they may still see the desk.

    The next change or heartbeat says it again, in good time and not at each change.
    """
    now = shop.clicks.clock.monotonic()
    if now < desk.said_so_at + HEARTBEAT_SECONDS / 2:
        return True
    desk.said_so_at = now
    if not await shop.signed_in.still(request):
        return False
    staff_id, database = staff_of(request).id, shop.clicks.database
    await database.write_lightly(presence.beat, staff_id=staff_id, at=shop.clicks.clock.now())
    if desk.open is not None:
        await _look_at_all(shop, request, desk, desk.open)
    return True


async def _look_at_all(shop: Shop, request: web.Request, desk: _Desk, conversation: int) -> None:
    for each in desk.shown or (conversation,):
        await _look(shop, request, each, "looks")


async def _look(shop: Shop, request: web.Request, conversation: int, how: How) -> None:
    clicks, who = shop.clicks, staff_of(request)
    await look_on(
        database=clicks.database, live=clicks.live, clock=clicks.clock, who=who, conversation_id=conversation, how=how
    )


async def _news(shop: Shop, request: web.Request, desk: _Desk, changes: Changes | None) -> bytes:
    """What this desk has not been told yet of these changes, as events; empty where that is nothing.

    None is everything, and none of it as others have read it before.
    """
    now = shop.clicks.clock.monotonic()
    if changes is None or now >= desk.all_read_at + HEARTBEAT_SECONDS:
        desk.all_read_at, changes = now, None
        shop.clicks.live.rounds.begin()
    queued = await _queue(shop, request, desk) if changes is None or changes.in_lists else b""
    in_talk = changes is None or not desk.topics.isdisjoint(changes.topics)
    return queued + (await _talk(shop, request, desk) if in_talk else b"")


async def _queue(shop: Shop, request: web.Request, desk: _Desk) -> bytes:
    asking, now, database = shop.asking(request), shop.clicks.clock.now(), shop.clicks.database

    async def read_page() -> tuple[orjson.Fragment, str]:
        page = await database.read(queue.read_page, asking, desk.view, now=now)
        return orjson.Fragment(orjson.dumps(page.items)), page.after

    items, after = await shop.together.read(queue.same_page(asking, desk.view), read_page)
    counts = (await shop.together.read("tally", lambda: database.read(tally.read, now=now))).counts(asking)
    called = await database.read(beside.mentions_of, asking.who, most=MOST_CALLS) if counts.by_view["called"] else []
    told = {"view": desk.view, "items": items, "after": after, "counts": counts, "called": called}
    shown = orjson.dumps(told)
    if shown == desk.queue:
        return b""
    desk.queue = shown
    return event(b"queue", b'{"now":"' + now.isoformat().encode() + b'",' + shown[1:])


async def _talk(shop: Shop, request: web.Request, desk: _Desk) -> bytes:
    """What is new in the open conversation, or all of it where this page has nothing yet."""
    if desk.open is None:
        return b""
    known = desk.shown
    told = await _talk_news(shop, request, desk.open, desk)
    if told is None:
        told = await _whole_talk(shop, request, desk.open, desk)
    if told is None:
        desk.open = None
        return event(b"gone", b"1")
    if desk.shown != known:
        desk.topics = frozenset(await shop.clicks.database.read(places.topics_of, desk.shown))
    return told + await _card(shop, request, desk.open, desk)


async def _talk_news(shop: Shop, request: web.Request, conversation: int, desk: _Desk) -> bytes | None:
    """What is new there; None where the page has to be told all of it."""
    looking = shop.looking(request)
    news = await shop.clicks.database.read(talk.read_news, conversation, desk.cursor, looking)
    if news is None:
        return None
    desk.cursor = news.cursor
    desk.shown = _numbers(news)
    if any(bubble.who == "buyer" for bubble in news.bubbles):
        await _look_at_all(shop, request, desk, conversation)  # they have it before their eyes
    shown = orjson.dumps(news)
    if shown == desk.news:
        return b""
    desk.news = shown
    return event(b"news", _merged(shown, {"now": looking.now}), news.cursor.encode())


async def _whole_talk(shop: Shop, request: web.Request, conversation: int, desk: _Desk) -> bytes | None:
    """The conversation with its newest page; None where it is not theirs to see."""
    looking = shop.looking(request)
    view = await shop.clicks.database.read(talk.read_view, conversation, looking)
    items = await shop.clicks.database.read(queue.read_some, shop.asking(request), [conversation], now=looking.now)
    if view is None or conversation not in items:
        return None
    desk.cursor = view.cursor
    desk.shown = _numbers(view)
    more = {"now": looking.now, "item": items[conversation]}
    shown = orjson.dumps(view, option=orjson.OPT_NON_STR_KEYS)
    return event(b"talk", _merged(shown, more), view.cursor.encode())


def _numbers(shown: ConversationView | News) -> tuple[int, ...]:
    return tuple(each.conversation_id for each in (shown.header, *shown.merged))


async def _card(shop: Shop, request: web.Request, conversation: int, desk: _Desk) -> bytes:
    """The buyer's card, where it is new."""
    who, channels = staff_of(request), [name for name in shop.channels if name != TRY_OUT_CHANNEL]
    known = await shop.clicks.database.read(read_card, conversation, who, channels=channels)
    shown = orjson.dumps(known)
    if known is None or shown == desk.card:
        return b""
    desk.card = shown
    return event(b"card", shown)


def _asked(request: web.Request) -> _Desk:
    """What the page asks to be told of; a reader that comes back says where it stopped."""
    cursor = request.headers.get("Last-Event-ID", "")
    return _Desk(view=view_of(request), open=number_in(request.query.get("open")), cursor=cursor)


def _merged(shown: bytes, more: Mapping[str, object]) -> bytes:
    return orjson.dumps(more)[:-1] + b"," + shown[1:]
