"""A conversation as people of the shop see it: what was said by whom and what became of it, a page at a time.

It is put together from what was heard, what was said, what people did, their notes, what the bot decided, and when an
episode ended. Each of these is in order by its own number, so a page costs the same however much came before it.
Where the same buyer writes on several channels, those of all their conversations are put together in the same way.
"""

from __future__ import annotations

import dataclasses
import heapq
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple, Self

from sqlalchemy import select

from bot.domain.desk.conversations import ConversationView, Header, News, Page
from bot.storage.answering import beside
from bot.storage.conversations import read_several
from bot.storage.desk import same_buyer
from bot.storage.desk.bubbles import STREAMS, Showing, Shown
from bot.storage.tables.desk import desk
from bot.storage.tables.messages import invite, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.conversations import Bubble
    from bot.storage.desk.bubbles import Stream

AT_ONCE = 50
ONCE_MORE = 30
"""How many of the newest bubbles are looked at again for what has become of them."""
LONGEST_ID = 19
FROM_THE_END = 2**62
BUYER_TYPES_FOR_SECONDS = 8
"""A chat window says every few seconds that its buyer types; after this long without a word they do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """Who looks, and when; `title_of` names an entry of the manual for people."""

    who: Staff
    now: datetime
    title_of: Callable[[str], str]


class _Source(NamedTuple):
    """One kind of thing in one conversation."""

    stream: Stream
    showing: Showing


@dataclass(frozen=True, slots=True)
class _Cursor:
    """A place in each source; its text form goes to the page and comes back, with the conversations it is of."""

    conversations: tuple[int, ...]
    places: tuple[int, ...]

    def __str__(self) -> str:
        return f"{'-'.join(map(str, self.conversations))}.{'-'.join(map(str, self.places))}"

    @classmethod
    def parse(cls, text: str, headers: Sequence[Header]) -> Self | None:
        """None for what is no place in just these conversations."""
        conversations = tuple(header.conversation_id for header in headers)
        named, _, places = text.partition(".")
        parts = places.split("-")
        good = named == "-".join(map(str, conversations)) and len(parts) == len(STREAMS) * len(conversations)
        if not good or not all(p.isascii() and p.isdigit() and len(p) <= LONGEST_ID for p in parts):
            return None
        return cls(conversations, tuple(min(int(part), FROM_THE_END) for part in parts))


def read_view(connection: Connection, conversation_id: int, looking: Looking) -> ConversationView | None:
    """The conversation with its newest page; None where there is none, or none that this person may see."""
    headers = _headers(connection, conversation_id, looking)
    if not headers:
        return None
    conversations, sources = tuple(each.conversation_id for each in headers), _sources(connection, headers, looking)
    newest = [source.stream.newest(connection, source.showing.conversation_id) for source in sources]
    return ConversationView(
        header=headers[0],
        merged=headers[1:],
        page=_page(connection, sources, _Cursor(conversations, (FROM_THE_END,) * len(sources))),
        cursor=str(_Cursor(conversations, tuple(newest))),
        drafts={each: beside.draft_of(connection, each, looking.who.id) for each in conversations},
    )


def read_page(connection: Connection, conversation_id: int, before: str, looking: Looking) -> Page | None:
    """The page that came before the one that `before` belongs to."""
    headers = _headers(connection, conversation_id, looking)
    cursor = _Cursor.parse(before, headers)
    return None if cursor is None else _page(connection, _sources(connection, headers, looking), cursor)


def read_news(connection: Connection, conversation_id: int, after: str, looking: Looking) -> News | None:
    """What is new since a cursor, and what has become of the newest bubbles."""
    headers = _headers(connection, conversation_id, looking)
    cursor = _Cursor.parse(after, headers)
    if cursor is None:
        return None
    sources = _sources(connection, headers, looking)
    news = [
        _read(connection, source, after=place, most=AT_ONCE)
        for source, place in zip(sources, cursor.places, strict=True)
    ]
    known = {shown.bubble.id for each in news for shown in each if shown.bubble}
    again = [
        shown.bubble
        for source in sources
        if source.stream.changes
        for shown in _read(connection, source, most=ONCE_MORE)
        if shown.bubble and shown.bubble.id not in known
    ]
    places = [max([place, *(shown.number for shown in each)]) for place, each in zip(cursor.places, news, strict=True)]
    return News(
        header=headers[0],
        merged=headers[1:],
        bubbles=tuple(_in_order(news)),
        changed=tuple(again),
        gone=tuple(gone for each in cursor.conversations for gone in _gone(connection, each)),
        cursor=str(_Cursor(cursor.conversations, tuple(places))),
    )


def _sources(connection: Connection, headers: Sequence[Header], looking: Looking) -> list[_Source]:
    """All that the view is put together from, in the order in which things of one moment follow each other."""
    several = len(headers) > 1
    showings = [_showing(connection, header, looking, several=several) for header in headers]
    return [_Source(stream, showing) for showing in showings for stream in STREAMS]


def _read(
    connection: Connection, source: _Source, *, most: int, after: int = 0, before: int = FROM_THE_END
) -> list[Shown]:
    """What there is between these numbers, each bubble with where it was said."""
    return [
        dataclasses.replace(shown, bubble=_placed(shown.bubble, source.showing)) if shown.bubble else shown
        for shown in source.stream.read(connection, source.showing, most=most, after=after, before=before)
    ]


def _placed(bubble: Bubble, showing: Showing) -> Bubble:
    channel = showing.channel if showing.is_one_of_several else ""
    return dataclasses.replace(bubble, conversation_id=showing.conversation_id, channel=channel)


def _in_order(streams: Sequence[Sequence[Shown]]) -> Iterator[Bubble]:
    ranked = ([(shown.at, rank, shown) for shown in each] for rank, each in enumerate(streams))
    merged = heapq.merge(*ranked, key=lambda each: (each[0], each[1]))
    return (shown.bubble for _, _, shown in merged if shown.bubble)


def _page(connection: Connection, sources: Sequence[_Source], cursor: _Cursor) -> Page:
    """Walk back from the cursor, always to the newest of what the sources have next, until the page is full.

    A source of which only a part was read must not run dry: the page ends there, and the next one goes on.
    """
    stacks = [
        _read(connection, source, before=place, most=AT_ONCE + 1)
        for source, place in zip(sources, cursor.places, strict=True)
    ]
    partly_read = [len(stack) > AT_ONCE for stack in stacks]
    bubbles: list[Bubble] = []
    places = list(cursor.places)
    while len(bubbles) < AT_ONCE and any(stacks):
        rank = max((rank for rank, stack in enumerate(stacks) if stack), key=lambda rank: (stacks[rank][-1].at, rank))
        shown = stacks[rank].pop()
        places[rank] = shown.number
        if shown.bubble:
            bubbles.append(shown.bubble)
        if partly_read[rank] and not stacks[rank]:
            break
    more = any(stacks) or any(partly_read)
    return Page(bubbles=tuple(bubbles[::-1]), before=str(_Cursor(cursor.conversations, tuple(places))) if more else "")


def _gone(connection: Connection, conversation_id: int) -> tuple[str, ...]:
    """The newest that were taken back or not sent after all."""
    row = outbox.c
    newest = select(row.id, row.state).where(row.conversation_id == conversation_id).order_by(row.id.desc())
    rows = connection.execute(newest.limit(ONCE_MORE)).all()
    return tuple(f"o{each.id}" for each in rows if each.state == "cancelled")


def _headers(connection: Connection, conversation_id: int, looking: Looking) -> tuple[Header, ...]:
    """The conversation and what is looked at together with it; nothing where this person may not see it."""
    found = next(iter(read_several(connection, [conversation_id], with_places=False)), None)
    if found is None or not looking.who.may_in("see", found.channel):
        return ()
    beside = same_buyer.talks_beside(connection, found, looking.who)
    merged = read_several(connection, beside, with_places=False) if beside else ()
    return tuple(_header(connection, each, looking) for each in (found, *merged))


def _header(connection: Connection, found: Conversation, looking: Looking) -> Header:
    row = connection.execute(select(desk).where(desk.c.conversation_id == found.id)).first()
    has = row if row is not None and row.episode == found.episode else None
    invited = (invite.c.conversation_id == found.id, invite.c.episode == found.episode)
    types_since = looking.now - timedelta(seconds=BUYER_TYPES_FOR_SECONDS)
    until = has.snoozed_until if has is not None else None
    return Header(
        conversation_id=found.id,
        version=found.fence,
        channel=found.channel,
        mode=found.mode,
        episode=found.episode,
        waiting_since=found.unanswered_since,
        due_at=found.reply_by,
        window_until=found.window_until,
        assignee_id=has.assignee_id if has is not None else None,
        assignee_name=has.assignee_name if has is not None else "",
        group_id=has.group_id if has is not None else None,
        snoozed_until=until if until is not None and until > looking.now else None,
        blocked=found.blocked_at is not None,
        advert=found.memory.advertised,
        looking=beside.who_looks(connection, found.id, at=looking.now),
        buyer_types=row is not None and row.buyer_typed_at is not None and row.buyer_typed_at > types_since,
        invite=connection.execute(select(invite.c.state).where(*invited)).scalar() or "",
    )


def _showing(connection: Connection, header: Header, looking: Looking, *, several: bool) -> Showing:
    read = select(desk.c.read_inbox_id, desk.c.heard_outbox_id).where(desk.c.conversation_id == header.conversation_id)
    row = connection.execute(read).first()
    return Showing(
        conversation_id=header.conversation_id,
        channel=header.channel,
        is_one_of_several=several,
        title_of=looking.title_of,
        sees_private=looking.who.may_in("see_private", header.channel),
        read_inbox_id=row.read_inbox_id if row else 0,
        heard_outbox_id=row.heard_outbox_id if row else 0,
        now=looking.now,
    )
