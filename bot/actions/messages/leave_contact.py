"""Leave a phone number or a mail address: the buyer goes away, and whoever answers later can reach them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bot.domain.desk.contacts import read_contact
from bot.storage.answering import contacts

if TYPE_CHECKING:
    from bot.clock import Clock
    from bot.domain.desk.contacts import Contact
    from bot.live import Live
    from bot.storage.answering.places import Place
    from bot.storage.engine.database import Database

NotLeft = Literal["no_contact", "no_conversation"]


async def leave_contact(*, database: Database, live: Live, clock: Clock, place: Place, text: str) -> Contact | NotLeft:
    """Keep it with the buyer of the shop's own window, who has said something, in place of what they left before.

    Nothing left takes away nothing: a buyer writes another one over it.
    """
    contact = read_contact(text)
    if contact is None:
        return "no_contact"
    if not await database.write(contacts.keep, contact, place=place, at=clock.now()):
        return "no_conversation"
    live.changed(place.channel, place.external_id)
    return contact
