"""Fetch a buyer's picture from where it lies, when a person first looks at it; it is drawn anew and kept."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from adapters.contract import KEPT_HERE, KeepsMedia, Media, NoMedia, Refused, RunByOwner, Unknown
from adapters.pictures import read_address
from bot.storage.answering import pictures, places
from bot.storage.answering.pictures import Picture

if TYPE_CHECKING:
    from collections.abc import Mapping

    from adapters.contract import Adapter, CallFault, Image, Wire
    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.channels.channel import Calls, Channel
    from bot.redrawing import Redrawer
    from bot.storage.answering.pictures import Lying
    from bot.storage.answering.places import Place
    from bot.storage.engine.database import Connection, Database

    Asked = Media | NoMedia | CallFault

Why = Literal["not_allowed", "no_such_picture", "gone", "no_picture", "too_large", "refused", "not_reached"]
PATIENCE_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class Here:
    """It is kept here under this name."""

    name: str


@dataclass(frozen=True, slots=True)
class NotHere:
    """It could not be had, and why; what the platform said to it stands beside."""

    why: Why
    said: str = ""


async def fetch_picture(
    *,
    database: Database,
    clock: Clock,
    redrawer: Redrawer,
    channels: Mapping[str, Channel],
    wires: Calls,
    who: Staff,
    conversation_id: int,
    inbox_id: int,
) -> Here | NotHere:
    """Have the picture of this message here: it is fetched once, by whoever asks first, and kept with the message."""
    place, lying, is_here = await database.read(_look, conversation_id, inbox_id)
    if place is None or not who.may_in("see", place.channel):
        return NotHere("not_allowed")
    if lying is None:
        return NotHere("no_such_picture")
    if is_here:
        return Here(lying.name)
    channel = channels.get(place.channel)
    if channel is None:
        return NotHere("not_reached", "the channel is not in the settings any more")
    asked = await _ask(wires, place.channel, channel.adapter, lying.image, clock)
    if not isinstance(asked, Media):
        return _told(asked)
    return await _keep(database, redrawer, asked, conversation_id, place=place, lying=lying)


def _look(connection: Connection, conversation_id: int, inbox_id: int) -> tuple[Place | None, Lying | None, bool]:
    place, lying = (
        places.place_of(connection, conversation_id),
        pictures.lying(connection, conversation_id, inbox_id),
    )
    if lying is not None and lying.image.media.startswith(KEPT_HERE):
        return place, None, False
    return place, lying, lying is not None and bool(pictures.kept_among(connection, [lying.name]))


async def _ask(wires: Calls, name: str, adapter: Adapter, image: Image, clock: Clock) -> Asked:
    """Ask the platform, by what it calls the picture; where that brings none, and an address is known, look there."""
    asked: Asked = NoMedia("gone")
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            if image.media and isinstance(adapter, KeepsMedia):
                asked = await wires.call(
                    name, lambda wire: adapter.read_media(wire=wire, media=image.media, now=clock.now())
                )
            if image.url and not isinstance(asked, Media):
                asked = await wires.call(name, lambda wire: _read_address(wire, adapter, image, clock))
    except TimeoutError:
        return Unknown(f"no word within {PATIENCE_SECONDS:g} seconds")
    return asked


async def _read_address(wire: Wire, adapter: Adapter, image: Image, clock: Clock) -> Asked:
    home = adapter.home if isinstance(adapter, RunByOwner) else None
    return await read_address(image.url, wire=wire, home=home, now=clock.now())


def _told(asked: NoMedia | CallFault) -> NotHere:
    if isinstance(asked, NoMedia):
        return NotHere(asked.why)
    return NotHere("refused" if isinstance(asked, Refused) else "not_reached", asked.reason)


async def _keep(
    database: Database, redrawer: Redrawer, media: Media, conversation_id: int, *, place: Place, lying: Lying
) -> Here | NotHere:
    drawn = await redrawer.redraw(media.body)
    if isinstance(drawn, str):
        return NotHere("too_large" if drawn == "picture_too_large" else "no_picture")
    picture = Picture(name=lying.name, mime=drawn.mime, width=drawn.width, height=drawn.height, body=drawn.body)
    is_kept = await database.write(
        pictures.keep_in, picture, conversation_id, place=place, staff_id=None, at=lying.received_at
    )
    return Here(lying.name) if is_kept else NotHere("no_such_picture")
