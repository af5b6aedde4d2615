"""What is wrong with a file or a manual, as a code with its values, to be said in the reader's language.

The sentences stand in `faults.zh.toml` and `faults.en.toml`; the names in braces are the values. What a fault names out
of the file (a sheet, a column, a text) is quoted as it stands there.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
NAMED_AT_MOST = 8
"""So many names stand in one fault before it says how many there are."""
_BETWEEN = "between_names"

Value: TypeAlias = "str | int | Fault | tuple[Value, ...]"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, or the place where it is. Equal ones are the same fault."""

    code: str
    values: tuple[tuple[str, Value], ...] = ()

    def said(self, language: Language) -> str:
        """The sentence in that language."""
        return sentences(language)[self.code].format_map({name: _said(value, language) for name, value in self.values})

    def __str__(self) -> str:
        """The sentence in the manual's own language."""
        return self.said("zh")


def fault(code: str, /, **values: Value) -> Fault:
    """The fault of that code. Several names (a tuple) are said one after another."""
    return Fault(code, tuple(values.items()))


def some(names: Collection[Value]) -> Value:
    """These names, and of many the first few."""
    first = tuple(names)[:NAMED_AT_MOST]
    return fault("some", names=first, count=len(names)) if len(names) > NAMED_AT_MOST else first


def _said(value: Value, language: Language) -> str:
    match value:
        case Fault():
            return value.said(language)
        case tuple():
            return sentences(language)[_BETWEEN].join(_said(each, language) for each in value)
    return str(value)


@cache
def sentences(language: Language) -> Mapping[str, str]:
    """Every code's sentence in that language."""
    return tomllib.loads(files("knowledge.reasons").joinpath(f"faults.{language}.toml").read_text("utf-8"))
