"""The library of general shop intents: what buyers of any shop want, each in many wordings, written for this program.

One TOML file a field of business in `knowledge/intents/`, each a row of `[[intent]]` tables with `id`, `title` and
`questions`; read whole or not at all.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from importlib.resources.abc import Traversable
    from pathlib import Path

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_FIELDS = frozenset({"id", "title", "questions"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """One thing buyers want: an id shared with the starter manual where it is the same thing, and wordings of it."""

    id: str
    title: str
    questions: tuple[str, ...]


class BadIntents(ValueError):
    """Files that cannot be read as intents; `problems` holds all of them, each with its file, and nothing was taken."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


def read_intents(folder: Traversable | Path | None = None) -> tuple[Intent, ...]:
    """The intents of a folder, by default of the library that ships, in the order of their files and places.

    Raises `BadIntents` with every problem of every file.
    """
    problems: list[str] = []
    intents = tuple(_intents(files("knowledge").joinpath("intents") if folder is None else folder, problems))
    seen = Counter(intent.id for intent in intents if intent.id)
    problems += [f"编号“{name}”用了 {count} 次，每个意图的编号要不同" for name, count in seen.items() if count > 1]
    if problems:
        raise BadIntents(problems)
    return intents


def _intents(folder: Traversable | Path, problems: list[str]) -> Iterator[Intent]:
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            try:
                raw = tomllib.loads(file.read_bytes().decode("utf-8"))
            except UnicodeDecodeError:
                problems.append(f"{file.name}：不是 UTF-8 编码，请另存为 UTF-8")
            except tomllib.TOMLDecodeError as bad:
                problems.append(f"{file.name}：不是正确的 TOML：{bad}")
            else:
                yield from _tables(file.name, raw, problems)


def _tables(file: str, raw: dict[str, object], problems: list[str]) -> Iterator[Intent]:
    problems += [f"{file}：不认识“{key}”，只能写 [[intent]]" for key in sorted(raw.keys() - {"intent"})]
    tables = raw.get("intent", [])
    if not isinstance(tables, list) or not tables:
        problems.append(f"{file}：没有意图，要写成一个个 [[intent]]")
        return
    for place, table in enumerate(tables, 1):
        faults = tuple(_faults(table)) if isinstance(table, dict) else ("要写成一个表",)
        problems += [f"{file} 第 {place} 个意图：{fault}" for fault in faults]
        if not faults:
            yield Intent(id=table["id"], title=table["title"], questions=tuple(table["questions"]))


def _faults(table: dict[str, object]) -> Iterator[str]:
    yield from (f"不认识的字段“{key}”" for key in sorted(table.keys() - _FIELDS))
    name, questions = table.get("id"), table.get("questions")
    if not isinstance(name, str) or not _ID.fullmatch(name):
        yield "“id”要用小写英文字母、数字和连字符，如 order-notes"
    if not _is_said(table.get("title")):
        yield "“title”要写成一段文字"
    if not isinstance(questions, list) or not questions or not all(map(_is_said, questions)):
        yield "“questions”要写成文字的列表，不能有空的"


def _is_said(text: object) -> bool:
    return isinstance(text, str) and text != "" and text == text.strip()
