"""Keep a quick phrase: a new one, one that was changed, or none any more."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Literal

from adapters.clean import clean_text
from bot.domain.desk.phrases import LONGEST_BUBBLE, LONGEST_TITLE, MOST_BUBBLES, may_change
from bot.storage.answering import phrase_pictures, phrases

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.phrases import Phrase
    from bot.storage.engine.database import Connection, Database

NotKept = Literal["not_allowed", "nothing_to_send", "too_long", "too_many_bubbles", "no_such_phrase"]


async def save_phrase(
    *, database: Database, clock: Clock, who: Staff, groups: Collection[int], phrase: Phrase
) -> int | NotKept:
    """Keep its title and words (a new one has the id 0), and return its id, or why it is not kept.

    Its pictures stay as they are (see `picture_phrase`).
    """
    cleaned = dataclasses.replace(
        phrase,
        title=clean_text(phrase.title).strip(),
        bubbles=tuple(text for each in phrase.bubbles if (text := clean_text(each).strip())),
    )
    return await database.write(_save, cleaned, who, groups, clock)


async def delete_phrase(*, database: Database, who: Staff, groups: Collection[int], phrase_id: int) -> NotKept | None:
    """Forget it, or say why not."""
    return await database.write(_delete, phrase_id, who, groups)


def _what_is_wrong(phrase: Phrase) -> NotKept | None:
    if not phrase.title or not (phrase.bubbles or phrase.pictures):
        return "nothing_to_send"
    if len(phrase.title) > LONGEST_TITLE or any(len(text) > LONGEST_BUBBLE for text in phrase.bubbles):
        return "too_long"
    return "too_many_bubbles" if len(phrase.bubbles) + len(phrase.pictures) > MOST_BUBBLES else None


def _save(connection: Connection, phrase: Phrase, who: Staff, groups: Collection[int], clock: Clock) -> int | NotKept:
    before = phrases.read_one(connection, phrase.id) if phrase.id else None
    if phrase.id and before is None:
        return "no_such_phrase"
    for each in (phrase, before):
        if each is not None and not may_change(each.scope, each.owner_id, who, groups):
            return "not_allowed"
    pictured = dataclasses.replace(phrase, pictures=before.pictures if before is not None else ())
    wrong = _what_is_wrong(pictured)
    if wrong is not None:
        return wrong
    if before is None:
        return phrases.add(connection, [pictured], at=clock.now())[0]
    phrases.change(connection, pictured, at=clock.now())
    return phrase.id


def _delete(connection: Connection, phrase_id: int, who: Staff, groups: Collection[int]) -> NotKept | None:
    phrase = phrases.read_one(connection, phrase_id)
    if phrase is None:
        return "no_such_phrase"
    if not may_change(phrase.scope, phrase.owner_id, who, groups):
        return "not_allowed"
    phrases.remove(connection, [phrase_id])
    phrase_pictures.forget(connection, phrase.pictures)
    return None
