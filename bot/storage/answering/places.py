"""Where conversations are: their channels, and their ids there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.engine import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The channel of a conversation, and its id there."""

    channel: str
    external_id: str


def place_of(connection: Connection, conversation_id: int) -> Place | None:
    """Where a conversation is."""
    row = connection.execute(
        select(conversation.c.channel, conversation.c.external_id).where(conversation.c.id == conversation_id)
    ).first()
    return None if row is None else Place(channel=row.channel, external_id=row.external_id)


def topics_of(connection: Connection, conversation_ids: Sequence[int]) -> list[str]:
    """Under which topics their changes are told of."""
    talk = conversation.c
    rows = connection.execute(select(talk.channel, talk.external_id).where(talk.id.in_(conversation_ids)))
    return [f"{row.channel}/{row.external_id}" for row in rows]


def number_of(connection: Connection, place: Place) -> int | None:
    """The conversation that is there; None where none has begun."""
    there = (conversation.c.channel == place.channel, conversation.c.external_id == place.external_id)
    return connection.execute(select(conversation.c.id).where(*there)).scalar()
