"""The workbook that staff edited, as a manual again; example questions from a file with the columns `entry,question`.

A file is taken whole or not at all, so every bad row is named at once: `Reading.problems`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from knowledge.lint.finding import at_answer, at_entry, at_fact, at_line, at_product, at_question
from knowledge.manual.entry import Answer, BadEntry, Entry, Fact, Line, Manual, Product, When
from knowledge.reasons.faults import fault
from knowledge.workbook.columns import (
    ALIASES,
    ANSWERS,
    ATTRIBUTE,
    ATTRIBUTES,
    ENTRIES,
    FACTS,
    GROUP,
    HANDS_OVER,
    ID,
    LINES,
    NAME,
    NEEDS_PRODUCT,
    PRODUCT,
    PRODUCTS,
    QUESTION,
    QUESTIONS,
    TITLE,
    UNIT,
    VALUE,
    WRITTEN_AS,
    cell_words,
    in_order,
    layouts,
    questions_file,
)
from knowledge.workbook.condition_cells import when_of
from knowledge.workbook.product_names import called, is_clear
from knowledge.workbook.rows import Row, by_name, by_owner, note_lost, read_table
from knowledge.workbook.spreadsheets.sheets import BadSpreadsheet, RowProblem

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from knowledge.reasons.faults import Fault
    from knowledge.workbook.product_names import Called
    from knowledge.workbook.spreadsheets.sheets import Sheet

T = TypeVar("T")
_UNREAD = Answer(bubbles=("—",))
"""Stands in for an answer whose problems are noted already, so that its entry is still checked for the rest."""
_TOLD_BY_ENTRY = (ENTRIES, QUESTIONS, ANSWERS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a file holds. With problems, what is wrong in the manual is replaced by what raises no further ones.

    `rows`: the row in the file of each thing that a check of the manual may name. `notes` say what was taken and left.
    """

    manual: Manual
    problems: tuple[RowProblem, ...] = ()
    rows: Mapping[Fault, Row] = field(default_factory=dict)
    notes: tuple[Fault, ...] = ()

    def checked(self) -> Manual:
        """The manual, where nothing is wrong. Raises `BadSpreadsheet` with every problem of every row."""
        if self.problems:
            raise BadSpreadsheet(self.problems)
        return self.manual


def is_workbook(sheets: Sequence[Sheet]) -> bool:
    """Whether these are sheets of a manual as `to_workbook` writes it."""
    return any(sheet.title == layouts()[ENTRIES].title for sheet in sheets) or len(_tables(sheets)) > 1


def read_workbook(sheets: Sequence[Sheet], *, instead: Manual) -> Reading:
    """Read what `to_workbook` wrote and staff edited. A sheet that is not there is one problem: `instead` stands in."""
    problems: list[RowProblem] = []
    found = _tables(sheets)
    tables = {key: _table_of(key, found, problems) for key in layouts()}
    lost = {key for key, table in tables.items() if table is None}
    read = _read({key: table or () for key, table in tables.items()}, problems, knows_products=PRODUCTS not in lost)
    manual = Manual(
        entries=instead.entries if lost.intersection(_TOLD_BY_ENTRY) else read.manual.entries,
        facts=instead.facts if FACTS in lost else read.manual.facts,
        products=instead.products if lost & {PRODUCTS, ATTRIBUTES} else read.manual.products,
        lines=instead.lines if LINES in lost else read.manual.lines,
    )
    return replace(
        read,
        manual=manual,
        problems=in_order(problems),
        notes=tuple(note for sheet in found.values() for note in seen_beside(sheet)),
    )


def seen_beside(sheet: Sheet) -> Iterator[Fault]:
    """What a sheet has beside its text."""
    where = fault("place_sheet", sheet=sheet.title)
    if sheet.hidden_rows:
        yield fault("hidden_rows_taken", place=where, count=len(sheet.hidden_rows))
    if sheet.has_pictures:
        yield fault("pictures_left", place=where)


def holds_questions(sheet: Sheet) -> bool:
    """Whether a sheet adds questions to entries: its first row names the columns of an entry and of a question."""
    heads = {head.lower() for head in sheet.rows.get(min(sheet.rows, default=1), {}).values()}
    return all(heads & {column.title, *column.also} for column in questions_file().columns)


def questions_in(
    sheets: Sequence[Sheet], *, known: Collection[str] | None = None, blank_entry: bool = False
) -> tuple[tuple[str, str], ...]:
    """The (entry id, example question) pairs of a sheet with the columns `entry,question`, in its order.

    `known`: the entries that may be named; any when None. `blank_entry`: a line may leave its entry empty, which means
    that nobody should answer it. Raises `BadSpreadsheet` with every bad row.
    """
    problems: list[RowProblem] = []
    rows = read_table(questions_file(), sheets[0], problems, strict=False) or ()
    for row in rows:
        if not row.text(ID) and not blank_entry:
            row.note(ID, fault("no_entry_named"))
        if row.text(ID) and known is not None and row.text(ID) not in known:
            row.note(ID, fault("unknown_entry", id=row.text(ID)))
        if not row.text(QUESTION):
            row.note(QUESTION, fault("no_question_written"))
    if problems:
        raise BadSpreadsheet(problems)
    return tuple((row.text(ID), row.text(QUESTION)) for row in rows)


def with_questions(manual: Manual, pairs: Iterable[tuple[str, str]], *, instead: bool = False) -> Manual:
    """The manual with more example questions; `instead`: in place of the old ones of every entry that is named."""
    asked: dict[str, dict[str, None]] = {}
    for entry_id, question in pairs:
        asked.setdefault(entry_id, {})[question] = None
    return replace(
        manual,
        entries=tuple(
            replace(entry, questions=tuple(dict.fromkeys((*(() if instead else entry.questions), *asked[entry.id]))))
            if entry.id in asked
            else entry
            for entry in manual.entries
        ),
    )


def _tables(sheets: Iterable[Sheet]) -> dict[str, Sheet]:
    """The sheets of a manual by their keys."""
    keys = {name: key for key, layout in layouts().items() for name in (*layout.also, layout.title)}
    return {keys[sheet.title]: sheet for sheet in sheets if sheet.title in keys}


def _table_of(key: str, sheets: Mapping[str, Sheet], problems: list[RowProblem]) -> tuple[Row, ...] | None:
    layout = layouts()[key]
    if key not in sheets:
        problems.append(RowProblem(sheet=layout.title, row=0, column="", problem=fault("no_sheet")))
        return None
    return read_table(layout, sheets[key], problems, strict=True)


def _read(tables: Mapping[str, Sequence[Row]], problems: list[RowProblem], *, knows_products: bool) -> Reading:
    entries, products = by_name(tables[ENTRIES], ID), by_name(tables[PRODUCTS], ID)
    known = called(products) if knows_products else None
    lost_entries, lost_products = dict[str, list[Row]](), dict[str, list[Row]]()
    same = {entry: entry for entry in entries}
    questions = by_owner(tables[QUESTIONS], ID, same, lost_entries)
    answers = by_owner(tables[ANSWERS], ID, same, lost_entries)
    names = known or {}
    clear = [row for row in _by_written_name(tables[ATTRIBUTES]) if is_clear(row, PRODUCT, row.text(PRODUCT), names)]
    attributes = by_owner(clear, PRODUCT, {name: ids[0] for name, ids in names.items()}, lost_products)
    if tables[ENTRIES]:
        note_lost(lost_entries, ID, owner_sheet=layouts()[ENTRIES].title)
    if knows_products:
        note_lost(lost_products, PRODUCT, owner_sheet=layouts()[PRODUCTS].title)
    rows: dict[Fault, Row] = {}
    manual = Manual(
        entries=_made(
            _entry(row, questions[id_], answers[id_], known, rows, is_renamed=bool(lost_entries))
            for id_, row in entries.items()
        ),
        facts=_made(_fact(row, rows) for row in by_name(tables[FACTS], NAME).values()),
        products=_made(_product(row, attributes[id_], rows) for id_, row in products.items()),
        lines=_made(_line(row, rows) for row in by_name(tables[LINES], ID).values()),
    )
    return Reading(manual=manual, problems=tuple(problems), rows=rows)


def _made(values: Iterable[T | None]) -> tuple[T, ...]:
    return tuple(value for value in values if value is not None)


def _entry(
    row: Row,
    questions: list[Row],
    answers: list[Row],
    products: Called | None,
    rows: dict[Fault, Row],
    *,
    is_renamed: bool,
) -> Entry | None:
    for asked in questions:
        if not asked.text(QUESTION):
            asked.note(QUESTION, fault("no_question_written"))
    texts = tuple(asked.text(QUESTION) or f"—{row.text(ID)}{asked.number}" for asked in questions)
    answers_made = tuple(_answer(answer, products) or _UNREAD for answer in answers)
    if is_renamed and not (questions or answers):  # its rows are named already, under the name that nobody has
        texts, answers_made = (f"—{row.text(ID)}",), (_UNREAD,)
    rest = {
        "id": row.text(ID),
        "group": row.text(GROUP),
        "hands_over": row.flag(HANDS_OVER),
        "needs_product": row.flag(NEEDS_PRODUCT),
    }
    entry = row.make(
        lambda: Entry(title=row.text(TITLE), questions=texts, answers=answers_made, **rest),  # type: ignore[arg-type]  # texts and flags
        instead=Entry(
            title=row.text(TITLE) or row.text(ID),
            questions=texts or (f"—{row.text(ID)}",),
            answers=(*answers_made, _UNREAD),
            **rest,  # type: ignore[arg-type]  # texts and flags
        ),
    )
    if entry is not None:
        rows[at_entry(entry)] = row
        rows |= {at_question(entry, asked.text(QUESTION)): asked for asked in reversed(questions)}
        rows |= {at_answer(entry, number): answer for number, answer in enumerate(answers, start=1)}
    return entry


def _answer(row: Row, products: Called | None) -> Answer | None:
    """The answer of a row; None when anything in it is a problem."""
    before = len(row.problems)
    when = when_of(row, products)
    made = row.make(lambda: Answer(bubbles=row.bubbles(), when=when or When()))
    return made if len(row.problems) == before and not row.has_fault else None


def _by_written_name(attributes: Sequence[Row]) -> Iterator[Row]:
    """The rows of attributes by the names that answers use: as the row says, or another row with the same title."""
    own_names = {row.number: row.text(WRITTEN_AS).strip("{}｛｝ ") for row in attributes}
    written = {row.text(ATTRIBUTE): own_names[row.number] for row in attributes if own_names[row.number]}
    for row in attributes:
        title, own = row.text(ATTRIBUTE), own_names[row.number]
        yield replace(row, cells={**row.cells, ATTRIBUTE: title and (own or written.get(title, title))})


def _fact(row: Row, rows: dict[Fault, Row]) -> Fact | None:
    unit = {word: unit for unit, word in cell_words().units.items()}.get(row.text(UNIT), row.text(UNIT))
    value = (
        {"HH:MM": row.moment(VALUE)[-8:-3], "date": row.moment(VALUE)[:10]}.get(unit) if VALUE in row.moments else None
    )
    fact = row.make(
        lambda: Fact(name=row.text(NAME), title=row.text(TITLE), value=value or row.text(VALUE), unit=unit),
        instead=_or_none(lambda: Fact(name=row.text(NAME), title=row.text(NAME), value=row.text(VALUE) or "—")),
    )
    if fact is not None:
        rows[at_fact(fact)] = row
    return fact


def _product(row: Row, attributes: list[Row], rows: dict[Fault, Row]) -> Product | None:
    named = by_name(attributes, ATTRIBUTE)
    told = {name: attribute.text(VALUE) for name, attribute in named.items()}
    product = row.make(
        lambda: Product(id=row.text(ID), title=row.text(NAME), aliases=row.words(ALIASES), attributes=told),
        instead=_or_none(lambda: _product_instead(row, told)) or _product_instead(row, {}),
    )
    if product is not None:
        rows[at_product(product)] = row
    return product


def _product_instead(row: Row, told: Mapping[str, str]) -> Product:
    """The product, whatever is wrong with its names: what it tells is not missed as well."""
    aliases = tuple(alias for alias in row.words(ALIASES) if alias.strip())
    return Product(id=row.text(ID), title=row.text(NAME) or row.text(ID), aliases=aliases, attributes=told)


def _line(row: Row, rows: dict[Fault, Row]) -> Line | None:
    line = row.make(
        lambda: Line(id=row.text(ID), title=row.text(TITLE), bubbles=row.bubbles()),
        instead=Line(id=row.text(ID), title=row.text(ID), bubbles=row.bubbles() or ("—",)),
    )
    if line is not None:
        rows[at_line(line)] = row
    return line


def _or_none(build: Callable[[], T]) -> T | None:
    try:
        return build()
    except BadEntry:
        return None
