"""Say that a person has a conversation open, and whether they write in it: colleagues and the guard see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.storage.answering import beside, places

if TYPE_CHECKING:
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.live import Live
    from bot.storage.answering.places import Place
    from bot.storage.engine.database import Connection, Database

How = Literal["looks", "types", "leaves"]
News = Literal["looks", "called no more", ""]


async def look_on(*, database: Database, live: Live, clock: Clock, who: Staff, conversation_id: int, how: How) -> bool:
    """Note it for half a minute; a page says it again meanwhile. Returns whether this person may look there at all.

    Whoever looks has read what the buyer wrote, and the notes that call them.
    """
    place, news = await database.write_lightly(_look, who, conversation_id, how, clock.now())
    if place is None:
        return False
    if news == "called no more":
        live.changed(place.channel, place.external_id)
    elif news:
        live.signed(place.channel, place.external_id)
    return True


def _look(
    connection: Connection, who: Staff, conversation_id: int, how: How, at: datetime
) -> tuple[Place | None, News]:
    """Where that is, and what others see of it that they did not before."""
    place = places.place_of(connection, conversation_id)
    if place is None or not who.may_in("see", place.channel):
        return None, ""
    if how == "leaves":
        beside.look_away(connection, conversation_id, staff_id=who.id)
        return place, "looks"
    types = how == "types" and who.may_in("answer", place.channel)
    looked = any(each.staff_id == who.id for each in beside.who_looks(connection, conversation_id, at=at))
    beside.look(connection, conversation_id, who=who, types=types, at=at)
    was_called = beside.see_mentions(connection, who.id, conversation_id, at=at)
    has_read = who.may_in("answer", place.channel) and beside.read_up_to(connection, conversation_id)
    if was_called:
        return place, "called no more"
    return place, "looks" if types or has_read or not looked else ""
