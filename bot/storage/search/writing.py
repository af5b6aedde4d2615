"""Writing the index behind the messages: a small step at a time, each row once, and no buyer waits for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from adapters.contract import OrderCard, ProductCard, Text
from bot.domain.search_words import words_of_message, words_of_name
from bot.storage.engine.dialects import insert_new
from bot.storage.outbox import NOTICES
from bot.storage.packing import message_in
from bot.storage.search import index
from bot.storage.tables.desk import indexed
from bot.storage.tables.messages import conversation, inbox, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.engine import Connection

    from bot.storage.search.index import Where

AT_ONCE = 50
OLD_ENOUGH = timedelta(seconds=5)
"""What is younger may not be all there: of two processes the one with the lower number may commit later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """The next rows of a table with their words; `upto` and `after` are the numbers where it ends and begins."""

    where: Where
    after: int
    upto: int
    entries: tuple[tuple[int, tuple[str, ...]], ...]


def read_portion(connection: Connection, where: Where, *, now: datetime) -> Portion | None:
    """The next rows that are not indexed; None where there are none that are old enough."""
    after = _upto(connection, where)
    rows = connection.execute(_next(where, after)).all()
    ready = [row for row in rows if row.at <= now - OLD_ENOUGH]
    if not ready:
        return None
    entries = tuple((index.number_of(where, row.id), _WORDS[where](row)) for row in ready)
    return Portion(where=where, after=after, upto=ready[-1].id, entries=entries)


def write_portion(connection: Connection, portion: Portion) -> bool:
    """Index it, unless another process did so meanwhile; returns whether it was written."""
    connection.execute(insert_new(connection.dialect.name, indexed).values(what=portion.where, upto_id=0))
    still = (indexed.c.what == portion.where, indexed.c.upto_id == portion.after)
    if connection.execute(update(indexed).where(*still).values(upto_id=portion.upto)).rowcount == 0:
        return False
    index.add(connection, portion.entries)
    return True


def forget(connection: Connection, where: Where, ids: Sequence[int]) -> None:
    """These rows are about to be erased: nothing of them stays in the index."""
    upto = _upto(connection, where)
    rows = connection.execute(_some(where, [each for each in ids if each <= upto])).all()
    index.remove(connection, [(index.number_of(where, row.id), _WORDS[where](row)) for row in rows])


def _upto(connection: Connection, where: Where) -> int:
    return connection.execute(select(indexed.c.upto_id).where(indexed.c.what == where)).scalar() or 0


def text_heard(kind: str, body: bytes) -> str:
    """What an inbox row is found by: its words, or the number and title of its card."""
    message = message_in(kind, body)
    match message.content if message else None:
        case Text(text):
            return text
        case OrderCard(order_id, _, title) | ProductCard(order_id, title):
            return f"{order_id} {title}"
        case _:
            return ""


def _of_heard(row: Row[Any]) -> tuple[str, ...]:
    return words_of_message(text_heard(row.kind, row.body))


def _of_said(row: Row[Any]) -> tuple[str, ...]:
    return () if row.kind in NOTICES else words_of_message(row.text)


def _of_conversation(row: Row[Any]) -> tuple[str, ...]:
    return words_of_name(row.buyer_name, row.buyer)


def _heard() -> Select[Any]:
    return select(inbox.c.id, inbox.c.kind, inbox.c.body, inbox.c.received_at.label("at"))


def _said() -> Select[Any]:
    return select(outbox.c.id, outbox.c.kind, outbox.c.text, outbox.c.created_at.label("at"))


def _talks() -> Select[Any]:
    talk = conversation.c
    return select(talk.id, talk.buyer, talk.buyer_name, talk.created_at.label("at"))


_TABLES = {"inbox": inbox, "outbox": outbox, "conversation": conversation}
_SELECTS: Mapping[Where, Callable[[], Select[Any]]] = {"inbox": _heard, "outbox": _said, "conversation": _talks}
_WORDS: Mapping[Where, Callable[[Row[Any]], tuple[str, ...]]] = {
    "inbox": _of_heard,
    "outbox": _of_said,
    "conversation": _of_conversation,
}


def _next(where: Where, after: int) -> Select[Any]:
    number = _TABLES[where].c.id
    return _SELECTS[where]().where(number > after).order_by(number).limit(AT_ONCE)


def _some(where: Where, ids: Sequence[int]) -> Select[Any]:
    return _SELECTS[where]().where(_TABLES[where].c.id.in_(ids))
