"""How buyers can be reached who left: one phone number and one mail address each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update

from bot.domain.desk.contacts import Contact
from bot.storage.engine.dialects import insert_new
from bot.storage.tables.desk import contact as table
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from bot.storage.answering.places import Place


def keep(connection: Connection, contact: Contact, *, place: Place, at: datetime) -> bool:
    """Keep it with the buyer of the conversation there, in place of the one of its kind; False where there is none."""
    talk, channel = conversation.c, place.channel
    whose = select(talk.buyer).where(talk.channel == channel, talk.external_id == place.external_id)
    buyer = connection.execute(whose.with_for_update()).scalar()
    if buyer is None:
        return False
    row = {"channel": channel, "buyer": buyer, "kind": contact.kind, "value": contact.value, "at": at}
    connection.execute(insert_new(connection.dialect.name, table), [row])
    theirs = (table.c.channel == channel, table.c.buyer == buyer, table.c.kind == contact.kind)
    connection.execute(update(table).where(*theirs).values(value=contact.value, at=at))
    return True


def of_buyer(connection: Connection, *, channel: str, buyer: str) -> tuple[Contact, ...]:
    """What they left, the newest first."""
    theirs = (table.c.channel == channel, table.c.buyer == buyer)
    rows = connection.execute(select(table.c.kind, table.c.value).where(*theirs).order_by(table.c.at.desc()))
    return tuple(Contact(kind=row.kind, value=row.value) for row in rows)


def erase(connection: Connection, *, before: datetime) -> None:
    """Forget what was left before that."""
    connection.execute(delete(table).where(table.c.at < before))
