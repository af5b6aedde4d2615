"""Take what people found as they answered into the manual: another wording of an entry, or an entry of its own."""

from __future__ import annotations

import asyncio
import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Unpublishable
from bot.storage.knowledge import for_the_manual, manuals
from bot.storage.knowledge.manuals import ReadAgain
from knowledge.language.normalisation import fold
from knowledge.lint.whole_manual import lint
from knowledge.manual.entry import Answer, BadEntry, Entry
from knowledge.manual.files import from_json, starter_manual, to_json
from knowledge.workbook.placing import told

if TYPE_CHECKING:
    from datetime import date, datetime

    from bot.clock import Clock
    from bot.domain.accounts.staff import Staff
    from bot.storage.engine.database import Connection, Database
    from bot.storage.knowledge.for_the_manual import Draft
    from knowledge.lint.finding import Finding
    from knowledge.manual.entry import Manual
    from knowledge.reasons.sentences import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the editor makes of a draft: more `questions` for the entry of this id, or without one a new entry."""

    entry: str
    questions: tuple[str, ...]
    title: str = ""
    group: str = ""
    bubbles: tuple[str, ...] = ()


async def take_draft(
    *, database: Database, clock: Clock, who: Staff, draft: Draft, wanted: Wanted, language: Language
) -> int | None:
    """Publish the newest manual with it as a new revision; None where somebody has settled this draft meanwhile.

    Raises `Unpublishable` with all that stands against it, in that language; then it waits on.
    """
    while True:
        newest = await database.read(manuals.newest)
        before = starter_manual() if newest is None else from_json(await database.read(manuals.read, newest))
        manual = _with(before, draft, wanted, language)
        await asyncio.to_thread(_look_over, before, manual, clock.now(), language)
        try:
            return await database.write(_publish, draft, to_json(manual), before=newest, who=who, at=clock.now())
        except ReadAgain:
            continue


def _publish(
    connection: Connection, draft: Draft, content: bytes, *, before: int | None, who: Staff, at: datetime
) -> int | None:
    if not for_the_manual.settle(connection, draft, "taken"):
        return None
    note = f"{draft.kind} {draft.number}"
    return manuals.publish_after(connection, content, before=before, by=who, note=note, at=at)


def _with(manual: Manual, draft: Draft, wanted: Wanted, language: Language) -> Manual:
    try:
        entries = manual.entries
        known = next((each for each in entries if each.id == wanted.entry), None)
        if known is None:
            return dataclasses.replace(manual, entries=(*entries, _new(draft, wanted)))
        asked = _more(known, wanted)
        return dataclasses.replace(manual, entries=tuple(asked if each is known else each for each in entries))
    except BadEntry as bad:
        raise Unpublishable(tuple(each.said(language) for each in bad.problems)) from bad


def _new(draft: Draft, wanted: Wanted) -> Entry:
    """Its id tells where it came from, and nobody has it yet: a draft is taken once."""
    return Entry(
        id=f"desk-{draft.kind}-{draft.number}",
        group=wanted.group,
        title=wanted.title,
        questions=wanted.questions,
        answers=(Answer(bubbles=wanted.bubbles),),
    )


def _more(entry: Entry, wanted: Wanted) -> Entry:
    known = set(map(fold, entry.questions))
    new = tuple(each for each in dict.fromkeys(wanted.questions) if fold(each) not in known)
    return dataclasses.replace(entry, questions=(*entry.questions, *new))


def _look_over(before: Manual, manual: Manual, now: datetime, language: Language) -> None:
    """Raise `Unpublishable` for faults that come with the draft; those that were there before are another matter."""
    faults = _faults(manual, now.date()) - _faults(before, now.date())
    if faults:
        raise Unpublishable(tuple(each.said(language) for each in told(faults)))


def _faults(manual: Manual, today: date) -> set[Finding]:
    return {each for each in lint(manual, today=today) if each.level == "error"}
