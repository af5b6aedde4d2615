"""The sum of money and the number of things that a message names."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from knowledge.numbers import THINGS, digit_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from knowledge.numbers import Number

_YUAN_SIGN = re.compile(r"\u00a5 ?(\d{1,7}(?:\.\d{1,2})?)(?!\d)")
_YUAN = re.compile(r"多?(?:元|块钱?|rmb|人民币)|包邮|以内|以下")
_TENTHS = re.compile(rf"块(\d|[一二三四五六七八九])(?:毛|角|(?![\d十百{THINGS}]))")
_SUM_COMES = re.compile(r"(?:满|凑够?|预算|不到|低于|超过)$")
_COUNTED = re.compile(rf"[{THINGS}天小年月周分秒斤公米厘k]")
_THING = re.compile(
    r"(?!个(?:月|小时|半|工作日|星期|礼拜|人|颜色|色|问题|地址|快递|包裹|订单|单|字|尺|码|钟|多|点))(?!包邮|件代发)"
    rf"[{THINGS}]"
)
_NOT_A_SUM = ("第", "几", "数", "差", "运费", "邮费", "快递费")
_NOT_A_NUMBER_OF_THINGS = ("第", "几", "数", "同", "哪", "每", "另", "上", "下", "这", "那", "某")
_MANY = 10
_BUYING = re.compile(r"(?:买|拍|下单|来|要)了?$")


def sum_in(typed: str, numbers: Sequence[Number]) -> Decimal | None:
    """The sum that a message speaks of, in yuan. `typed` is its text as typed, `numbers` are the folded one's."""
    signed = _YUAN_SIGN.search(typed)
    if signed:
        return Decimal(signed[1])
    return next((_with_tenths(number) for number in numbers if _is_a_sum(number)), None)


def _is_a_sum(number: Number) -> bool:
    if number.before.endswith(_NOT_A_SUM) or _is_blocks(number):
        return False
    if _SUM_COMES.search(number.before) and not _COUNTED.match(number.after):
        return True
    return _YUAN.match(number.after) is not None


def _is_blocks(number: Number) -> bool:
    """Of "买两块" 块 counts pieces, and "一块发" means together."""
    if not number.after.startswith("块") or number.after.startswith("块钱"):
        return False
    return number.text == "一" or (number.value < _MANY and _BUYING.search(number.before) is not None)


def _with_tenths(number: Number) -> Decimal:
    tenths = _TENTHS.match(number.after)
    return number.value + Decimal(digit_of(tenths[1])) / 10 if tenths else number.value


_SUM_SAID = re.compile(
    r"(?:(?:我|只|就|才|一共|总共)*(?:买|拍|满|凑够?|花)了?)?(?<![\d.])\d{1,7}(?:\.\d{1,2})?多?(?:块钱?|元|rmb)?(?:的?东西)?"
)


def without_sum(said: str) -> str:
    """The question without the first figure in it: "我买50块包邮吗" is "包邮吗". For texts that name a sum."""
    return _SUM_SAID.sub("", said, count=1)


def quantity_in(numbers: Sequence[Number]) -> int | None:
    """How many pieces a message speaks of."""
    return next((int(number.value) for number in numbers if _counts_things(number)), None)


def _counts_things(number: Number) -> bool:
    if number.before.endswith(_NOT_A_NUMBER_OF_THINGS) or number.value != int(number.value):
        return False
    if number.text == "俩" or _is_blocks(number):
        return _BUYING.search(number.before) is not None
    return _THING.match(number.after) is not None
