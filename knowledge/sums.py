"""The sum of money and the number of things that a message names."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from knowledge.numbers import THINGS, digit_of, numbers_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.numbers import Number

_YUAN_SIGN = re.compile(r"\u00a5 ?(\d{1,7}(?:\.\d{1,2})?)(?!\d)")
_YUAN = re.compile(r"多?(?:元|块钱?|rmb|人民币)|包邮|以内|以下")
_TENTHS = re.compile(rf"块(\d|[一二三四五六七八九])(?:毛|角|(?![\d十百]|(?!包邮)[{THINGS}]))")
_SUM_COMES = re.compile(r"(?:满|凑够?|预算|不到|低于|超过)$")
_COUNTED = re.compile(rf"[{THINGS}天小年月周分秒斤公米厘号码k]")
_THING = re.compile(
    r"(?!个(?:月|小时|半|工作日|星期|礼拜|人|颜色|色|问题|地址|快递|包裹|订单|单|字|尺|码|钟|多|点))(?!包邮|件代发)"
    rf"[{THINGS}](?!装)"
)
"""Neither of 24个装 nor of 三件装: that is how the goods are packed."""
_NOT_A_SUM = ("第", "几", "数", "差", "运费", "邮费", "快递费")
_NOT_A_NUMBER_OF_THINGS = ("第", "几", "数", "同", "哪", "每", "另", "上", "下", "这", "那", "某")
_MANY = 10
_BUYING = re.compile(r"(?:买|拍|下单|来|要)了?$")
_SPENDING = re.compile(r"(?:买|拍|下单|付|花|凑够?|一共|总共)了?$")
_CONDITION = re.compile(r"(?:满|减|返|送|省|抵|便宜|优惠)了?$")
"""Of what the shop offers, rather than of what the buyer spends: 满199减20元."""


def sum_in(typed: str, numbers: Sequence[Number]) -> Decimal | None:
    """The sum that a message speaks of, in yuan: what he spends, before what the shop asks for ("满59包邮我买58.9").

    `typed` is its text as typed, `numbers` are the folded one's.
    """
    signed = _YUAN_SIGN.search(typed)
    if signed:
        return Decimal(signed[1])
    sums = sorted(_sums(numbers), key=_not_his)
    return _with_tenths(sums[0]) if sums else None


def _sums(numbers: Sequence[Number]) -> list[Number]:
    """Beside a sum that is plainly one, a bare number that he spends is one as well."""
    plain = [number for number in numbers if _is_a_sum(number)]
    return [number for number in numbers if number in plain or (plain and _is_spent(number))]


def _is_a_sum(number: Number) -> bool:
    if number.before.endswith(_NOT_A_SUM) or _is_blocks(number):
        return False
    if _SUM_COMES.search(number.before) and not _COUNTED.match(number.after):
        return True
    return _YUAN.match(number.after) is not None


def _is_spent(number: Number) -> bool:
    return number.value >= _MANY and bool(_SPENDING.search(number.before)) and not _COUNTED.match(number.after)


def _not_his(number: Number) -> int:
    return 0 if _SPENDING.search(number.before) else 2 if _CONDITION.search(number.before) else 1


def _is_blocks(number: Number) -> bool:
    """Of "买两块" 块 counts pieces, and "一块发" means together."""
    if not number.after.startswith("块") or number.after.startswith("块钱"):
        return False
    return number.text == "一" or (number.value < _MANY and _BUYING.search(number.before) is not None)


def _with_tenths(number: Number) -> Decimal:
    tenths = _TENTHS.match(number.after)
    return number.value + Decimal(digit_of(tenths[1])) / 10 if tenths else number.value


_BEFORE_A_SUM = re.compile(r"(?:(?:我|只|就|才|一共|总共)+|(?:我|只|就|才|一共|总共)*(?:买|拍|满|凑够?|花)了?)$")
_AFTER_A_SUM = re.compile(rf"(?:{_TENTHS.pattern}|多?(?:块钱?|元|rmb))?(?:的?东西)?")


def without_sums(said: str) -> str:
    """The question without the sums in it: "我买50块包邮吗" is "包邮吗". For texts that name a sum, if only with ¥."""
    numbers = numbers_in(said)
    for number in reversed(_sums(numbers) or numbers[:1]):
        before, after = said[: number.start], said[number.start + len(number.text) :]
        said = _BEFORE_A_SUM.sub("", before, count=1) + _AFTER_A_SUM.sub("", after, count=1)
    return said


def quantity_in(numbers: Sequence[Number]) -> int | None:
    """How many pieces a message speaks of."""
    return next((int(number.value) for number in numbers if _counts_things(number)), None)


def _counts_things(number: Number) -> bool:
    if number.before.endswith(_NOT_A_NUMBER_OF_THINGS) or number.value != int(number.value):
        return False
    if number.text == "俩" or _is_blocks(number):
        return _BUYING.search(number.before) is not None
    return _THING.match(number.after) is not None
