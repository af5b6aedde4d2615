"""Who is the same buyer on several channels, as people of the shop say: their conversations are looked at together.

Nothing else comes of it: each conversation is led, answered and closed by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, select, tuple_, update

from bot.config import TRY_OUT_CHANNEL
from bot.storage.engine.dialects import insert_new
from bot.storage.tables.desk import same_buyer
from bot.storage.tables.messages import conversation

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection

    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff

Buyer = tuple[str, str]
"""A channel and the platform's id of a buyer there."""
MOST = 6
"""So many conversations are looked at together."""


def others(connection: Connection, buyer: Buyer) -> list[Buyer]:
    """The buyers of other channels who are this one too."""
    table = same_buyer.c
    person = _person(buyer).scalar_subquery()
    rows = connection.execute(select(table.channel, table.buyer).where(table.person == person).order_by(table.at))
    return [(row.channel, row.buyer) for row in rows if (row.channel, row.buyer) != buyer]


def talks_beside(connection: Connection, found: Conversation, who: Staff) -> list[int]:
    """The newest conversation of each of them, where this person may look."""
    buyers = [each for each in others(connection, (found.channel, found.buyer)) if who.may_in("see", each[0])][:MOST]
    if not buyers:
        return []
    table = conversation.c
    said = func.coalesce(table.last_buyer_at, table.created_at)
    rows = connection.execute(
        select(table.id, table.channel, table.buyer)
        .where(tuple_(table.channel, table.buyer).in_(buyers), table.channel != TRY_OUT_CHANNEL)
        .order_by(said, table.id)
    )
    newest = {(row.channel, row.buyer): row.id for row in rows}
    return sorted(newest.values())


def joining(connection: Connection, one: Buyer, other: Buyer, *, person: str, who: Staff, at: datetime) -> list[Buyer]:
    """All who would be one if these two were; nobody else changes who they are one with until this is over.

    Both are written down for it, each who is one with nobody yet under a new name: `merge` or `leave_apart` has to
    follow. `person` is the beginning of such a name.
    """
    by = {"staff_id": who.id, "staff_name": who.name, "at": at}
    for number, each in enumerate(sorted((one, other))):
        row = {"channel": each[0], "buyer": each[1], "person": f"{person}:{number}"}
        connection.execute(insert_new(connection.dialect.name, same_buyer).values(row | by))
    table = same_buyer.c
    names = [connection.execute(_person(each).with_for_update()).scalar_one() for each in sorted((one, other))]
    found = select(table.channel, table.buyer).where(table.person.in_(names)).order_by(table.channel, table.buyer)
    return [(row.channel, row.buyer) for row in connection.execute(found.with_for_update())]


def merge(connection: Connection, one: Buyer, other: Buyer) -> None:
    """From now on they are one, with all that either was one with already."""
    name, second = (connection.execute(_person(each)).scalar_one() for each in (one, other))
    connection.execute(update(same_buyer).where(same_buyer.c.person == second).values(person=name))


def leave_apart(connection: Connection, *buyers: Buyer) -> None:
    """They are not to be one: whoever was written down for that alone is taken out."""
    for each in buyers:
        tidy(connection, connection.execute(_person(each)).scalar())


def split(connection: Connection, buyer: Buyer) -> None:
    """This one is somebody else after all."""
    table, person = same_buyer.c, hold(connection, buyer)
    connection.execute(delete(same_buyer).where(table.channel == buyer[0], table.buyer == buyer[1]))
    tidy(connection, person)


def hold(connection: Connection, buyer: Buyer) -> str | None:
    """The name that they have with others, none of whom is merged or split until this is over; None where with none."""
    person: str | None = connection.execute(_person(buyer).with_for_update()).scalar()
    theirs = select(same_buyer.c.person).where(same_buyer.c.person == person)
    connection.execute(theirs.order_by(same_buyer.c.channel, same_buyer.c.buyer).with_for_update()).all()
    return person


def tidy(connection: Connection, person: str | None) -> None:
    """Nobody is one with themselves alone: who is left so under this name is taken out."""
    theirs = same_buyer.c.person == person
    if connection.execute(select(func.count()).select_from(same_buyer).where(theirs)).scalar_one() == 1:
        connection.execute(delete(same_buyer).where(theirs))


def _person(buyer: Buyer) -> Select[Any]:
    return select(same_buyer.c.person).where(same_buyer.c.channel == buyer[0], same_buyer.c.buyer == buyer[1])
