"""All that is kept of one buyer of a channel: read whole, or erased, so that their words are nowhere any more."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, delete, select, text, update

from bot.dialogue.state import Memory
from bot.storage.alerting import alerts
from bot.storage.conversations import turn
from bot.storage.desk.same_buyer import hold, tidy
from bot.storage.engine.presence import file_of
from bot.storage.packing import pack_memory
from bot.storage.people import receptions
from bot.storage.search.writing import forget
from bot.storage.tables.alerts import alert
from bot.storage.tables.desk import (
    buyer_tag,
    contact,
    desk,
    draft,
    looking,
    media,
    note,
    proposal,
    rating_cause,
    reception,
    same_buyer,
    staff_action,
)
from bot.storage.tables.messages import conversation, decision, inbox, invite, invited_day, outbox, rating
from bot.storage.tables.routing import bot_draft, desk_event, rung

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Table
    from sqlalchemy.engine import Connection

AT_ONCE = 500
PATIENCE_SECONDS = 30
OF_CONVERSATION: tuple[Table, ...] = (
    note, draft, staff_action, proposal, looking, bot_draft, desk_event, rung, invite, decision, outbox, inbox,
)  # fmt: skip
"""What goes whole with a conversation, in the order in which it may go."""
OF_BUYER: tuple[Table, ...] = (buyer_tag, contact, invited_day, same_buyer)
STAYS: tuple[Table, ...] = (desk, reception, rating_cause)
"""What stays with the number of a conversation, so that figures keep their sums: no word or name of the buyer's."""


def read_all(connection: Connection, *, channel: str, buyer: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of theirs by its table; {} for a buyer whom nobody knows."""
    ids, externals = _theirs(connection, channel, buyer)
    if not ids:
        return {}
    found = {"conversation": _rows(connection, conversation, conversation.c.id.in_(ids))}
    for table, which in _parts(ids, externals, channel, buyer):
        found[str(table.name)] = _rows(connection, table, which)
    for table in STAYS:
        found[str(table.name)] = _rows(connection, table, table.c.conversation_id.in_(ids))
    return found


def erase(connection: Connection, *, channel: str, buyer: str, at: datetime) -> Mapping[str, int]:
    """Erase them, and say how many rows of each table went; {} for a buyer whom nobody knows.

    Their conversations stay as numbers without a name, ended, with the marks they gave: figures keep their sums, and
    who works upon one just now finds that it has moved on.
    """
    ids, externals = _theirs(connection, channel, buyer, to_erase=True)
    if not ids:
        return {}
    person = hold(connection, (channel, buyer))
    gone = {"conversation": len(ids), "search index": _forget(connection, ids)}
    for table, which in _parts(ids, externals, channel, buyer):
        gone[str(table.name)] = _erase(connection, table, which)
    tidy(connection, person)
    receptions.let_go(connection, ids, at=at, how="closed")
    _unname(connection, ids)
    if connection.dialect.name == "sqlite":  # its index keeps words of what is gone until it is written anew
        connection.execute(text("INSERT INTO search_index (search_index) VALUES ('optimize')"))
    return gone


def write_file_anew(url: str) -> bool:
    """Leave nothing of what was erased in the space that it had in a SQLite file; False while another writes for long.

    PostgreSQL uses that space again by itself, and nothing is done about it here.
    """
    path = file_of(url)
    if path is None:
        return True
    with closing(sqlite3.connect(path, isolation_level=None, timeout=PATIENCE_SECONDS)) as file:
        try:
            file.execute("VACUUM")
            busy, *_ = file.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.OperationalError:
            return False
    return not busy


def _theirs(connection: Connection, channel: str, buyer: str, *, to_erase: bool = False) -> tuple[list[int], list[str]]:
    """Their conversations. Where they are `to_erase`, whoever is about to keep something with one waits until then."""
    table = conversation.c
    theirs = select(table.id, table.external_id).where(table.channel == channel, table.buyer == buyer)
    rows = connection.execute(theirs.with_for_update() if to_erase else theirs).all()
    return [row.id for row in rows], [row.external_id for row in rows]


def _parts(
    ids: Sequence[int], externals: Sequence[str], channel: str, buyer: str
) -> Iterator[tuple[Table, ColumnElement[bool]]]:
    yield alert, alert.c.conversation_id.in_(ids)
    yield media, and_(media.c.channel == channel, media.c.conversation.in_(externals))
    yield rating, rating.c.conversation_id.in_(ids)
    for table in OF_BUYER:
        yield table, and_(table.c.channel == channel, table.c.buyer == buyer)
    for table in OF_CONVERSATION:
        yield table, table.c.conversation_id.in_(ids)


def _rows(connection: Connection, table: Table, which: ColumnElement[bool]) -> list[dict[str, Any]]:
    rows = connection.execute(select(table).where(which)).mappings()
    return [{str(name): value for name, value in row.items()} for row in rows]


def _erase(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    if table is rating:  # the mark counts on; what they wrote beside it goes
        return connection.execute(update(table).where(which, table.c.comment != "").values(comment="")).rowcount
    if table is alert:
        ids = connection.execute(select(table.c.id).where(which)).scalars().all()
        alerts.erase(connection, ids)
        return len(ids)
    return connection.execute(delete(table).where(which)).rowcount


def _forget(connection: Connection, ids: Sequence[int]) -> int:
    heard = connection.execute(select(inbox.c.id).where(inbox.c.conversation_id.in_(ids))).scalars().all()
    said = connection.execute(select(outbox.c.id).where(outbox.c.conversation_id.in_(ids))).scalars().all()
    for at in range(0, len(heard), AT_ONCE):
        forget(connection, "inbox", heard[at : at + AT_ONCE])
    for at in range(0, len(said), AT_ONCE):
        forget(connection, "outbox", said[at : at + AT_ONCE])
    forget(connection, "conversation", ids)
    return len(heard) + len(said) + len(ids)


def _unname(connection: Connection, ids: Sequence[int]) -> None:
    for each in ids:
        turn(
            connection,
            "ended",
            conversation.c.id == each,
            buyer=f"erased-{each}",
            buyer_name="",
            external_id=f"erased-{each}",
            memory=pack_memory(Memory()),
            epoch=conversation.c.epoch + 1,
            unanswered_since=None,
            patient_until=None,
        )
