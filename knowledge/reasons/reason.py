"""Why something was decided, refused or chosen: a code with its values, to be told in the reader's language."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Value: TypeAlias = "str | int | Reason | tuple[Value, ...]"
BETWEEN_REASONS, BETWEEN_VALUES = "between_reasons", "between_values"
"""The codes of what stands between several reasons, and between several values."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A code, the values that its words name, and the reasons that come to it. Equal ones are the same reason."""

    code: str
    values: tuple[tuple[str, Value], ...] = ()
    also: tuple[Reason, ...] = ()

    def and_also(self, other: Reason) -> Self:
        """This reason, and what comes to it."""
        return dataclasses.replace(self, also=(*self.also, other))

    def to_plain(self) -> dict[str, Any]:
        """The reason as JSON keeps it; what is empty is left out."""
        plain: dict[str, Any] = {"code": self.code}
        if self.values:
            plain["values"] = {name: _plain(value) for name, value in self.values}
        if self.also:
            plain["also"] = [each.to_plain() for each in self.also]
        return plain

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """The reason that JSON kept, with all that it holds of the same class."""
        values = tuple((name, cls._value(each)) for name, each in plain.get("values", {}).items())
        return cls(plain["code"], values, tuple(map(cls.from_plain, plain.get("also", ()))))

    @classmethod
    def _value(cls, plain: Any) -> Value:  # noqa: ANN401 - whatever JSON kept
        if isinstance(plain, dict):
            return cls.from_plain(plain)
        return tuple(map(cls._value, plain)) if isinstance(plain, list) else plain


def because(code: str, /, **values: Value) -> Reason:
    """The reason of that code."""
    return Reason(code, tuple(values.items())) if values else _bare(code)


@cache
def _bare(code: str) -> Reason:
    """Most rules of a turn are tried in vain, and say so by a code alone: one value for each code."""
    return Reason(code)


def told(reason: Reason, words: Mapping[str, str], name: Callable[[str, str], str] = lambda _, value: value) -> str:
    """The reason in words: `words` has a sentence for each code, and `name` says a value by what it is called."""
    values = {key: _told(key, value, words, name) for key, value in reason.values}
    sentence = words[reason.code].format_map(values)
    if not reason.also:
        return sentence
    return words[BETWEEN_REASONS].join((sentence, *(told(each, words, name) for each in reason.also)))


def _told(key: str, value: Value, words: Mapping[str, str], name: Callable[[str, str], str]) -> str:
    match value:
        case Reason():
            return told(value, words, name)
        case tuple():
            return words[BETWEEN_VALUES].join(_told(key, each, words, name) for each in value)
    return name(key, str(value))


def _plain(value: Value) -> object:
    if isinstance(value, Reason):
        return value.to_plain()
    return list(map(_plain, value)) if isinstance(value, tuple) else value
