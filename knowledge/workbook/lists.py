"""A list of questions and answers as owners keep it, as the entries of a manual: whatever its columns are called.

A row is one thing that buyers ask. Its question cell may hold several wordings; keywords are wordings too; a category
tells which is meant where two rows ask the same. What nobody asked for (remarks, numbers) never reaches an answer.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from knowledge.language.lines import lines_of
from knowledge.language.normalisation import fold, without_list_numbers
from knowledge.lint.facts_filled import used_facts
from knowledge.lint.finding import at_answer, at_entry
from knowledge.lint.whole_manual import RELIED_ON
from knowledge.manual.entry import BUBBLES_PER_ANSWER, Answer, Entry, Manual
from knowledge.reasons.faults import fault, some
from knowledge.workbook.heads import Block, blocks_of
from knowledge.workbook.importing import Reading, seen_beside
from knowledge.workbook.rows import Row, row_of
from knowledge.workbook.spreadsheets.sheets import refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from knowledge.reasons.faults import Fault
    from knowledge.workbook.spreadsheets.sheets import RowProblem, Sheet

ROWS_LOOKED_AT = 20
"""The heads stand within the first rows that hold anything, this many; titles and hints may stand above."""
LONGEST_ID_CHARACTERS = 40
_SLASHES = re.compile(r"\s*[/／|｜;；]\s*")
_LINES = re.compile(r"\n+|(?<=[？?])\s*(?=\S)")
_KEYWORDS_APART = re.compile(r"[、,，;；/／|｜\n]+|\s+(?=[一-鿿])")
_ENDS = " \t。.，,；;：:！!"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What one row tells: its wordings, its keywords, its answer and its category."""

    row: Row
    wordings: tuple[str, ...]
    keywords: tuple[str, ...]
    bubbles: tuple[str, ...]
    group: str


def read_list(sheets: Sequence[Sheet], *, name: str, base: Manual, shipped: Manual) -> Reading:
    """The manual with the list's questions and answers in place of all entries but those that the program relies on.

    Facts and products that only shipped with the program are left out where nothing uses them any more. Raises
    `BadSpreadsheet` when no sheet holds a list.
    """
    problems: list[RowProblem] = []
    notes: list[Fault] = []
    parts: list[_Part] = []
    visible = [sheet for sheet in sheets if not sheet.is_hidden]
    lists = [(sheet, found) for sheet in visible if (found := _heads_in(sheet)) is not None]
    if not lists:
        raise refused(fault("no_list", name=name))
    for sheet, (number, blocks) in lists:
        default_group = sheet.title if len(lists) > 1 else ""
        for block in blocks:
            told = _parts(sheet, number, block, problems, notes)
            parts += [replace(part, group=part.group or default_group) for part in told]
        notes += _notes_on(sheet, number, blocks)
    notes += [_left(sheet) for sheet in sheets if sheet not in [one for one, _ in lists]]
    entries, rows = _entries(_told_apart(parts), notes)
    manual = _in_place_of(base, tuple(entries), shipped)
    kept = tuple(each.title for each in manual.entries if each.id in RELIED_ON)
    asked = sum(len(each.questions) for each in entries)
    notes += [fault("entries_taken", entries=len(entries), questions=asked), fault("entries_kept", kept=kept)]
    return Reading(manual=manual, problems=tuple(problems), rows=rows, notes=tuple(notes))


def holds_list(sheets: Iterable[Sheet]) -> bool:
    return any(_heads_in(sheet) is not None for sheet in sheets)


# Where the list stands


def _heads_in(sheet: Sheet) -> tuple[int, tuple[Block, ...]] | None:
    """The number of the row that holds the heads, and the columns below them."""
    for number in list(sheet.rows)[:ROWS_LOOKED_AT]:
        blocks = blocks_of(sheet.rows[number])
        if blocks:
            return number, blocks
    return None


def _notes_on(sheet: Sheet, number: int, blocks: Sequence[Block]) -> Iterator[Fault]:
    heads = sheet.rows[number]
    used = {at for block in blocks for at in (*block.questions, *block.answers, *block.keywords, *block.groups)}
    quoted = {at: fault("quoted", text=head) for at, head in sorted(heads.items())}
    taken = tuple(head for at, head in quoted.items() if at in used)
    left = tuple(head for at, head in quoted.items() if at not in used)
    where = _sheet(sheet)
    if left:
        yield fault("heads_taken_and_left", place=where, row=number, taken=taken, left=left)
    else:
        yield fault("heads_taken", place=where, row=number, taken=taken)
    yield from seen_beside(sheet)


def _sheet(sheet: Sheet) -> Fault:
    return fault("place_sheet", sheet=sheet.title)


def _left(sheet: Sheet) -> Fault:
    """Why a sheet was not taken."""
    why = "hidden" if sheet.is_hidden else "no_list" if sheet.rows else "empty"
    return fault(f"sheet_left_{why}", place=_sheet(sheet))


# What its rows say


def _parts(sheet: Sheet, head: int, block: Block, problems: list[RowProblem], notes: list[Fault]) -> list[_Part]:
    heads = sheet.rows[head]
    columns = {at: heads[at] for at in (*block.questions, *block.answers, *block.keywords, *block.groups)}
    parts: list[_Part] = []
    without = dict[str, list[int]](answer=[], question=[])
    for number, cells in sheet.rows.items():
        asked = _holds(sheet, number, block.questions or block.keywords)
        told = _holds(sheet, number, block.answers)
        if number <= head or not (asked or told) or all(cells[at] == heads[at] for at in columns if at in cells):
            continue
        if not (asked and told):
            without["answer" if asked else "question"].append(number)
            continue
        part = _part(cells, block, row_of(sheet, number, columns, problems))
        if not part.wordings and not part.row.has_fault:
            without["question"].append(number)
        elif parts and _is_one(sheet, number, block):
            parts[-1] = _joined(parts[-1], part)
        else:
            parts.append(part)
    notes += [
        fault(f"rows_without_{what}", place=_sheet(sheet), rows=some(rows)) for what, rows in without.items() if rows
    ]
    return parts


def _holds(sheet: Sheet, number: int, places: Iterable[int]) -> bool:
    return any(sheet.rows[number].get(at) or (number, at) in sheet.faults for at in places)


def _is_one(sheet: Sheet, number: int, block: Block) -> bool:
    """Whether a row's question or answer is merged with the row above: then both tell one thing."""
    return any((number, at) in sheet.merged for at in (*block.questions[:1], *block.answers[:1]))


def _joined(one: _Part, more: _Part) -> _Part:
    return replace(
        one,
        wordings=tuple(dict.fromkeys((*one.wordings, *more.wordings))),
        keywords=tuple(dict.fromkeys((*one.keywords, *more.keywords))),
        bubbles=tuple(dict.fromkeys((*one.bubbles, *more.bubbles))),
    )


def _part(cells: Mapping[int, str], block: Block, row: Row) -> _Part:
    asked = tuple(dict.fromkeys(said for at in block.questions for said in wordings_in(cells.get(at, ""))))
    keywords = tuple(dict.fromkeys(said for at in block.keywords for said in _keywords_in(cells.get(at, ""))))
    return _Part(
        row=row,
        wordings=asked or keywords,
        keywords=keywords if asked else (),
        bubbles=tuple(dict.fromkeys(cells[at] for at in block.answers if cells.get(at))),
        group="".join(cells.get(at, "") for at in block.groups),
    )


def wordings_in(cell: str) -> tuple[str, ...]:
    """The ways of asking in a cell: a line each, or apart by slashes where the first of them asks by itself."""
    lines = (line.strip() for line in _LINES.split(without_list_numbers(cell)))
    return tuple(said for line in lines for each in _alternatives(line) if (said := each.strip(_ENDS)) and fold(said))


def _alternatives(line: str) -> list[str]:
    parts = [part for part in _SLASHES.split(line) if part]
    return parts if len(parts) > 1 and _asks(parts[0]) else [line]


def _asks(text: str) -> bool:
    return len(text) > 1 and any(word in text.lower() for word in _question_words())


def _keywords_in(cell: str) -> tuple[str, ...]:
    return tuple(said for part in _KEYWORDS_APART.split(cell) if len(said := part.strip(_ENDS)) > 1)


@cache
def _question_words() -> tuple[str, ...]:
    return tuple(lines_of("question_words.txt"))


# Entries


def _told_apart(parts: Sequence[_Part]) -> list[_Part]:
    """Where rows of several categories ask the same, each asks with its category's name before it."""
    groups: dict[str, set[str]] = {}
    for part in parts:
        for said in part.wordings:
            groups.setdefault(fold(said), set()).add(part.group)
    return [
        replace(
            part,
            wordings=tuple(
                said if len(groups[fold(said)]) == 1 or part.group in said else f"{part.group}{said}"
                for said in part.wordings
            ),
        )
        for part in parts
    ]


def _entries(parts: Sequence[_Part], notes: list[Fault]) -> tuple[list[Entry], dict[Fault, Row]]:
    first: dict[str, _Part] = {}
    entries: list[Entry] = []
    rows: dict[Fault, Row] = {}
    keywords = Counter(fold(said) for part in parts for said in {fold(each): each for each in part.keywords}.values())
    unclear: set[str] = set()
    for part in parts:
        fresh = [said for said in part.wordings if _is_first(said, part, first)]
        if not fresh:
            continue
        asked = dict.fromkeys((*fresh, *(said for said in part.keywords if keywords[fold(said)] == 1)))
        unclear |= {said for said in part.keywords if keywords[fold(said)] > 1}
        entry = _entry(part, fresh[0], tuple(asked))
        if entry is not None:
            entries.append(entry)
            rows |= {at_entry(entry): part.row, at_answer(entry, 1): part.row}
    if unclear:
        notes.append(fault("keywords_left", keywords=some(sorted(unclear))))
    wordings = set(first)
    return [_without(entry, wordings, first) for entry in entries], rows


def _without(entry: Entry, wordings: set[str], first: Mapping[str, _Part]) -> Entry:
    """The entry without keywords that are another row's question."""
    own = [
        said
        for said in entry.questions
        if fold(said) not in wordings or entry.questions[0] in first[fold(said)].wordings
    ]
    return replace(entry, questions=tuple(own))


def _is_first(said: str, part: _Part, first: dict[str, _Part]) -> bool:
    holder = first.setdefault(fold(said), part)
    if holder is not part and holder.bubbles != part.bubbles:
        problem = fault("asked_elsewhere", question=said, row=holder.row.number)
        part.row.note(part.row.column_of([said]), problem)
    return holder is part


def _entry(part: _Part, title: str, questions: tuple[str, ...]) -> Entry | None:
    if len(part.bubbles) > BUBBLES_PER_ANSWER:
        problem = fault("too_many_answers", count=len(part.bubbles), most=BUBBLES_PER_ANSWER)
        part.row.note(part.row.column_of([part.bubbles[-1]]), problem)
        return None
    if not part.bubbles or not questions:
        return None
    return Entry(
        id=id_of(title),
        group=part.group or "问答",
        title=title,
        questions=questions,
        answers=(Answer(bubbles=part.bubbles),),
    )


def id_of(question: str) -> str:
    """The id of a row: its first question, so that it stays the same wherever the row stands."""
    said = fold(question)
    if len(said) <= LONGEST_ID_CHARACTERS:
        return said
    return f"{said[: LONGEST_ID_CHARACTERS - 8]}{hashlib.sha256(said.encode()).hexdigest()[:8]}"


# The manual around them


def _in_place_of(base: Manual, entries: tuple[Entry, ...], shipped: Manual) -> Manual:
    asked = {fold(question) for entry in entries for question in entry.questions}
    ids = {entry.id for entry in entries}
    kept = tuple(
        replace(
            entry, questions=tuple(said for said in entry.questions if fold(said) not in asked) or entry.questions[:1]
        )
        for entry in base.entries
        if entry.id in RELIED_ON and entry.id not in ids
    )
    manual = replace(
        base,
        entries=(*kept, *entries),
        products=tuple(product for product in base.products if product not in shipped.products),
    )
    used = used_facts(manual)
    return replace(manual, facts=tuple(fact for fact in base.facts if fact not in shipped.facts or fact.name in used))
