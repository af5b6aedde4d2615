"""The audit log: who did what, each entry chained to the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import insert, inspect, select, text

from bot.domain.accounts.audit import BEGINNING, AuditAction, AuditEntry
from bot.storage.tables.staff import audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.engine import Connection

    from bot.domain.accounts.staff import Staff

ONE_AFTER_THE_OTHER = 20_261_130
"""An advisory lock's number: an entry needs the one before it, also when several nodes write."""
SHELL = "shell"
PAGE = 500
NO_DETAIL: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One entry and its place; `digest` is what is kept as its link of the chain."""

    id: int
    entry: AuditEntry
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """What a look at the whole log found. `broken_at` is the first entry that is not as it was written."""

    entries: int
    last_digest: str
    broken_at: int | None


def note(
    connection: Connection,
    action: AuditAction,
    *,
    by: Staff | None,
    at: datetime,
    about: str = "",
    address: str = "",
    detail: Mapping[str, object] = NO_DETAIL,
) -> None:
    """Log what somebody does, in the transaction that does it; call it last, as others wait for their turn.

    `by` None is the shell. `about` and `detail` name things by their ids and codes: no buyer's words, no secrets.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": ONE_AFTER_THE_OTHER})
    who, name = (None, SHELL) if by is None else (by.id, by.name)
    entry = AuditEntry(
        at=at, staff_id=who, staff_name=name, action=action, about=about, detail=dict(detail), address=address
    )
    values = {
        "at": at,
        "staff_id": who,
        "staff_name": name,
        "action": action,
        "about": about,
        "detail": orjson.dumps(dict(detail)).decode(),
        "address": address,
        "digest": entry.digest(last_digest(connection)),
    }
    connection.execute(insert(audit).values(values))


def last_digest(connection: Connection) -> str:
    """The end of the chain."""
    newest = select(audit.c.digest).order_by(audit.c.id.desc()).limit(1)
    return connection.execute(newest).scalar_one_or_none() or BEGINNING


def is_kept(connection: Connection) -> bool:
    """Whether this database has a log at all: one of an older version has not."""
    return inspect(connection).has_table(audit.name)


def newest(
    connection: Connection, *, action: AuditAction | None = None, before: int | None = None, most: int
) -> Sequence[Logged]:
    """The newest entries (of one kind, older than that one), newest first."""
    wanted = select(audit).order_by(audit.c.id.desc()).limit(most)
    if action is not None:
        wanted = wanted.where(audit.c.action == action)
    if before is not None:
        wanted = wanted.where(audit.c.id < before)
    return [_logged(row) for row in connection.execute(wanted)]


def verify(connection: Connection) -> Chain:
    """Look at every entry: whether it and the order are as they were written."""
    before, count = BEGINNING, 0
    for logged in _all(connection):
        if logged.digest != logged.entry.digest(before):
            return Chain(entries=count, last_digest=before, broken_at=logged.id)
        before, count = logged.digest, count + 1
    return Chain(entries=count, last_digest=before, broken_at=None)


def _all(connection: Connection) -> Iterator[Logged]:
    upto = 0
    while True:
        rows = connection.execute(select(audit).where(audit.c.id > upto).order_by(audit.c.id).limit(PAGE)).all()
        yield from map(_logged, rows)
        if len(rows) < PAGE:
            return
        upto = rows[-1].id


def _logged(row: Row[Any]) -> Logged:
    entry = AuditEntry(
        at=row.at,
        staff_id=row.staff_id,
        staff_name=row.staff_name,
        action=row.action,
        about=row.about,
        detail=orjson.loads(row.detail),
        address=row.address,
    )
    return Logged(id=row.id, entry=entry, digest=row.digest)
