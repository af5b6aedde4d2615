"""Import a manual from a file that its owner wrote: read it with care, look it over, publish it as a new revision."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.errors import Unpublishable
from bot.storage.knowledge import manuals
from knowledge.lint.whole_manual import lint
from knowledge.manual.files import from_json, starter_manual, to_json
from knowledge.reasons.faults import fault
from knowledge.workbook.importing import (
    Reading,
    holds_questions,
    is_workbook,
    questions_in,
    read_workbook,
    with_questions,
)
from knowledge.workbook.lists import holds_list, read_list
from knowledge.workbook.placing import told
from knowledge.workbook.spreadsheets.reading import read_spreadsheet
from knowledge.workbook.spreadsheets.sheets import BadSpreadsheet

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import tzinfo

    from bot.clock import Clock
    from bot.storage.engine.database import Database
    from knowledge.manual.entry import Manual
    from knowledge.reasons.sentences import Language
    from knowledge.workbook.spreadsheets.sheets import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedOver:
    """What a file would make of a manual; it has no faults. `notes` say what was taken from the file and what not."""

    manual: Manual
    notes: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """`revision` is None where the file changed nothing; `before` is what was in use until now, 0 for the starter."""

    revision: int | None
    before: Manual
    before_revision: int
    looked_over: LookedOver


async def import_manual(
    *,
    database: Database,
    data: bytes,
    name: str,
    author: str,
    clock: Clock,
    zone: tzinfo,
    channels: Collection[str],
    language: Language,
) -> Imported:
    """Publish the manual that a file makes of the newest one. Raises `Unpublishable` with all faults.

    `name` is the file's name: kept as the revision's note, and used in messages, which are in that language.
    """
    newest = await database.read(manuals.newest)
    before = starter_manual() if newest is None else from_json(await database.read(manuals.read, newest))
    looked_over = await look_over(
        data=data, name=name, before=before, clock=clock, zone=zone, channels=channels, language=language
    )
    revision = None
    if looked_over.manual != before or newest is None:
        packed = to_json(looked_over.manual)
        revision = await database.write(manuals.publish, packed, author=author, note=name, at=clock.now())
    return Imported(revision=revision, before=before, before_revision=newest or 0, looked_over=looked_over)


async def look_over(
    *, data: bytes, name: str, before: Manual, clock: Clock, zone: tzinfo, channels: Collection[str], language: Language
) -> LookedOver:
    """What the file would make of this manual; nothing is changed. Raises `Unpublishable` as `import_manual` does."""
    try:
        sheets = await read_spreadsheet(data, name=name)
        reading = await asyncio.to_thread(_reading, sheets, name, before)
    except BadSpreadsheet as bad:
        raise _refused(name, [row.said(language) for row in bad.rows], language) from bad
    today = clock.now().astimezone(zone).date()
    findings = await asyncio.to_thread(lint, reading.manual, today=today, channels=channels)
    errors = told((each for each in findings if each.level == "error"), reading.rows)
    problems = [
        *(each.said(language) for each in reading.problems),
        *(each.said(language) for each in errors),
    ]
    if problems:
        raise _refused(name, problems, language)
    warnings = told((each for each in findings if each.level == "warning"), reading.rows)
    return LookedOver(
        manual=reading.manual,
        notes=tuple(each.said(language) for each in reading.notes),
        warnings=tuple(each.said(language) for each in warnings),
    )


def _reading(sheets: Sequence[Sheet], name: str, before: Manual) -> Reading:
    """A manual's workbook, a list of questions and answers, or more questions for the entries that there are."""
    if is_workbook(sheets):
        return read_workbook(sheets, instead=before)
    if len(sheets) == 1 and not holds_list(sheets) and holds_questions(sheets[0]):
        pairs = questions_in(sheets, known={entry.id for entry in before.entries})
        return Reading(manual=with_questions(before, pairs))
    return read_list(sheets, name=name, base=before, shipped=starter_manual())


def _refused(name: str, problems: Sequence[str], language: Language) -> Unpublishable:
    if len(problems) == 1:
        return Unpublishable(tuple(problems))
    return Unpublishable((fault("several", name=name, count=len(problems)).said(language), *problems))
