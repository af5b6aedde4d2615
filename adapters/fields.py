"""Reads JSON (or a table of settings) field by field, and collects all that is wrong with it, in words.

A reader never raises in the middle: it notes the problem, returns something harmless and goes on, so that the sender
hears everything at once. Whoever started the list looks at it at the end. What is wrong with an optional field goes
into a list of its own where one is given: such a field is left out, and the rest counts.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

import orjson

from adapters.clean import TEXT_LIMIT_CHARACTERS, clean_line, clean_text, is_clean_id
from adapters.contract import BadPayload, BadSettings, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Choice = TypeVar("Choice", bound=str)

LARGEST_NUMBER = 2**31 - 1
ADDRESS_LIMIT_CHARACTERS = 4_096
MOST_MESSAGES_PER_MINUTE = 6_000

_LONGEST_SECONDS_DIGITS = 11
_LONGEST_MILLISECONDS_DIGITS = 14
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_WEB_ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+", re.IGNORECASE)
_ESCAPES = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_NAMES = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    dict: "an object",
}


def read_object(body: bytes) -> dict[str, object]:
    """Parse a request body that must be one JSON object. Raises `BadPayload`.

    Half an emoji (a lone surrogate escape, left by a sender that cut its text in the middle of one) becomes U+FFFD:
    the buyer's other words still count.
    """
    try:
        values = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        if "surrogate" not in str(error) or b"\\u" not in body:
            raise _not_json(error) from None
        values = _read_mended(body)
    if not isinstance(values, dict):
        raise BadPayload((Problem("body", f"must be a JSON object, not {_name(values)}"),))
    return values


def _read_mended(body: bytes) -> object:
    try:
        return orjson.loads(_ESCAPES.sub(lambda found: rb"\ufffd" if found["lone"] else found[0], body))
    except orjson.JSONDecodeError as error:
        raise _not_json(error) from None


def _not_json(error: orjson.JSONDecodeError) -> BadPayload:
    return BadPayload((Problem("body", f"is not JSON in UTF-8: {clean_line(error.msg)}, at character {error.pos}"),))


def _name(value: object) -> str:
    return _NAMES.get(type(value), "something else")


def read_moment(text: str) -> datetime | None:
    """Read an RFC 3339 time with its zone, as aware UTC; None when it is not one."""
    if not _RFC_3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_seconds(text: str) -> datetime | None:
    """Read a time in seconds since 1970; None when it is not one."""
    return _read_time(text, 1, _LONGEST_SECONDS_DIGITS)


def read_milliseconds(text: str) -> datetime | None:
    """Read a time in milliseconds since 1970; None when it is not one."""
    return _read_time(text, 1_000, _LONGEST_MILLISECONDS_DIGITS)


def _read_time(text: str, units_per_second: int, longest_digits: int) -> datetime | None:
    if not (text.isascii() and text.isdigit()) or len(text) > longest_digits:
        return None
    return datetime.fromtimestamp(int(text) / units_per_second, UTC)


def _wrong_type(wanted: str, value: object) -> str:
    hint = "; put it in quotes" if wanted == "text" and type(value) in {int, float} else ""
    return f"must be {wanted}, not {_name(value)}{hint}"


def _id_problem(value: object, limit_characters: int) -> str | None:
    if not isinstance(value, str):
        return _wrong_type("text", value)
    if is_clean_id(value, limit_characters=limit_characters):
        return None
    return f"must be 1 to {limit_characters} visible characters, without line breaks"


def _is_web_address(value: str) -> bool:
    return len(value) <= ADDRESS_LIMIT_CHARACTERS and value.isprintable() and bool(_WEB_ADDRESS.fullmatch(value))


class Fields:
    """One object and its place in the whole. Null counts as missing; fields nobody asks for are ignored."""

    __slots__ = ("_left_out", "_path", "_problems", "_values")

    def __init__(
        self,
        values: Mapping[str, object],
        problems: list[Problem],
        path: str = "",
        *,
        left_out: list[Problem] | None = None,
    ) -> None:
        self._values = values
        self._problems = problems
        self._left_out = problems if left_out is None else left_out
        self._path = path

    def inner(self, name: str) -> Fields | None:
        """Return a required object's fields; None, with a problem noted, when there is none."""
        value = self._values.get(name)
        if isinstance(value, dict):
            return self._inside(name, value)
        self.note(name, "is missing" if value is None else _wrong_type("an object", value))
        return None

    def optional_inner(self, name: str) -> Fields:
        """Return the fields of an object that may be missing: then all of them are."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, dict):
            self.leave_out(name, _wrong_type("an object", value))
        return self._inside(name, value if isinstance(value, dict) else {})

    def inner_each(self, name: str) -> list[Fields]:
        """Return the fields of each object of an optional list; what is no object there is left out."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, list):
            self.leave_out(name, _wrong_type("a list", value))
        items = value if isinstance(value, list) else []
        return [self._inside(f"{name}[{n}]", item) for n, item in enumerate(items, 1) if isinstance(item, dict)]

    def _inside(self, name: str, values: Mapping[str, object]) -> Fields:
        return Fields(values, self._problems, f"{self._path}{name}.", left_out=self._left_out)

    def id(self, name: str, *, limit_characters: int = 200) -> str:
        """Return a required id: text of visible characters, never changed."""
        value = self._values.get(name)
        problem = "is missing" if value is None else _id_problem(value, limit_characters)
        if problem:
            self.note(name, problem)
        return "" if problem else str(value)

    def optional_id(self, name: str, *, limit_characters: int = 200) -> str | None:
        value = self._values.get(name)
        problem = None if value is None else _id_problem(value, limit_characters)
        if problem:
            self.leave_out(name, problem)
        return None if problem or value is None else str(value)

    def text(self, name: str) -> str:
        """Return required words of any length; they are cleaned and cut at 20,000 characters."""
        value = self._values.get(name)
        if not isinstance(value, str):
            self.note(name, "is missing" if value is None else _wrong_type("text", value))
            return ""
        return clean_text(value, limit_characters=TEXT_LIMIT_CHARACTERS)

    def optional_text(self, name: str) -> str:
        return clean_text(self._string(name), limit_characters=TEXT_LIMIT_CHARACTERS)

    def line(self, name: str, *, limit_characters: int = 200) -> str:
        """Return optional words on one line, cleaned and cut; empty when missing."""
        return clean_line(self._string(name), limit_characters=limit_characters)

    def address(self, name: str) -> str:
        """Return a web address that is safe to show as a link or a picture: http or https; empty for anything else."""
        value = self._string(name)
        if _is_web_address(value):
            return value
        if value or not self.has(name):
            problem = f"must be an http:// or https:// address of at most {ADDRESS_LIMIT_CHARACTERS} characters"
            self.leave_out(name, problem)
        return ""

    def lines(self, name: str, *, at_most: int) -> tuple[str, ...]:
        """Return an optional list of short texts."""
        value = self._values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.leave_out(name, "must be a list of texts")
            return ()
        if len(value) > at_most:
            self.leave_out(name, f"must hold at most {at_most} texts, not {len(value)}")
        return tuple(clean_line(each) for each in value[:at_most])

    def objects(self, name: str) -> tuple[Mapping[str, object], ...]:
        """Return the objects of an optional list; what stands between them is left out."""
        value = self._values.get(name)
        if value is not None and not isinstance(value, list):
            self.leave_out(name, "must be a list of objects")
        return tuple(each for each in value if isinstance(each, dict)) if isinstance(value, list) else ()

    def one_of(
        self, name: str, choices: Sequence[Choice], *, strict: bool = False, choose_by: str = ""
    ) -> Choice | None:
        """Return an optional text that must be one of a few; `strict` where another one cannot be left out.

        `choose_by` tells the sender which one fits.
        """
        value = self._values.get(name)
        if value is None:
            return None
        for choice in choices:
            if choice == value:
                return choice
        (self.note if strict else self.leave_out)(
            name, "; ".join(filter(None, (f"must be one of {', '.join(choices)}", choose_by)))
        )
        return None

    def number(
        self, name: str, *, at_least: int = 0, at_most: int = LARGEST_NUMBER, strict: bool = False
    ) -> int | None:
        """Return an optional whole number; `strict` where another one cannot be left out."""
        value = self._values.get(name)
        if value is None:
            return None
        if type(value) is int and at_least <= value <= at_most:
            return value
        (self.note if strict else self.leave_out)(name, f"must be a whole number from {at_least} to {at_most}")
        return None

    def messages_per_minute(self, *, usually: int) -> int:
        """Return how much one buyer may say."""
        given = self.number("messages_per_minute", at_least=1, at_most=MOST_MESSAGES_PER_MINUTE)
        return usually if given is None else given

    def moment(self, name: str) -> datetime | None:
        """Return an optional RFC 3339 time with its zone, as aware UTC."""
        value = self._values.get(name)
        if value is None:
            return None
        moment = read_moment(value) if isinstance(value, str) else None
        if moment is None:
            self.leave_out(name, "must be a time with its zone in the form 2026-11-22T10:00:00+08:00 (RFC 3339)")
        return moment

    def flag(self, name: str) -> bool:
        """Return an optional true or false; false when missing."""
        value = self._values.get(name, False)
        if value is None or isinstance(value, bool):
            return bool(value)
        self.leave_out(name, _wrong_type("true or false", value))
        return False

    def note(self, name: str, problem: str) -> None:
        """Add a problem with one of these fields."""
        self._problems.append(Problem(self._path + name, problem))

    def leave_out(self, name: str, problem: str) -> None:
        """Say why an optional field counts as missing."""
        self._left_out.append(Problem(self._path + name, problem))

    def note_unknown(self, known: Sequence[str]) -> None:
        """Add a problem for every name that nobody reads: in settings it is a slip of the pen."""
        for name in self._values:
            if name not in known:
                self.note(clean_line(name), f"is not a setting of this platform; it knows {', '.join(known)}")

    def require(self, name: str) -> bool:
        """Whether a field is there; notes it when it is not."""
        if self._values.get(name) is not None:
            return True
        self.note(name, "is missing")
        return False

    def has(self, name: str) -> bool:
        return self._values.get(name) is not None

    def raw(self, name: str) -> object:
        """Return a field as it came, for the few that have a shape of their own."""
        return self._values.get(name)

    def _string(self, name: str) -> str:
        value = self._values.get(name)
        if isinstance(value, str):
            return value
        if value is not None:
            self.leave_out(name, _wrong_type("text", value))
        return ""


class Reading:
    """The settings of a channel, or of another table, while they are read: `with Reading(settings, NAMES) as fields`.

    Raises `BadSettings` at the end, with everything that was wrong and every name that nobody reads.
    """

    def __init__(self, settings: Mapping[str, object], known: Iterable[str]) -> None:
        self._problems: list[Problem] = []
        self._fields = Fields(settings, self._problems)
        self._fields.note_unknown(tuple(known))

    def __enter__(self) -> Fields:
        return self._fields

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and self._problems:
            raise BadSettings(tuple(self._problems))
