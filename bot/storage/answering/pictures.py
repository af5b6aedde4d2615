"""Pictures that are kept here: each belongs to one conversation, and is shown to nobody outside it."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from adapters.contract import Image
from bot.storage.answering.places import Place
from bot.storage.engine.dialects import insert_new
from bot.storage.packing import message_in
from bot.storage.tables.desk import media
from bot.storage.tables.messages import conversation, inbox

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection, Row

    from bot.dialogue.state import Conversation


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture as it was made anew here; `name` is unguessable."""

    name: str
    mime: str
    width: int
    height: int
    body: bytes

    def under_new_name(self) -> Picture:
        """The same picture, for another place."""
        return dataclasses.replace(self, name=new_name())


def new_name() -> str:
    """A name that nobody guesses."""
    return secrets.token_urlsafe(18)


def name_of_message(channel: str, external_id: str) -> str:
    """How the picture in a buyer's message is called that lies elsewhere: once it was fetched, it is kept so."""
    digest = hashlib.blake2b(f"{channel}\n{external_id}".encode(), digest_size=18).digest()
    return base64.urlsafe_b64encode(digest).decode()


def keep(
    connection: Connection, picture: Picture, *, channel: str, external_id: str, staff_id: int | None, at: datetime
) -> None:
    """Keep it for this conversation (the platform's id), which need not have begun yet; a second one changes nothing.

    `at` is when it came, from which on it is kept for as long as what is said.
    """
    row = {
        "name": picture.name,
        "channel": channel,
        "conversation": external_id,
        "staff_id": staff_id,
        "mime": picture.mime,
        "width": picture.width,
        "height": picture.height,
        "body": picture.body,
        "at": at,
    }
    connection.execute(insert_new(connection.dialect.name, media), [row])


def keep_in(
    connection: Connection, picture: Picture, conversation_id: int, *, place: Place, staff_id: int | None, at: datetime
) -> bool:
    """Keep it for a conversation that had begun there; nothing is kept, and False returned, if it is erased by now."""
    row = conversation.c
    there = (row.id == conversation_id, row.channel == place.channel, row.external_id == place.external_id)
    if connection.execute(select(row.id).where(*there).with_for_update()).first() is None:
        return False
    keep(connection, picture, channel=place.channel, external_id=place.external_id, staff_id=staff_id, at=at)
    return True


def kept_among(connection: Connection, names: Collection[str]) -> frozenset[str]:
    """Which of these are kept here."""
    if not names:
        return frozenset()
    return frozenset(connection.execute(select(media.c.name).where(media.c.name.in_(names))).scalars())


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """A picture in a buyer's message: where it lies, and how it is called once it is kept here."""

    name: str
    image: Image
    received_at: datetime


def lying(connection: Connection, conversation_id: int, inbox_id: int) -> Lying | None:
    """The picture in this message of the conversation; None where there is none, and where nobody can read it."""
    row = connection.execute(
        select(inbox).where(inbox.c.id == inbox_id, inbox.c.conversation_id == conversation_id)
    ).first()
    message = None if row is None else message_in(row.kind, row.body)
    if row is None or message is None or not isinstance(message.content, Image):
        return None
    name = name_of_message(row.channel, row.external_id)
    return Lying(name=name, image=message.content, received_at=row.received_at)


def read(connection: Connection, name: str, *, channel: str, external_id: str) -> Picture | None:
    """A picture of this conversation; None for any other."""
    row = connection.execute(
        select(media).where(media.c.name == name, media.c.channel == channel, media.c.conversation == external_id)
    ).first()
    return None if row is None else _picture(row)


def place_of(connection: Connection, name: str) -> Place | None:
    """The conversation in which a person of the shop sends this picture; None for a buyer's, and any other name."""
    row = connection.execute(
        select(media.c.channel, media.c.conversation).where(media.c.name == name, media.c.staff_id.is_not(None))
    ).first()
    return None if row is None else Place(channel=row.channel, external_id=row.conversation)


def read_any(connection: Connection, name: str) -> Picture | None:
    """A picture of any conversation."""
    row = connection.execute(select(media).where(media.c.name == name)).first()
    return None if row is None else _picture(row)


def are_here(connection: Connection, found: Conversation, names: Sequence[str]) -> bool:
    """Whether all of these belong to this conversation."""
    if not names:
        return True
    theirs = (media.c.channel == found.channel, media.c.conversation == found.external_id)
    there = connection.execute(select(func.count()).where(media.c.name.in_(names), *theirs)).scalar_one()
    return there == len(set(names))


def count_since(connection: Connection, *, channel: str, external_id: str, since: datetime) -> int:
    """How many pictures came for this conversation since then."""
    row = media.c
    theirs = (row.channel == channel, row.conversation == external_id, row.staff_id.is_(None), row.at >= since)
    return int(connection.execute(select(func.count()).where(*theirs)).scalar_one())


def _picture(row: Row[Any]) -> Picture:
    return Picture(name=row.name, mime=row.mime, width=row.width, height=row.height, body=row.body)
