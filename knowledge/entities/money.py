"""The sum of money and the number of things that a message names."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from knowledge.entities.numbers import digit_of, numbers_in
from knowledge.phrases.phrase import Phrase

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.entities.numbers import Number

_YUAN_SIGN = Phrase("money", "yuan_sign")
_YUAN = Phrase("money", "yuan")
_TENTHS = Phrase("money", "tenths")
_SUM_COMES = Phrase("money", "sum_comes")
_COUNTED = Phrase("money", "counted")
_THING = Phrase("money", "thing")
_BUYING = Phrase("money", "buying")
_SPENDING = Phrase("money", "spending")
_CONDITION = Phrase("money", "condition")
_BEFORE_A_SUM = Phrase("money", "before_a_sum")
_AFTER_A_SUM = Phrase("money", "after_a_sum")
_NOT_A_SUM = ("第", "几", "数", "差", "运费", "邮费", "快递费")
_NOT_A_NUMBER_OF_THINGS = ("第", "几", "数", "同", "哪", "每", "另", "上", "下", "这", "那", "某")
_MANY = 10


def sum_in(typed: str, numbers: Sequence[Number]) -> Decimal | None:
    """The sum that a message speaks of, in yuan: what is spent, before what the shop asks for ("满59包邮我买58.9").

    `typed` is its text as typed, `numbers` are the folded one's.
    """
    signed = _YUAN_SIGN.pattern.search(typed)
    if signed:
        return Decimal(signed[1])
    sums = sorted(_sums(numbers), key=_spent_first)
    return _with_tenths(sums[0]) if sums else None


def _sums(numbers: Sequence[Number]) -> list[Number]:
    """Beside a sum that is plainly one, a bare number that is spent is one as well."""
    plain = [number for number in numbers if _is_a_sum(number)]
    return [number for number in numbers if number in plain or (plain and _is_spent(number))]


def _is_a_sum(number: Number) -> bool:
    if number.before.endswith(_NOT_A_SUM) or _is_blocks(number):
        return False
    if _SUM_COMES.says(number.before) and not _COUNTED.pattern.match(number.after):
        return True
    return _YUAN.pattern.match(number.after) is not None


def _is_spent(number: Number) -> bool:
    return number.value >= _MANY and _SPENDING.says(number.before) and not _COUNTED.pattern.match(number.after)


def _spent_first(number: Number) -> int:
    return 0 if _SPENDING.says(number.before) else 2 if _CONDITION.says(number.before) else 1


def _is_blocks(number: Number) -> bool:
    """Of "买两块" 块 counts pieces, and "一块发" means together."""
    if not number.after.startswith("块") or number.after.startswith("块钱"):
        return False
    return number.text == "一" or (number.value < _MANY and _BUYING.says(number.before))


def _with_tenths(number: Number) -> Decimal:
    tenths = _TENTHS.pattern.match(number.after)
    return number.value + Decimal(digit_of(tenths[1])) / 10 if tenths else number.value


def without_sums(said: str) -> str:
    """The question without the sums in it: "我买50块包邮吗" is "包邮吗". For texts that name a sum, if only with ¥."""
    numbers = numbers_in(said)
    for number in reversed(_sums(numbers) or numbers[:1]):
        before, after = said[: number.start], said[number.start + len(number.text) :]
        said = _BEFORE_A_SUM.pattern.sub("", before, count=1) + _AFTER_A_SUM.pattern.sub("", after, count=1)
    return said


def quantity_in(numbers: Sequence[Number]) -> int | None:
    """How many pieces a message speaks of."""
    return next((int(number.value) for number in numbers if _counts_things(number)), None)


def _counts_things(number: Number) -> bool:
    if number.before.endswith(_NOT_A_NUMBER_OF_THINGS) or number.value != int(number.value):
        return False
    if number.text == "俩" or _is_blocks(number):
        return _BUYING.says(number.before)
    return _THING.pattern.match(number.after) is not None
