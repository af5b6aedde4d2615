"""What is wrong with the file, in sentences that say what to do. Secrets are never repeated."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from bot.config.hours import OwnDates
from bot.config.sections import SECTIONS, AlertPeer, Channel, Config
from bot.config.spelling import nearest
from bot.errors import CannotStart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

    from adapters.contract import Problem
    from bot.config.values import Section


class BadConfig(CannotStart):
    """The configuration is wrong. `problems` holds all of it, so that one look at the file puts everything right.

    `channels` and `alerts` hold what is for their adapters to check, in the order of the file, so that those can be
    asked as well.
    """

    def __init__(
        self,
        problems: tuple[Problem, ...],
        *,
        channels: tuple[Channel, ...] = (),
        alerts: tuple[AlertPeer, ...] = (),
    ) -> None:
        super().__init__(*(f"{each.field}: {each.problem}" for each in problems))
        self.problems = problems
        self.channels = channels
        self.alerts = alerts


def place_of(loc: Iterable[int | str]) -> str:
    return "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in loc).removeprefix(".")


SENTENCES = MappingProxyType(
    {
        "missing": "is required; add it",
        "bool_type": "must be true or false",
        "bool_parsing": "must be true or false",
        "int_type": "must be a whole number",
        "int_parsing": "must be a whole number",
        "int_from_float": "must be a whole number",
        "float_type": "must be a number",
        "float_parsing": "must be a number",
        "finite_number": "must be a number that ends",
        "string_type": "must be text in quotes",
        "string_too_short": "is empty; write something between the quotes",
        "string_pattern_mismatch": "may have only letters, digits, - and _ (64 at most): it becomes part of an address",
        "greater_than": "must be more than {gt:g}",
        "greater_than_equal": "must be {ge:g} or more",
        "less_than_equal": "must be {le:g} or less",
        "date_type": "must be a date like 2027-02-05",
        "date_parsing": "must be a date like 2027-02-05",
        "date_from_datetime_parsing": "must be a date like 2027-02-05",
        "date_from_datetime_inexact": "must be a date like 2027-02-05, without a time",
        "literal_error": "must be one of {expected}",
        "model_type": "must be a table: write its name in square brackets on a line of its own",
        "tuple_type": "must be a list of tables: write its name in double square brackets before each",
    }
)


def sentence_of(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind == "value_error":
        return str(error["ctx"]["error"])
    if kind == "extra_forbidden":
        return _unknown(error["loc"])
    return SENTENCES[kind].format(**error.get("ctx", {})) if kind in SENTENCES else error["msg"]


def _unknown(loc: tuple[int | str, ...]) -> str:
    """Name the known key that was most likely meant, or the section where the key is at home."""
    key = str(loc[-1])
    section: type[Section] = Config
    if len(loc) > 1:
        section = OwnDates if "dates" in loc else SECTIONS[str(loc[0])]
    hint = nearest(key, section.model_fields)
    elsewhere = [f"[{name}]" for name, other in SECTIONS.items() if key in other.model_fields]
    if not hint and elsewhere:
        hint = f"it belongs under {' or '.join(elsewhere)}"
    return f"is not a setting we know; {hint or 'known here: ' + ', '.join(section.model_fields)}"
