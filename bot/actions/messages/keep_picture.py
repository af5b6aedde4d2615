"""Keep a picture that a buyer or a person sends: drawn anew, for one conversation only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from bot.domain.channels.channel import NoPictures, why_no_pictures
from bot.storage.answering import pictures, places
from bot.storage.answering.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.channel import Channel
    from bot.redrawing import Problem, Redrawer
    from bot.storage.answering.places import Place
    from bot.storage.engine.database import Connection, Database

NotKept = Literal["no_picture", "picture_too_large", "too_many_pictures", "not_allowed"] | NoPictures
OF_BUYER_AN_HOUR = 30


class Kept(str):
    """The name of a picture that is kept."""

    __slots__ = ()


async def keep_buyers_picture(
    *, database: Database, clock: Clock, redrawer: Redrawer, place: Place, data: bytes
) -> Kept | NotKept:
    """Keep what the buyer of this conversation sent; a buyer sends so many an hour."""
    number, sent = await database.read(_look, place, since=clock.now() - timedelta(hours=1))
    if sent >= OF_BUYER_AN_HOUR:
        return "too_many_pictures"
    picture = await _draw(redrawer, data)
    if isinstance(picture, str):
        return picture
    return await database.write(_keep, picture, number, place=place, staff_id=None, at=clock.now())


def _look(connection: Connection, place: Place, *, since: datetime) -> tuple[int | None, int]:
    """The conversation there, and how many pictures its buyer sent since then."""
    sent = pictures.count_since(connection, channel=place.channel, external_id=place.external_id, since=since)
    return places.number_of(connection, place), sent


async def keep_staffs_picture(
    *,
    database: Database,
    clock: Clock,
    redrawer: Redrawer,
    channels: Mapping[str, Channel],
    who: Staff,
    conversation_id: int,
    data: bytes,
) -> Kept | NotKept:
    """Keep what a person is about to send in this conversation."""
    place = await database.read(places.place_of, conversation_id)
    if place is None or not who.may_in("answer", place.channel):
        return "not_allowed"
    no_pictures = why_no_pictures(channels.get(place.channel))
    if no_pictures is not None:
        return no_pictures
    picture = await _draw(redrawer, data)
    if isinstance(picture, str):
        return picture
    return await database.write(_keep, picture, conversation_id, place=place, staff_id=who.id, at=clock.now())


async def read_picture(*, database: Database, who: Staff, conversation_id: int, name: str) -> Picture | None:
    """A picture of this conversation, for a person who may see it."""
    return await database.read(_read, who, conversation_id, name)


def _read(connection: Connection, who: Staff, conversation_id: int, name: str) -> Picture | None:
    place = places.place_of(connection, conversation_id)
    if place is None or not who.may_in("see", place.channel):
        return None
    return pictures.read(connection, name, channel=place.channel, external_id=place.external_id)


async def _draw(redrawer: Redrawer, data: bytes) -> Picture | Problem:
    drawn = await redrawer.redraw(data)
    if isinstance(drawn, str):
        return drawn
    return Picture(name=pictures.new_name(), mime=drawn.mime, width=drawn.width, height=drawn.height, body=drawn.body)


def _keep(
    connection: Connection, picture: Picture, number: int | None, *, place: Place, staff_id: int | None, at: datetime
) -> Kept | NotKept:
    """Keep it, if the conversation that it is for is not erased by now; a buyer's may come before theirs begins."""
    if number is None:
        pictures.keep(
            connection, picture, channel=place.channel, external_id=place.external_id, staff_id=staff_id, at=at
        )
    elif not pictures.keep_in(connection, picture, number, place=place, staff_id=staff_id, at=at):
        return "not_allowed"
    return Kept(picture.name)
