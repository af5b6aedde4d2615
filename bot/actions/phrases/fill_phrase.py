"""Fill a phrase for one conversation: its variables from the manual, and what nobody knows is asked of the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.dialogue.responses.circumstances import circumstances_around
from bot.domain.calendar import shop_at
from bot.domain.channels.channel import why_no_pictures
from bot.domain.desk.phrases import may_use
from bot.storage.answering import phrase_pictures, phrases, pictures
from bot.storage.answering.places import Place
from bot.storage.conversations import read_several
from knowledge.answers.templates import filled

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from bot.clock import Clock
    from bot.dialogue.state import Conversation
    from bot.domain.accounts.staff import Staff
    from bot.domain.calendar import ShopCalendar
    from bot.domain.channels.channel import Channel
    from bot.domain.desk.phrases import Phrase
    from bot.storage.engine.database import Connection, Database
    from knowledge.manual.entry import Manual


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What is to be said. While `missing` names variables, the texts still hold them as `{name}`: ask the person.

    `pictures` are names in this conversation; `left_out` counts those that its channel does not take.
    """

    texts: tuple[str, ...]
    pictures: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    left_out: int = 0


async def fill_phrase(
    *,
    database: Database,
    manual: Manual,
    calendar: ShopCalendar,
    clock: Clock,
    channels: Mapping[str, Channel],
    who: Staff,
    groups: Collection[int],
    conversation_id: int,
    phrase_id: int,
    values: Mapping[str, str],
) -> Filled | None:
    """The phrase as it is said to this buyer, with the `values` that the person gave; None where it is not theirs."""
    phrase, talk = await database.read(_read, phrase_id, conversation_id)
    if phrase is None or talk is None or not may_use(phrase, who, groups) or not who.may_in("answer", talk.channel):
        return None
    known = circumstances_around(talk.memory, shop_at(calendar, clock.now()), talk.channel)
    texts, missing = filled(manual, phrase.bubbles, values, known)
    if missing:
        return Filled(texts=texts, missing=missing)
    if not phrase.pictures or why_no_pictures(channels.get(talk.channel)):
        await database.write_lightly(phrases.note_used, phrase.id, at=clock.now())
        return Filled(texts=texts, left_out=len(phrase.pictures))
    names = await database.write(_picture, phrase, talk, who, clock.now())
    return Filled(texts=texts, pictures=names)


def _picture(connection: Connection, phrase: Phrase, talk: Conversation, who: Staff, at: datetime) -> tuple[str, ...]:
    """Keep the phrase's pictures for this conversation too, and return the names that they have here; it was used."""
    phrases.note_used(connection, phrase.id, at=at)
    place = Place(channel=talk.channel, external_id=talk.external_id)
    kept = [found.under_new_name() for name in phrase.pictures if (found := phrase_pictures.read(connection, name))]
    return tuple(
        each.name for each in kept if pictures.keep_in(connection, each, talk.id, place=place, staff_id=who.id, at=at)
    )


def _read(connection: Connection, phrase_id: int, conversation_id: int) -> tuple[Phrase | None, Conversation | None]:
    talks = read_several(connection, [conversation_id], with_places=False)
    return phrases.read_one(connection, phrase_id), next(iter(talks), None)
