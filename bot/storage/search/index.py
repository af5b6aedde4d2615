"""The index of words, one form for each database, both without the messages themselves.

SQLite has an FTS5 table without content or places (measured: 5 µs a message and 50 bytes; a trigram index is twice as
large and finds no word of two characters). PostgreSQL has an array of words with a GIN index.
What is indexed is numbered by where it stands: three numbers for each row, one a table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.engine import Connection

Where = Literal["inbox", "outbox", "conversation"]
PLACES: Mapping[Where, int] = {"inbox": 0, "outbox": 1, "conversation": 2}
BUCKET = 300_000
"""So many numbers belong to one stretch of the index, which is asked for by itself where words are common."""


def number_of(where: Where, row_id: int) -> int:
    """The number of a row in the index."""
    return row_id * len(PLACES) + PLACES[where]


def row_of(number: int) -> tuple[Where, int]:
    """The row behind a number of the index."""
    row_id, place = divmod(number, len(PLACES))
    return next(where for where, each in PLACES.items() if each == place), row_id


def add(connection: Connection, entries: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Let these numbers be found by these words; none of them was there before."""
    rows = [{"number": number, "words": _kept(connection, number, words)} for number, words in entries if words]
    if rows:
        connection.execute(_ADD[connection.dialect.name], rows)


def remove(connection: Connection, entries: Sequence[tuple[int, Sequence[str]]]) -> None:
    """Let these be found no more. SQLite wants to hear the very words that were added."""
    there = [(number, words) for number, words in entries if words]
    if there and connection.dialect.name == "sqlite":
        rows = [{"number": number, "words": _kept(connection, number, words)} for number, words in there]
        connection.execute(_REMOVE_FROM_SQLITE, rows)
    elif there:
        connection.execute(_REMOVE, [{"number": number} for number, _ in there])


def find(connection: Connection, words: Sequence[str], *, before: int, most: int) -> list[int]:
    """The newest numbers below `before` that have all of these words, the newest first."""
    if connection.dialect.name == "sqlite":
        asked = " AND ".join(f'"{word}"' for word in words)
        found = connection.execute(_FIND_IN_SQLITE, {"words": asked, "before": before, "most": most})
        return list(found.scalars())
    newest = connection.execute(_NEWEST, {"before": before}).scalar()
    if newest is None:
        return []
    asked_for = {"before": before, "most": most}
    near = connection.execute(_FIND, asked_for | {"words": [*words, _bucket(newest)]}).scalars().all()
    if len(near) >= most:  # common words: their whole list would be long to sort
        return list(near)
    return list(connection.execute(_FIND, asked_for | {"words": list(words)}).scalars())


def _kept(connection: Connection, number: int, words: Sequence[str]) -> object:
    return " ".join(words) if connection.dialect.name == "sqlite" else [*words, _bucket(number)]


def _bucket(number: int) -> str:
    """A word that the numbers of one stretch have in common."""
    return f"#{number // BUCKET}"


_ADD = {
    "sqlite": text("INSERT INTO search_index (rowid, words) VALUES (:number, :words)"),
    "postgresql": text(
        "INSERT INTO search_index (number, words) VALUES (:number, CAST(:words AS text[])) ON CONFLICT DO NOTHING"
    ),
}
_REMOVE_FROM_SQLITE = text("INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', :number, :words)")
_REMOVE = text("DELETE FROM search_index WHERE number = :number")
_FIND_IN_SQLITE = text(
    "SELECT rowid FROM search_index WHERE search_index MATCH :words AND rowid < :before ORDER BY rowid DESC LIMIT :most"
)
_NEWEST = text("SELECT max(number) FROM search_index WHERE number < :before")
_FIND = text(
    "SELECT number FROM search_index WHERE words @> CAST(:words AS text[]) AND number < :before"
    " ORDER BY number DESC LIMIT :most"
)
