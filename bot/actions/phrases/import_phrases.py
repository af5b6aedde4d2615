"""Take quick phrases from a list: this program's own, or what Qianniu and others export."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.clean import clean_text
from bot.domain.desk.phrases import LONGEST_BUBBLE, LONGEST_TITLE, MOST_BUBBLES, Phrase, may_change
from bot.errors import Unpublishable
from bot.storage.answering import phrases
from knowledge.reasons.faults import fault
from knowledge.workbook.phrase_lists import phrases_in
from knowledge.workbook.spreadsheets.reading import read_spreadsheet
from knowledge.workbook.spreadsheets.sheets import BadSpreadsheet

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.domain.desk.phrases import Scope
    from bot.storage.engine.database import Connection, Database
    from knowledge.reasons.sentences import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """How many were added, how many stood there already, and the titles of those that are too long."""

    added: int
    known: int
    too_long: tuple[str, ...]


async def import_phrases(
    *,
    database: Database,
    clock: Clock,
    who: Staff,
    groups: Collection[int],
    scope: Scope,
    owner_id: int,
    data: bytes,
    name: str,
    language: Language,
) -> Imported | None:
    """Add what the file has to these phrases; None where this person may not write them.

    Raises `Unpublishable` with a sentence where the file cannot be read. It is read in a process of its own.
    """
    if not may_change(scope, owner_id, who, groups):
        return None
    try:
        listed = phrases_in(await read_spreadsheet(data, name=name))
    except BadSpreadsheet as bad:
        raise Unpublishable(tuple(row.said(language) for row in bad.rows)) from bad
    if not listed:
        raise Unpublishable((fault("no_list", name=name).said(language),))
    all_of_them = [
        Phrase(
            id=0,
            scope=scope,
            owner_id=owner_id,
            title=clean_text(each.title).strip()[:LONGEST_TITLE],
            bubbles=tuple(map(clean_text, each.bubbles)),
        )
        for each in listed
    ]
    good = [phrase for phrase in all_of_them if _fits(phrase)]
    added = await database.write(_add_new, good, (scope, owner_id), clock.now())
    too_long = tuple(phrase.title for phrase in all_of_them if not _fits(phrase))
    return Imported(added=added, known=len(good) - added, too_long=too_long)


def _fits(phrase: Phrase) -> bool:
    return len(phrase.bubbles) <= MOST_BUBBLES and all(len(text) <= LONGEST_BUBBLE for text in phrase.bubbles)


def _add_new(connection: Connection, listed: Sequence[Phrase], owner: phrases.Owner, at: datetime) -> int:
    known = {(phrase.title, phrase.bubbles) for phrase in phrases.read_of(connection, owner)}
    new = [phrase for phrase in listed if (phrase.title, phrase.bubbles) not in known]
    return len(phrases.add(connection, new, at=at))
