"""Ratings with all that they are looked through by: whose they were, what they were about, what was wrong."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select, tuple_

from adapters.contract import ProductCard
from bot.config import TRY_OUT_CHANNEL
from bot.domain.ratings import RatedEpisode
from bot.storage.engine.dialects import insert_new
from bot.storage.packing import message_in, reply_in
from bot.storage.tables.desk import rating_cause, reception
from bot.storage.tables.messages import conversation, inbox, outbox, rating

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Table
    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff
    from bot.domain.ratings import Filter

MOST = 5_000
"""So many ratings are looked through at once, the newest first; a span of time makes it fewer."""
AT_ONCE = 200
Key = tuple[int, int]
"""A conversation and one of its episodes."""


def read(connection: Connection, which: Filter, *, who: Staff, most: int = MOST) -> list[RatedEpisode]:
    """The ratings that are meant, of channels that this person may see, the newest first."""
    row = rating.c
    span = [
        *([row.rated_at >= which.since] if which.since else []),
        *([row.rated_at < which.until] if which.until else []),
        *([conversation.c.channel == which.channel] if which.channel else []),
        *([conversation.c.channel.in_(sorted(who.channels))] if who.channels is not None else []),
    ]
    rows = connection.execute(
        select(rating, conversation.c.channel, conversation.c.buyer_name)
        .join(conversation, conversation.c.id == row.conversation_id)
        .where(conversation.c.channel != TRY_OUT_CHANNEL, *span)
        .order_by(row.rated_at.desc(), row.conversation_id.desc())
        .limit(most)
    ).all()
    pages = (rows[at : at + AT_ONCE] for at in range(0, len(rows), AT_ONCE))
    rated = [each for page in pages for each in _with_all(connection, page)]
    return [each for each in rated if which.fits(each)]


def set_causes(connection: Connection, key: Key, causes: Sequence[str], *, who: Staff, at: datetime) -> bool:
    """Say what was wrong in a rated conversation: these causes and no others. False where there is no such rating."""
    there = select(rating.c.score).where(rating.c.conversation_id == key[0], rating.c.episode == key[1])
    if connection.execute(there).first() is None:
        return False
    row = rating_cause.c
    theirs = (row.conversation_id == key[0], row.episode == key[1])
    connection.execute(delete(rating_cause).where(*theirs, row.cause.not_in(causes)))
    for cause in causes:
        said = {"conversation_id": key[0], "episode": key[1], "cause": cause, "staff_id": who.id, "at": at}
        connection.execute(insert_new(connection.dialect.name, rating_cause).values(said))
    return True


def _with_all(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[RatedEpisode]:
    keys = [(row.conversation_id, row.episode) for row in rows]
    receptions = _by_key(_of(connection, reception, keys))
    said = _by_key(_of(connection, outbox, keys))
    causes = _by_key(_of(connection, rating_cause, keys))
    products = _products(connection, said)
    for row, key in zip(rows, keys, strict=True):
        yield RatedEpisode(
            conversation_id=row.conversation_id,
            episode=row.episode,
            channel=row.channel,
            buyer_name=row.buyer_name,
            score=row.score,
            comment=row.comment,
            rated_at=row.rated_at,
            source=row.source,
            staff=_each_once((each.staff_id, each.staff_name) for each in receptions[key]),
            groups=_each_once(each.group_id for each in receptions[key] if each.group_id is not None),
            products=products[key],
            entries=_each_once(entry for each in said[key] if (entry := _entry(each))),
            causes=tuple(sorted(each.cause for each in causes[key])),
        )


def _of(connection: Connection, table: Table, keys: Sequence[Key]) -> Sequence[Row[Any]]:
    """The rows that belong to these episodes."""
    ids = table.c.conversation_id.in_({conversation_id for conversation_id, _ in keys})
    return connection.execute(
        select(table).where(ids, tuple_(table.c.conversation_id, table.c.episode).in_(keys))
    ).all()


def _by_key(rows: Iterable[Row[Any]]) -> dict[Key, list[Row[Any]]]:
    found: dict[Key, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[row.conversation_id, row.episode].append(row)
    return found


def _products(connection: Connection, said: dict[Key, list[Row[Any]]]) -> dict[Key, tuple[str, ...]]:
    """What buyers sent cards of, or had on their screen, in the messages that the replies of an episode answer."""
    answered = {key: _ids(rows) for key, rows in said.items()}
    every = sorted({each for ids in answered.values() for each in ids})
    conversations = {conversation_id for conversation_id, _ in said}
    rows = connection.execute(
        select(inbox.c.conversation_id, inbox.c.external_id, inbox.c.kind, inbox.c.body).where(
            inbox.c.conversation_id.in_(conversations), inbox.c.external_id.in_(every)
        )
    )
    about = {(row.conversation_id, row.external_id): _product(row) for row in rows}
    found: dict[Key, tuple[str, ...]] = defaultdict(tuple)
    for key, ids in answered.items():
        found[key] = _each_once(product for each in ids if (product := about.get((key[0], each), "")))
    return found


def _ids(rows: Iterable[Row[Any]]) -> tuple[str, ...]:
    replies = (reply for row in rows if (reply := reply_in(row.kind, row.body)) is not None)
    return _each_once(each for reply in replies for each in reply.in_reply_to)


def _product(row: Row[*tuple[Any, ...]]) -> str:
    message = message_in(row.kind, row.body)
    if message is None:
        return ""
    card = message.content.product_id if isinstance(message.content, ProductCard) else ""
    return card or message.surroundings.product_id or ""


def _entry(row: Row[Any]) -> str:
    reply = reply_in(row.kind, row.body)
    return "" if reply is None else reply.entry or ""


def _each_once(things: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(dict.fromkeys(things))
