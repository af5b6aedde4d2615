"""Numbers in a folded text, in figures or in Chinese words, with what stands around them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

_DIGITS = MappingProxyType(
    {
        "零": 0,
        "〇": 0,
        "一": 1,
        "二": 2,
        "两": 2,
        "俩": 2,
        "三": 3,
        "四": 4,
        "五": 5,
        "六": 6,
        "七": 7,
        "八": 8,
        "九": 9,
    }
)
_UNITS = MappingProxyType({"十": 10, "百": 100, "千": 1000})
_TEN_THOUSAND = 10_000
_NUMBER = re.compile(
    r"(?:(?<![a-z\d.])|(?<=\dcm))(?P<plain>\d{1,7}(?:\.\d{1,2})?)(?![\d.])(?P<times>[万千百]?)|(?P<han>[零〇一二两俩三四五六七八九十百千万]+)"
)

_NEARBY = 8
"""Characters before and after a number that say what it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number in a text, with what stands before and after it."""

    value: Decimal
    text: str
    start: int
    before: str
    after: str


def number_in_words(text: str) -> int | None:
    """A Chinese numeral as a number ("三百二" → 320, "十二" → 12, "一六五" → 165), None when it is not a proper one."""
    if len(text) > 2 and all(letter in _DIGITS for letter in text):  # noqa: PLR2004 - "两三" means two or three
        return int("".join(str(_DIGITS[letter]) for letter in text))
    head, ten_thousand, tail = text.rpartition("万")
    if not ten_thousand:
        return _below_ten_thousand(tail)
    high = _below_ten_thousand(head)
    low = _DIGITS[tail] * 1000 if tail in _DIGITS else _below_ten_thousand(tail) if tail else 0
    return None if not high or low is None else high * _TEN_THOUSAND + low


def _below_ten_thousand(text: str) -> int | None:
    """Units must fall from left to right; a bare last digit counts tenths of the unit before it (三百二 is 320)."""
    total, digit, unit_before, after_zero = 0, None, _TEN_THOUSAND, False
    for letter in text:
        if letter in _DIGITS:
            if digit:
                return None
            digit, after_zero = _DIGITS[letter], after_zero or letter in "零〇"
            continue
        unit = _UNITS.get(letter, _TEN_THOUSAND)
        if unit >= unit_before or digit == 0:
            return None
        total, digit, unit_before, after_zero = total + (digit or 1) * unit, None, unit, False
    if digit is None:
        return total if text else None
    tenths = unit_before in {100, 1000} and not after_zero
    return total + digit * (unit_before // 10 if tenths else 1)


def digit_of(letter: str) -> int:
    """One digit, in figures or in Chinese."""
    return _DIGITS[letter] if letter in _DIGITS else int(letter)


def numbers_in(said: str) -> tuple[Number, ...]:
    """Every number in a folded text, in order."""
    found = ((_value(match), match) for match in _NUMBER.finditer(said))
    return tuple(
        Number(
            value=value,
            text=match[0],
            start=match.start(),
            before=said[max(0, match.start() - _NEARBY) : match.start()],
            after=said[match.end() : match.end() + _NEARBY],
        )
        for value, match in found
        if value is not None
    )


def _value(match: re.Match[str]) -> Decimal | None:
    if match["han"]:
        number = number_in_words(match["han"])
        return None if number is None else Decimal(number)
    times = {"万": _TEN_THOUSAND, **_UNITS}.get(match["times"], 1)
    return Decimal(match["plain"]) * times
