"""What has been kept for long enough is erased: a page at a time, the oldest first, and never what is still needed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, cast

from sqlalchemy import Table, delete, func, select, update

from bot.storage.alerting import alerts
from bot.storage.engine.dialects import insert_new
from bot.storage.search.writing import forget
from bot.storage.tables.alerts import alert
from bot.storage.tables.desk import media, note, proposal
from bot.storage.tables.messages import conversation, decision, erased, inbox, invite, invited_day, outbox, rating

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.engine import Connection

What = Literal["raw", "inbox", "outbox", "decision", "alert", "note", "proposal", "conversation"]
PAGE = 50
FREED_PAGES = 100


def erase_page(connection: Connection, *, what: What, before: datetime) -> bool:
    """Erase the next page of what is older than `before`; returns whether there may be more.

    "raw" is the bodies as platforms delivered them. Of the rest whole rows go, but for what is not settled yet: rows
    that wait for a decision or a person, replies that are not sent, conversations that anything still belongs to.
    """
    table, at, erase = _ERASED[what]
    begin = _upto(connection, what)
    page = connection.execute(
        select(table.c.id, at.label("at")).where(table.c.id > begin).order_by(table.c.id).limit(PAGE)
    ).all()
    old = [row.id for row in page if row.at < before]
    erase(connection, old)
    if what == "conversation":  # these do not end in the order in which they began: all are looked at, again and again
        _remember(connection, what, page[-1].id if page else 0)
        return bool(page)
    if old:
        _remember(connection, what, old[-1])
    return len(old) == PAGE


def erase_days(connection: Connection, *, before: date) -> None:
    """Forget on which days before that buyers were asked how it went."""
    connection.execute(delete(invited_day).where(invited_day.c.day < before.isoformat()))


def erase_pictures(connection: Connection, *, before: datetime) -> bool:
    """Erase a page of the pictures that came before that; returns whether there may be more."""
    page = select(media.c.name).where(media.c.at < before).order_by(media.c.at).limit(PAGE)
    names = connection.execute(page).scalars().all()
    connection.execute(delete(media).where(media.c.name.in_(names)))
    return len(names) == PAGE


def give_back_space(connection: Connection) -> None:
    """Hand some of the space that is free in a SQLite file back to the disk; PostgreSQL sees to that by itself."""
    if connection.dialect.name == "sqlite":
        driver = cast("sqlite3.Connection", connection.connection.driver_connection)
        driver.execute(f"PRAGMA incremental_vacuum({FREED_PAGES})").fetchall()


def _raw(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(update(inbox).where(inbox.c.id.in_(ids)).values(raw=b""))


def _inbox(connection: Connection, ids: Sequence[int]) -> None:
    settled = select(inbox.c.id).where(inbox.c.id.in_(ids), inbox.c.state.not_in(("new", "poison")))
    gone = connection.execute(settled).scalars().all()
    forget(connection, "inbox", gone)
    connection.execute(delete(inbox).where(inbox.c.id.in_(gone)))


def _outbox(connection: Connection, ids: Sequence[int]) -> None:
    settled = select(outbox.c.id).where(outbox.c.id.in_(ids), outbox.c.state.not_in(("queued", "sending")))
    gone = connection.execute(settled).scalars().all()
    forget(connection, "outbox", gone)
    connection.execute(delete(outbox).where(outbox.c.id.in_(gone)))


def _decision(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(delete(decision).where(decision.c.id.in_(ids)))


def _note(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(delete(note).where(note.c.id.in_(ids)))


def _proposal(connection: Connection, ids: Sequence[int]) -> None:
    connection.execute(delete(proposal).where(proposal.c.id.in_(ids)))


def _conversation(connection: Connection, ids: Sequence[int]) -> None:
    """Those that are over, unblocked and empty. One that was rated stays: its mark counts."""
    table = conversation.c
    holds = [
        select(other.c.conversation_id).where(other.c.conversation_id == table.id).exists()
        for other in (inbox, outbox, decision, rating)
    ]
    over = (table.mode == "closed", table.blocked_at.is_(None))
    gone = connection.execute(select(table.id).where(table.id.in_(ids), *over, *(~each for each in holds))).scalars()
    empty = gone.all()
    forget(connection, "conversation", empty)
    connection.execute(delete(invite).where(invite.c.conversation_id.in_(empty)))
    connection.execute(delete(conversation).where(table.id.in_(empty)))


_ERASED: Mapping[What, tuple[Table, Any, Callable[[Connection, Sequence[int]], None]]] = {
    "raw": (inbox, inbox.c.received_at, _raw),
    "inbox": (inbox, inbox.c.received_at, _inbox),
    "outbox": (outbox, outbox.c.created_at, _outbox),
    "decision": (decision, decision.c.created_at, _decision),
    "alert": (alert, alert.c.created_at, alerts.erase),
    "note": (note, note.c.at, _note),
    "proposal": (proposal, proposal.c.at, _proposal),
    "conversation": (
        conversation,
        func.coalesce(conversation.c.last_buyer_at, conversation.c.created_at, type_=conversation.c.created_at.type),
        _conversation,
    ),
}


def _upto(connection: Connection, what: What) -> int:
    return connection.execute(select(erased.c.upto_id).where(erased.c.what == what)).scalar() or 0


def _remember(connection: Connection, what: What, upto_id: int) -> None:
    connection.execute(insert_new(connection.dialect.name, erased), [{"what": what, "upto_id": 0}])
    connection.execute(update(erased).where(erased.c.what == what).values(upto_id=upto_id))
