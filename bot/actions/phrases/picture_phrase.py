"""Give a quick phrase a picture, take one out of it, or show one."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal

from bot.domain.desk.phrases import MOST_BUBBLES, may_change, may_use
from bot.storage.answering import phrase_pictures, phrases
from bot.storage.answering.pictures import Picture, new_name

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.phrases import Phrase
    from bot.redrawing import Redrawer
    from bot.storage.engine.database import Connection, Database

NotPictured = Literal["no_picture", "picture_too_large", "not_allowed", "too_many_bubbles", "no_such_phrase"]


async def add_picture(
    *,
    database: Database,
    clock: Clock,
    redrawer: Redrawer,
    who: Staff,
    groups: Collection[int],
    phrase_id: int,
    data: bytes,
) -> NotPictured | None:
    """Draw it anew and put it after the phrase's words, or say why not."""
    drawn = await redrawer.redraw(data)
    if isinstance(drawn, str):
        return drawn
    picture = Picture(name=new_name(), mime=drawn.mime, width=drawn.width, height=drawn.height, body=drawn.body)

    def add(connection: Connection) -> NotPictured | None:
        phrase = _theirs(connection, phrase_id, who, groups)
        if isinstance(phrase, str):
            return phrase
        if len(phrase.bubbles) + len(phrase.pictures) >= MOST_BUBBLES:
            return "too_many_bubbles"
        phrase_pictures.keep(connection, picture)
        pictured = dataclasses.replace(phrase, pictures=(*phrase.pictures, picture.name))
        phrases.change(connection, pictured, at=clock.now())
        return None

    return await database.write(add)


async def take_picture_out(
    *, database: Database, clock: Clock, who: Staff, groups: Collection[int], phrase_id: int, name: str
) -> NotPictured | None:
    """Forget this picture of the phrase; one that is not there is no trouble. A phrase without words keeps its last."""

    def take_out(connection: Connection) -> NotPictured | None:
        phrase = _theirs(connection, phrase_id, who, groups)
        if isinstance(phrase, str):
            return phrase
        left = tuple(each for each in phrase.pictures if each != name)
        if left != phrase.pictures and (left or phrase.bubbles):
            phrase_pictures.forget(connection, [name])
            phrases.change(connection, dataclasses.replace(phrase, pictures=left), at=clock.now())
        return None

    return await database.write(take_out)


async def picture_of_phrase(
    *, database: Database, who: Staff, groups: Collection[int], phrase_id: int, name: str
) -> Picture | None:
    """The picture, for a person who may use the phrase."""

    def read(connection: Connection) -> Picture | None:
        phrase = phrases.read_one(connection, phrase_id)
        if phrase is None or name not in phrase.pictures or not may_use(phrase, who, groups):
            return None
        return phrase_pictures.read(connection, name)

    return await database.read(read)


def _theirs(connection: Connection, phrase_id: int, who: Staff, groups: Collection[int]) -> Phrase | NotPictured:
    """The phrase, if this person may change it."""
    phrase = phrases.read_one(connection, phrase_id)
    if phrase is None:
        return "no_such_phrase"
    return phrase if may_change(phrase.scope, phrase.owner_id, who, groups) else "not_allowed"
