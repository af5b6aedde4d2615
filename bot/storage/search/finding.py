"""Finding conversations by a buyer's name, by words that were said, or by an order number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from sqlalchemy import select

from bot.config import TRY_OUT_CHANNEL
from bot.domain.desk.masking import masked, masked_id
from bot.domain.search_words import OF_NAMES, holds, words_asked
from bot.storage.search import index
from bot.storage.search.writing import text_heard
from bot.storage.tables.messages import conversation, inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff

MOST = 30
LOOKED_THROUGH = 200
"""So many of the newest that have all the pairs of characters are read for the words themselves."""
AROUND = 40
FROM_THE_END = 2**62


By = Literal["buyer", "bot", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message that holds the words, or a buyer whose name does. `bubble` names the message; empty for a buyer."""

    conversation_id: int
    channel: str
    buyer_name: str
    bubble: str
    who: By
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What was found: buyers first, then messages, the newest first. `before` asks for more; empty where all is here.

    `too_short` where nothing can be looked for: a single character.
    """

    buyers: tuple[Found, ...] = ()
    messages: tuple[Found, ...] = ()
    before: str = ""
    too_short: bool = False


class _Hit(NamedTuple):
    """A row that has all the pairs of characters; `number` is its own in the index."""

    number: int
    row: Row[Any]
    bubble: str
    by: By
    text: str
    at: datetime


def find(connection: Connection, query: str, *, who: Staff, before: str = "") -> Results:
    """A page of what this person may see of it."""
    words = words_asked(query)
    if not words:
        return Results(too_short=True)
    upto = int(before) if before.isascii() and before.isdigit() and len(before) < len(str(FROM_THE_END)) else None
    numbers = index.find(connection, words, before=upto or FROM_THE_END, most=LOOKED_THROUGH)
    messages = _messages(connection, numbers, query, who)
    shown, left = messages[:MOST], messages[MOST:]
    goes_on = shown[-1][0] if left else numbers[-1] if len(numbers) == LOOKED_THROUGH else None
    return Results(
        buyers=() if upto else tuple(_buyers(connection, words, query, who)),
        messages=tuple(found for _, found in shown),
        before="" if goes_on is None else str(goes_on),
    )


def _buyers(connection: Connection, words: Sequence[str], query: str, who: Staff) -> list[Found]:
    numbers = index.find(connection, [f"{OF_NAMES}{word}" for word in words], before=FROM_THE_END, most=MOST)
    talk = conversation.c
    rows = connection.execute(
        select(talk.id, talk.channel, talk.buyer, talk.buyer_name, talk.created_at, talk.last_buyer_at)
        .where(talk.id.in_([index.row_of(number)[1] for number in numbers]))
        .order_by(talk.id.desc())
    )
    good = (row for row in rows if _may_see(row.channel, who) and holds(f"{row.buyer_name} {row.buyer}", query))
    return [_buyer(row, who) for row in good]


def _buyer(row: Row[*tuple[Any, ...]], who: Staff) -> Found:
    private = who.may_in("see_private", row.channel)
    name = row.buyer_name if private else masked(row.buyer_name)
    return Found(
        conversation_id=row.id,
        channel=row.channel,
        buyer_name=name,
        bubble="",
        who="buyer",
        text=name or (row.buyer if private else masked_id(row.buyer)),
        at=row.last_buyer_at or row.created_at,
    )


def _messages(connection: Connection, numbers: Sequence[int], query: str, who: Staff) -> list[tuple[int, Found]]:
    places = [index.row_of(number) for number in numbers]
    heard = [row_id for where, row_id in places if where == "inbox"]
    said = [row_id for where, row_id in places if where == "outbox"]
    hits: list[_Hit] = []
    for row in connection.execute(_heard(heard)) if heard else ():
        by: By = "buyer" if row.author == "buyer" else "person"
        text = text_heard(row.kind, row.body)
        hits.append(_Hit(index.number_of("inbox", row.id), row, f"i{row.id}", by, text, row.received_at))
    for row in connection.execute(_said(said)) if said else ():
        sender: By = "person" if row.kind == "staff" else "bot"
        hits.append(_Hit(index.number_of("outbox", row.id), row, f"o{row.id}", sender, row.text, row.created_at))
    good = [hit for hit in hits if _may_see(hit.row.channel, who) and holds(hit.text, query)]
    return sorted(((hit.number, _found(hit, query, who)) for hit in good), key=lambda each: -each[0])


def _heard(ids: Sequence[int]) -> Select[Any]:
    columns = (inbox.c.id, inbox.c.author, inbox.c.kind, inbox.c.body, inbox.c.received_at)
    return (
        select(*columns, conversation.c.id.label("talk"), conversation.c.channel, conversation.c.buyer_name)
        .join(conversation, conversation.c.id == inbox.c.conversation_id)
        .where(inbox.c.id.in_(ids))
    )


def _said(ids: Sequence[int]) -> Select[Any]:
    columns = (outbox.c.id, outbox.c.kind, outbox.c.text, outbox.c.created_at)
    return (
        select(*columns, conversation.c.id.label("talk"), conversation.c.channel, conversation.c.buyer_name)
        .join(conversation, conversation.c.id == outbox.c.conversation_id)
        .where(outbox.c.id.in_(ids), outbox.c.state != "cancelled")
    )


def _found(hit: _Hit, query: str, who: Staff) -> Found:
    shown = str if who.may_in("see_private", hit.row.channel) else masked
    return Found(
        conversation_id=hit.row.talk,
        channel=hit.row.channel,
        buyer_name=shown(hit.row.buyer_name),
        bubble=hit.bubble,
        who=hit.by,
        text=excerpt(shown(hit.text), query),
        at=hit.at,
    )


def excerpt(text: str, query: str) -> str:
    """The words with a little of what stands around them."""
    line = " ".join(text.split())
    first = line.lower().find(query.lower().split()[0]) if query.split() else -1
    begin = max(0, first - AROUND)
    return ("…" if begin else "") + line[begin : begin + 3 * AROUND] + ("…" if begin + 3 * AROUND < len(line) else "")


def _may_see(channel: str, who: Staff) -> bool:
    return channel != TRY_OUT_CHANNEL and who.may_in("see", channel)
