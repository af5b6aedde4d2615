"""Show a platform one picture that a person has sent there, by the address that went out for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.contract import PREVIEW_BYTES, WHOLE_BYTES
from bot.domain.delivering.picture_addresses import NAME, opens
from bot.errors import TooBusy
from bot.storage.answering import pictures
from bot.storage.channels import picture_keys

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.redrawing import Redrawer
    from bot.storage.answering.pictures import Picture
    from bot.storage.engine.database import Connection, Database

WHOLE_SIDE, PREVIEW_SIDE = 1_400, 480
"""Four bytes for each dot of a square with such sides are fewer than the platforms' limits, however it is packed."""
DRAWN_AGAIN_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The picture, no larger than a platform takes it."""

    mime: str
    body: bytes = field(repr=False)


async def show_picture(
    *, database: Database, redrawer: Redrawer, clock: Clock, name: str, ticket: str, preview: bool
) -> Shown | None:
    """The picture of this name; None for every ticket that is forged or has lapsed, and once it is erased.

    Raises `StorageDown`, and `TooBusy` where it had to be drawn smaller and was not in time.
    """
    if not NAME.fullmatch(name):
        return None
    kept = await database.read(_read, name, ticket, clock.now())
    if kept is None:
        return None
    limit, side = (PREVIEW_BYTES, PREVIEW_SIDE) if preview else (WHOLE_BYTES, WHOLE_SIDE)
    if len(kept.body) <= limit:
        return Shown(mime=kept.mime, body=kept.body)
    drawn = await redrawer.redraw(kept.body, longest_side=side)
    if isinstance(drawn, str):
        raise TooBusy(retry_after_seconds=DRAWN_AGAIN_SECONDS)
    return Shown(mime=drawn.mime, body=drawn.body)


def _read(connection: Connection, name: str, ticket: str, now: datetime) -> Picture | None:
    place = pictures.place_of(connection, name)
    key = None if place is None else picture_keys.find(connection, place.channel)
    return pictures.read_any(connection, name) if key is not None and opens(ticket, name, key=key, now=now) else None
