"""What a message tells that holds a day, a sum or a number and nothing else: "那周六呢", "买100呢"."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from knowledge.entities.dates import days_in, without_day
from knowledge.entities.numbers import numbers_in
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from decimal import Decimal

_UNIT = Phrase("bare_value", "unit")
_AROUND_WHAT_IS_TOLD = Phrase("bare_value", "around_what_is_told")
_SUM_OR_NUMBER_FROM = 10
"""A smaller figure without a unit may be anything."""


class BareValue(NamedTuple):
    """The day, the sum or the number that a text consists of; `figure` is a sum or a number, nobody knows which."""

    day: str | None = None
    amount_yuan: Decimal | None = None
    quantity: int | None = None
    figure: Decimal | None = None


def bare_value_in(said: str) -> BareValue:
    """What a folded text tells and nothing else: "那周六呢", "买100呢", "那3件呢"; all None when it says more."""
    asked, numbers = days_in(said).asked, numbers_in(said)
    if asked and _AROUND_WHAT_IS_TOLD.says(without_day(said)):
        return BareValue(day=asked)
    if len(numbers) != 1:
        return BareValue()
    value, start = numbers[0].value, numbers[0].start
    end = start + len(numbers[0].text)
    unit = _UNIT.pattern.match(said, end)
    if not _AROUND_WHAT_IS_TOLD.says(said[:start] + said[unit.end() if unit else end :]):
        return BareValue()
    if unit is None and numbers[0].text != "俩":
        return BareValue(figure=value if value >= _SUM_OR_NUMBER_FROM else None)
    if unit and unit["sum"]:
        return BareValue(amount_yuan=value)
    return BareValue(quantity=int(value)) if value == int(value) else BareValue()
