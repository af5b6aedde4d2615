"""The pictures of quick phrases: kept with the phrase, and copied into each conversation where it is said."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select

from bot.storage.answering.pictures import Picture
from bot.storage.tables.desk import phrase_picture

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.engine import Connection


def keep(connection: Connection, picture: Picture) -> None:
    """Keep it for a phrase, which names it."""
    connection.execute(insert(phrase_picture).values(dataclasses.asdict(picture)))


def read(connection: Connection, name: str) -> Picture | None:
    """The picture of this name; None where no phrase has it any more."""
    row = connection.execute(select(phrase_picture).where(phrase_picture.c.name == name)).first()
    return None if row is None else Picture(**row._mapping)  # noqa: SLF001 - a public attribute, in spite of its name


def forget(connection: Connection, names: Collection[str]) -> None:
    """Keep these no longer."""
    if names:
        connection.execute(delete(phrase_picture).where(phrase_picture.c.name.in_(names)))
