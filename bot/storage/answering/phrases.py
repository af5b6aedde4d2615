"""Quick phrases as they are kept: by whose they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import delete, func, insert, select, update

from bot.domain.desk.phrases import Phrase
from bot.storage.tables.desk import quick_phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.engine import Connection

    from bot.domain.desk.phrases import Scope

Owner = tuple["Scope", int]
"""Whose phrases: a scope, and the number of the person or group in it."""
State = tuple[object, ...]


def state_of(connection: Connection, owner: Owner) -> State:
    """What is another after any change of these."""
    row = connection.execute(
        select(func.count(), func.max(_ROW.id), func.sum(_ROW.used), func.max(_ROW.changed_at)).where(*_is(owner))
    ).one()
    return tuple(row)


def read_of(connection: Connection, owner: Owner) -> tuple[Phrase, ...]:
    """All of these, in the order in which they were made."""
    rows = connection.execute(select(quick_phrase).where(*_is(owner)).order_by(_ROW.id))
    return tuple(map(_phrase, rows))


def read_one(connection: Connection, phrase_id: int) -> Phrase | None:
    """One phrase, whosever it is."""
    row = connection.execute(select(quick_phrase).where(_ROW.id == phrase_id)).first()
    return None if row is None else _phrase(row)


def add(connection: Connection, phrases: Iterable[Phrase], *, at: datetime) -> list[int]:
    """Keep new ones; their ids are given here."""
    rows = [_columns(phrase) | {"changed_at": at} for phrase in phrases]
    return [int(connection.execute(insert(quick_phrase).values(row).returning(_ROW.id)).scalar_one()) for row in rows]


def change(connection: Connection, phrase: Phrase, *, at: datetime) -> None:
    """Keep it as it is now."""
    changed = _columns(phrase) | {"changed_at": at}
    connection.execute(update(quick_phrase).where(_ROW.id == phrase.id).values(changed))


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Forget these."""
    connection.execute(delete(quick_phrase).where(_ROW.id.in_(ids)))


def note_used(connection: Connection, phrase_id: int, *, at: datetime) -> None:
    """It was used once more."""
    used = {"used": _ROW.used + 1, "changed_at": at}
    connection.execute(update(quick_phrase).where(_ROW.id == phrase_id).values(used))


_ROW = quick_phrase.c


def _is(owner: Owner) -> tuple[ColumnElement[bool], ...]:
    return _ROW.scope == owner[0], _ROW.owner_id == owner[1]


def _columns(phrase: Phrase) -> dict[str, Any]:
    said = {"bubbles": phrase.bubbles, "pictures": phrase.pictures}
    return {
        "scope": phrase.scope,
        "owner_id": phrase.owner_id,
        "title": phrase.title,
        "bubbles": orjson.dumps(said),
    }


def _phrase(row: Row[Any]) -> Phrase:
    said = orjson.loads(row.bubbles)
    return Phrase(
        id=row.id,
        scope=row.scope,
        owner_id=row.owner_id,
        title=row.title,
        bubbles=tuple(said["bubbles"]),
        pictures=tuple(said["pictures"]),
        used=row.used,
    )
