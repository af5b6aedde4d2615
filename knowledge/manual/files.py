"""A manual as a folder of TOML files, and as the JSON that the database keeps; read whole or not at all.

`facts.toml`, `products.toml` and `lines.toml` hold what their names say; every other `.toml` file is one group of
entries, named by the file. In each, a table's header is the id.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeVar, cast

import orjson

from knowledge.manual.entry import Answer, BadEntry, Entry, Fact, Line, Manual, Product, When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from dataclasses import Field
    from importlib.resources.abc import Traversable
    from pathlib import Path

T = TypeVar("T")

GROUPS = ("dispatch", "courier", "delivery", "postage", "after-sale", "before-sale", "price", "paying", "talk")
"""The groups of the starter manual, in the order staff read them; other groups follow by name."""
FACTS, PRODUCTS, LINES = "facts.toml", "products.toml", "lines.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ManualProblem:
    """One thing that is wrong: in which file, at which table (its id, or empty) and line (or None), in a sentence."""

    file: str
    entry: str
    problem: str
    line: int | None = None

    def __str__(self) -> str:
        line = f" 第 {self.line} 行" if self.line else ""
        place = f"{self.file}{line}{f' [{self.entry}]' if self.entry else ''}".strip()
        return f"{place}：{self.problem}"


class BadManual(ValueError):
    """Something that cannot be read as a manual; `problems` holds all of them, and nothing was taken from it."""

    def __init__(self, problems: Sequence[ManualProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


@cache
def starter_manual() -> Manual:
    """The manual that ships with the program; never written to."""
    return read_manual(files("knowledge").joinpath("starter"))


def read_manual(folder: Traversable | Path) -> Manual:
    """Read a manual from a folder of TOML files. Raises `BadManual` with every problem of every file."""
    problems: list[ManualProblem] = []
    sheets = {sheet.file: sheet for sheet in _sheets(folder, problems)}
    groups = sorted(sheets.keys() - {FACTS, PRODUCTS, LINES}, key=_place_of_group)
    if not sheets and not problems:
        problems.append(ManualProblem(file=folder.name, entry="", problem="没有这个文件夹，或里面没有 .toml 文件"))
    empty = _Sheet(file="", tables=(), problems=problems)
    manual = Manual(
        entries=tuple(entry for group in groups for entry in sheets[group].read(_entry)),
        facts=sheets.get(FACTS, empty).read(_fact),
        products=sheets.get(PRODUCTS, empty).read(_product),
        lines=sheets.get(LINES, empty).read(_line),
    )
    _refuse_twins(manual, problems)
    if problems:
        raise BadManual(problems)
    return manual


def to_json(manual: Manual) -> bytes:
    """The manual as JSON, UTF-8; `from_json` gives back an equal one."""
    return orjson.dumps(manual, default=_plain)


def from_json(data: bytes) -> Manual:
    """Read what `to_json` wrote. Raises `BadManual` with every problem."""
    problems: list[ManualProblem] = []
    raw = _parsed_json(data)
    manual = Manual(
        entries=_json_sheet("entries", raw, problems).read(_entry),
        facts=_json_sheet("facts", raw, problems).read(_fact),
        products=_json_sheet("products", raw, problems).read(_product),
        lines=_json_sheet("lines", raw, problems).read(_line),
    )
    _refuse_twins(manual, problems)
    if problems:
        raise BadManual(problems)
    return manual


# Files


class _Table:
    """One raw table: hands out typed fields and notes what is wrong with them."""

    def __init__(self, raw: Mapping[str, object], *, where: str, note: Callable[[str], None]) -> None:
        self._raw = dict(raw)
        self._where = where
        self._note = note

    def text(self, key: str) -> str:
        return self._take(key, str, "", "一段文字")

    def flag(self, key: str) -> bool:
        return self._take(key, bool, False, " true 或 false")  # noqa: FBT003 - the default of a flag

    def number(self, key: str, default: int) -> int:
        return self._take(key, int, default, "一个整数")

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(cast("list[str]", self._list(key, str, "文字的列表")))

    def tables(self, key: str) -> tuple[_Table, ...]:
        rows = cast("list[dict[str, object]]", self._list(key, dict, "表的列表"))
        return tuple(_Table(row, where=f"第 {place} 条回答：", note=self._note) for place, row in enumerate(rows, 1))

    def table(self, key: str) -> _Table:
        return _Table(self._take(key, dict, {}, "一个表"), where=self._where, note=self._note)

    def pairs(self, key: str) -> dict[str, str]:
        pairs = self._take(key, dict, {}, "一个表")
        for name, value in pairs.items():
            if not isinstance(value, str):
                self.note(f"“{key}.{name}”要写成一段文字")
        return {name: value for name, value in pairs.items() if isinstance(value, str)}

    def day(self, key: str) -> date | None:
        value = self._raw.pop(key, None)
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.note(f"“{key}”要写成日期，如 2026-11-11")
            return None

    def make(self, build: Callable[[], T]) -> T | None:
        """Build a value from the fields; None, with its problems noted, when it refuses to exist."""
        try:
            made = build()
        except BadEntry as bad:
            made = None
            for problem in bad.problems:
                self.note(str(problem))
        for key in self._raw:
            self.note(f"不认识的字段“{key}”")
        return made

    def note(self, problem: str) -> None:
        self._note(f"{self._where}{problem}")

    def _take(self, key: str, kind: type[T], default: T, what: str) -> T:
        value = self._raw.pop(key, default)
        if isinstance(value, kind) and (kind is not int or not isinstance(value, bool)):
            return value
        self.note(f"“{key}”要写成{what}")
        return default

    def _list(self, key: str, kind: type, what: str) -> list[object]:
        values: list[object] = self._take(key, list, [], what)
        strangers = [value for value in values if not isinstance(value, kind)]
        if strangers:
            self.note(f"“{key}”要写成{what}")
        return [value for value in values if isinstance(value, kind)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """The tables of one file (or one list of the JSON), each with its id."""

    file: str
    tables: tuple[tuple[str, dict[str, object]], ...]
    problems: list[ManualProblem]
    source: str = ""

    def read(self, read_one: Callable[[_Table], T | None]) -> tuple[T, ...]:
        made = (read_one(_Table(raw, where="", note=self._noter(name))) for name, raw in self.tables)
        return tuple(each for each in made if each is not None)

    def _noter(self, name: str) -> Callable[[str], None]:
        def note(problem: str) -> None:
            line = _line_of(name, self.source)
            self.problems.append(ManualProblem(file=self.file, entry=name, problem=problem, line=line))

        return note


def _sheets(folder: Traversable | Path, problems: list[ManualProblem]) -> Iterator[_Sheet]:
    found = folder.iterdir() if folder.is_dir() else ()
    for file in sorted(found, key=lambda each: each.name):
        if file.name.endswith(".toml"):
            try:
                source = file.read_bytes().decode("utf-8-sig")
                yield _toml_sheet(file.name, tomllib.loads(source), source, problems)
            except UnicodeDecodeError:
                problems.append(ManualProblem(file=file.name, entry="", problem="不是 UTF-8 编码，请另存为 UTF-8"))
            except tomllib.TOMLDecodeError as bad:
                problems.append(ManualProblem(file=file.name, entry="", problem=f"不是正确的 TOML：{bad}"))


def _toml_sheet(file: str, raw: dict[str, object], source: str, problems: list[ManualProblem]) -> _Sheet:
    key = "name" if file == FACTS else "id"
    group: dict[str, object] = {} if file in {FACTS, PRODUCTS, LINES} else {"group": file.removesuffix(".toml")}
    tables = {name: table for name, table in raw.items() if isinstance(table, dict)}
    problems += [
        ManualProblem(file=file, entry=name, problem=f"“{name}”不在任何一条里：要放在 [编号] 的下面")
        for name in raw.keys() - tables.keys()
    ]
    rows = tuple((name, {**table, key: name, **group}) for name, table in tables.items())
    return _Sheet(file=file, tables=rows, problems=problems, source=source)


def _line_of(name: str, source: str) -> int | None:
    header = re.search(rf'^\[\s*"?{re.escape(name)}"?\s*\]', source, re.MULTILINE)
    return None if header is None else source.count("\n", 0, header.start()) + 1


def _place_of_group(file: str) -> tuple[int, str]:
    group = file.removesuffix(".toml")
    return (GROUPS.index(group) if group in GROUPS else len(GROUPS), group)


# JSON


def _plain(value: frozenset[str] | Mapping[str, str]) -> list[str] | dict[str, str]:
    return sorted(value) if isinstance(value, frozenset) else dict(value)


def _parsed_json(data: bytes) -> dict[str, object]:
    try:
        raw = orjson.loads(data)
    except orjson.JSONDecodeError as bad:
        raise BadManual([ManualProblem(file="JSON", entry="", problem=f"不是正确的 JSON：{bad}")]) from bad
    if not isinstance(raw, dict):
        raise BadManual([ManualProblem(file="JSON", entry="", problem="要是一个对象，里面有 entries、facts 等")])
    return raw


def _json_sheet(key: str, raw: dict[str, object], problems: list[ManualProblem]) -> _Sheet:
    def note(problem: str) -> None:
        problems.append(ManualProblem(file=key, entry="", problem=problem))

    rows = raw.get(key, [])
    tables = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    if not isinstance(rows, list) or len(tables) != len(rows):
        note("要是对象的列表")
    named = tuple((str(row.get("id", row.get("name", ""))), row) for row in tables)
    return _Sheet(file=key, tables=named, problems=problems)


# One of each

_UNREAD = Answer(bubbles=("—",))
"""Stands in for an answer whose problems are noted already, so that its entry is still checked for the rest."""


def _entry(table: _Table) -> Entry | None:
    return table.make(
        lambda: Entry(
            id=table.text("id"),
            group=table.text("group"),
            title=table.text("title"),
            questions=table.texts("questions"),
            answers=tuple(_answer(row) or _UNREAD for row in table.tables("answers")),
            hands_over=table.flag("hands_over"),
            needs_product=table.flag("needs_product"),
        )
    )


def _answer(table: _Table) -> Answer | None:
    when = _when(table.table("when"))
    return table.make(lambda: Answer(bubbles=table.texts("bubbles"), when=when or When()))


def _when(table: _Table) -> When | None:
    return table.make(lambda: When(**{each.name: _condition(table, each) for each in fields(When)}))


def _condition(table: _Table, named: Field[Any]) -> Any:  # noqa: ANN401 - as the field says
    """A field of `When`, written as its default says: a list of texts, a whole number, or a day."""
    match named.default:
        case frozenset():
            return frozenset(table.texts(named.name))
        case int():
            return table.number(named.name, named.default)
    return table.day(named.name)


def _fact(table: _Table) -> Fact | None:
    table.text("invented")  # of the starter manual only: knowledge/answers/invented.py reads it
    return table.make(
        lambda: Fact(
            name=table.text("name"), title=table.text("title"), value=table.text("value"), unit=table.text("unit")
        )
    )


def _product(table: _Table) -> Product | None:
    return table.make(
        lambda: Product(
            id=table.text("id"),
            title=table.text("title"),
            aliases=table.texts("aliases"),
            attributes=table.pairs("attributes"),
        )
    )


def _line(table: _Table) -> Line | None:
    return table.make(lambda: Line(id=table.text("id"), title=table.text("title"), bubbles=table.texts("bubbles")))


def _refuse_twins(manual: Manual, problems: list[ManualProblem]) -> None:
    named = {
        "回答": [entry.id for entry in manual.entries],
        "资料": [fact.name for fact in manual.facts],
        "商品": [product.id for product in manual.products],
        "机器人用语": [line.id for line in manual.lines],
    }
    for what, names in named.items():
        twins = sorted(name for name, times in Counter(names).items() if times > 1)
        problems += [ManualProblem(file="", entry=name, problem=f"{what}“{name}”出现了不止一次") for name in twins]
