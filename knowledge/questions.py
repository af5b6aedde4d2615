"""What a buyer's message names: where he lives, which product, courier, order, sum, number, size and day.

One message is read as one question here; only what is plainly named counts, so that a wrong figure never chooses an
answer. When messages come to be split into several questions, that stands above `notice`, which reads each part.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from knowledge.regions import place_in
from knowledge.text import LONGEST, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from knowledge.entry import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """What a message names; None for all that it does not. Figures carry their unit in their name.

    `courier` is one of `COURIERS`. Days stay in words ("明天", "周五前", "双十一"): which dates they are, a clock says.
    `day` is the one that is asked about, `paid_on` the one on which he buys, or on which it is sent so as to arrive
    on the other: "周六下单周三前能到吗".
    """

    region: str | None = None
    city: str | None = None
    product_id: str | None = None
    courier: str | None = None
    order_number: str | None = None
    amount_yuan: Decimal | None = None
    quantity: int | None = None
    height_cm: int | None = None
    weight_kg: float | None = None
    day: str | None = None
    paid_on: str | None = None


def notice(text: str, *, products: Sequence[Product]) -> Named:
    """Everything a message names. `text` is as typed. Pure; never raises; some tens of microseconds when short."""
    typed, folded = unicodedata.normalize("NFKC", text[:LONGEST]), fold(text)
    product_id, name = _product_and_name(folded, products)
    said = folded.replace(name, " ") if name else folded  # "云南普洱茶包邮吗" names no province
    place, figures = place_in(said), _figures(_METRES_AND_REST.sub(" ", said))
    height_cm = _height_cm(said, figures)
    days = _days(said)
    return Named(
        region=place.region if place else None,
        city=place.city if place else None,
        product_id=product_id,
        courier=courier_in(said),
        order_number=_order_number(typed),
        amount_yuan=_amount_yuan(typed, figures),
        quantity=_quantity(figures),
        height_cm=height_cm,
        weight_kg=_weight_kg(said, figures, height_cm),
        day=_in_one_wording(days.asked),
        paid_on=_in_one_wording(days.paid),
    )


class Names(NamedTuple):
    """The very words by which a folded text names a product, a place and a courier; empty for what it does not."""

    product: str = ""
    place: str = ""
    courier: str = ""

    def without(self, said: str) -> str:
        """The rest of the text."""
        for name in self:
            said = said.replace(name, " ") if name else said
        return " ".join(said.split())

    def instead_of(self, others: Names, said: str) -> str:
        """The text that holds the other names, with these where those of their kind stand, or else before it."""
        for name, other in zip(self, others, strict=True):
            if name:
                said = said.replace(other, name) if other else name + said
        return said

    def without_product(self, said: str) -> str:
        """The question as one asks it who has that product before him: "这款毛衣会起球吗" is "会起球吗"."""
        return _POINTING.sub("", said.replace(self.product, "", 1)).strip() if self.product else said


_POINTING = re.compile(r"^(?:这个|这款|这件|那个|那款|那件|你们?家?店?里?的?|店里的?|的)+")


def names_in(said: str, *, products: Sequence[Product]) -> Names:
    """The names in a folded text, as they stand in it."""
    _, product = _product_and_name(said, products)
    rest = said.replace(product, " ") if product else said
    place, courier = place_in(rest), _COURIER.search(rest)
    return Names(
        product=product, place=rest[place.start : place.end] if place else "", courier=courier[0] if courier else ""
    )


# Numbers

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
_FIGURE = re.compile(
    r"(?:(?<![a-z\d.])|(?<=\dcm))(?P<plain>\d{1,7}(?:\.\d{1,2})?)(?![\d.])(?P<times>[万千百]?)|(?P<han>[零〇一二两俩三四五六七八九十百千万]+)"
)

_NEARBY = 8
"""Characters before and after a number that say what it counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    """A number in a text, with what stands before and after it."""

    value: Decimal
    text: str
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


def _digit(letter: str) -> int:
    return _DIGITS[letter] if letter in _DIGITS else int(letter)


def _figures(said: str) -> tuple[_Figure, ...]:
    found = ((_value(match), match) for match in _FIGURE.finditer(said))
    return tuple(
        _Figure(
            value=value,
            text=match[0],
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


# Sums and numbers of things

_THINGS = "件个双条套盒箱只副瓶包袋支台把张本对份床顶串罐"
_YUAN_SIGN = re.compile(r"\u00a5 ?(\d{1,7}(?:\.\d{1,2})?)(?!\d)")
_YUAN = re.compile(r"多?(?:元|块钱?|rmb|人民币)|包邮|以内|以下")
_TENTHS = re.compile(rf"块(\d|[一二三四五六七八九])(?:毛|角|(?![\d十百{_THINGS}]))")
_SUM_COMES = re.compile(r"(?:满|凑够?|预算|不到|低于|超过)$")
_COUNTED = re.compile(rf"[{_THINGS}天小年月周分秒斤公米厘k]")
_THING = re.compile(
    r"(?!个(?:月|小时|半|工作日|星期|礼拜|人|颜色|色|问题|地址|快递|包裹|订单|单|字|尺|码|钟|多|点))(?!包邮|件代发)"
    rf"[{_THINGS}]"
)
_NOT_A_SUM = ("第", "几", "数", "差", "运费", "邮费", "快递费")
_NOT_A_NUMBER_OF_THINGS = ("第", "几", "数", "同", "哪", "每", "另", "上", "下", "这", "那", "某")
_MANY = 10
_BUYING = re.compile(r"(?:买|拍|下单|来|要)了?$")


def _amount_yuan(typed: str, figures: Sequence[_Figure]) -> Decimal | None:
    signed = _YUAN_SIGN.search(typed)
    if signed:
        return Decimal(signed[1])
    return next((_with_tenths(figure) for figure in figures if _is_a_sum(figure)), None)


def _is_a_sum(figure: _Figure) -> bool:
    if figure.before.endswith(_NOT_A_SUM) or _is_blocks(figure):
        return False
    if _SUM_COMES.search(figure.before) and not _COUNTED.match(figure.after):
        return True
    return _YUAN.match(figure.after) is not None


def _is_blocks(figure: _Figure) -> bool:
    """Of "买两块" 块 counts pieces, and "一块发" means together."""
    if not figure.after.startswith("块") or figure.after.startswith("块钱"):
        return False
    return figure.text == "一" or (figure.value < _MANY and _BUYING.search(figure.before) is not None)


def _with_tenths(figure: _Figure) -> Decimal:
    tenths = _TENTHS.match(figure.after)
    return figure.value + Decimal(_digit(tenths[1])) / 10 if tenths else figure.value


_SUM_SAID = re.compile(
    r"(?:(?:我|只|就|才|一共|总共)*(?:买|拍|满|凑够?|花)了?)?(?<![\d.])\d{1,7}(?:\.\d{1,2})?多?(?:块钱?|元|rmb)?(?:的?东西)?"
)


def without_sum(said: str) -> str:
    """The question without the first figure in it: "我买50块包邮吗" is "包邮吗". For texts that name a sum."""
    return _SUM_SAID.sub("", said, count=1)


def _quantity(figures: Sequence[_Figure]) -> int | None:
    return next((int(figure.value) for figure in figures if _counts_things(figure)), None)


def _counts_things(figure: _Figure) -> bool:
    if figure.before.endswith(_NOT_A_NUMBER_OF_THINGS) or figure.value != int(figure.value):
        return False
    if figure.text == "俩" or _is_blocks(figure):
        return _BUYING.search(figure.before) is not None
    return _THING.match(figure.after) is not None


# Orders

_LONG_NUMBER = re.compile(r"(?<![0-9a-z.])(?:\d{6}-\d{12,18}|\d{12,24})(?![0-9a-z])", re.IGNORECASE)
_ORDER_IS_MEANT = re.compile(r"[单單]")
_MAY_BE_AN_ORDER_DIGITS, _AN_ORDER_FOR_SURE_DIGITS = 12, 15


def _order_number(typed: str) -> str | None:
    """Fifteen digits or more, or twelve when the buyer speaks of an order: alone they are mostly a product's number.

    Eleven are a phone number, and letters in front make it a courier's number.
    """
    shortest = _MAY_BE_AN_ORDER_DIGITS if _ORDER_IS_MEANT.search(typed) else _AN_ORDER_FOR_SURE_DIGITS
    longest = max(_LONG_NUMBER.findall(typed), key=len, default="")
    return longest if len(longest) >= shortest else None


# Height and weight

_SIZE_IS_ASKED = re.compile(r"穿|码|尺|多大|体重|身高|size")
_HEIGHT_COMES = re.compile(r"(?:身高|净高|我高|本人高)(?:是|有|大概|大约|差不多)?$")
_WEIGHT_COMES = re.compile(r"(?:体重|我重|本人重)(?:是|有|大概|大约|差不多)?$")
_SOMETHING_ELSE_IS_LONG = re.compile(r"[长宽围厚深径肩高](?:是|有|大概|大约|差不多)?$")
_NOT_A_BED = r"(?!的?(?:大|小|双人|单人)?[床被宽长桌高])"
_METRES_AND_REST = re.compile(
    rf"(?<![\d.])([12一二])(?:米|m)(\d{{1,2}}|[零一二三四五六七八九]{{1,2}})(?![\d十百个件]){_NOT_A_BED}"
)
_METRES = re.compile(rf"(?:米|m(?![a-z]))(?!\d){_NOT_A_BED}")
_CENTIMETRES = re.compile(r"cm|厘米|公分")
_WEIGHT_UNIT = re.compile(r"(公斤|千克|kg)|市?斤")
_PAIR = re.compile(rf"(?<![\d.])(1[3-9]\d)(?:(?:cm|厘米|公分) ?| )(\d{{2,3}}(?:\.\d)?)(?![\d.{_THINGS}]|(?!kg)[a-z])")
_SHORTEST_CM, _TALLEST_CM = 50, 230
_TALLEST_METRES = 3
_LIGHTEST_KG, _HEAVIEST_KG = 3, 200
_JIN_FROM = 80
"""A weight without a unit is jin (half a kilogram) from here on, and kilograms below."""


def _height_cm(said: str, figures: Sequence[_Figure]) -> int | None:
    if not (_SIZE_IS_ASKED.search(said) or any(_WEIGHT_UNIT.match(figure.after) for figure in figures)):
        return None
    return _likely_height(_heights(said, figures))


def _likely_height(found: Iterable[int]) -> int | None:
    return next((height for height in found if _SHORTEST_CM <= height <= _TALLEST_CM), None)


def _likely_weight(found: Iterable[float]) -> float | None:
    return next((weight for weight in found if _LIGHTEST_KG <= weight <= _HEAVIEST_KG), None)


def _heights(said: str, figures: Sequence[_Figure]) -> Iterator[int]:
    """Every reading of a height, the surest first: "1米65", "身高165", "1.65米", "165cm", "165 110斤"."""
    for metres in _METRES_AND_REST.finditer(said):
        rest = "".join(str(_digit(letter)) for letter in metres[2])
        yield _digit(metres[1]) * 100 + int(rest.ljust(2, "0"))
    for figure in figures:
        if _HEIGHT_COMES.search(figure.before):
            yield _centimetres(figure.value)
    for figure in figures:
        if _METRES.match(figure.after):
            yield int(figure.value * 100)
        if _CENTIMETRES.match(figure.after) and not _SOMETHING_ELSE_IS_LONG.search(figure.before):
            yield int(figure.value)
    for pair in _PAIR.finditer(said):
        yield int(pair[1])


def _weight_kg(said: str, figures: Sequence[_Figure], height_cm: int | None) -> float | None:
    if height_cm is None and not _SIZE_IS_ASKED.search(said):
        return None
    return _likely_weight(_weights(said, figures))


def _weights(said: str, figures: Sequence[_Figure]) -> Iterator[float]:
    """Every reading of a weight, the surest first: "110斤", "55kg", "体重110", "165 110"."""
    for figure in figures:
        unit = _WEIGHT_UNIT.match(figure.after)
        if unit:
            yield float(figure.value if unit[1] else figure.value / 2)
    for figure in figures:
        if _WEIGHT_COMES.search(figure.before):
            yield _without_unit(figure.value)
    for pair in _PAIR.finditer(said):
        yield _without_unit(Decimal(pair[2]))


def _without_unit(weight: Decimal) -> float:
    return float(weight if weight < _JIN_FROM else weight / 2)


_ONLY_FIGURES = re.compile(
    r"(?:[\d\s.零一二两三四五六七八九十百半多高重我是有的那和]|身高|体重|大概|大约|差不多|左右"
    r"|cm|厘米|公分|米|m|kg|公斤|千克|市?斤)+"
)
_BARE_HEIGHT_FROM_CM = 130


class Figures(NamedTuple):
    """A buyer's height and weight, as far as he told them."""

    height_cm: int | None = None
    weight_kg: float | None = None


def figures_told(text: str, *, height_is_known: bool) -> Figures:
    """The height and weight in a text that holds nothing else ("165 110斤", "1米65", "那170 130呢"). Pure.

    For the answer of somebody who was asked for them: of one bare number, the height is known or it is below 130 where
    it is a weight; of two, the height comes first.
    """
    said = fold(text)
    if not _ONLY_FIGURES.fullmatch(said):
        return Figures()
    figures = _figures(_METRES_AND_REST.sub(" ", said))
    height, weight = _likely_height(_heights(said, figures)), _likely_weight(_weights(said, figures))
    bare = [figure.value for figure in figures if _is_bare(figure)]
    if height is None and bare and not (weight is None and len(bare) == 1 and _is_weight(bare[0], height_is_known)):
        height = _likely_height([_centimetres(bare.pop(0))])
    if weight is None and len(bare) == 1:
        weight = _likely_weight([_without_unit(bare[0])])
    return Figures(height_cm=height, weight_kg=weight)


def _is_bare(figure: _Figure) -> bool:
    has_unit = any(unit.match(figure.after) for unit in (_METRES, _CENTIMETRES, _WEIGHT_UNIT))
    is_called = any(name.search(figure.before) for name in (_HEIGHT_COMES, _WEIGHT_COMES))
    return len(figure.text) > 1 and not has_unit and not is_called


def _is_weight(value: Decimal, height_is_known: bool) -> bool:  # noqa: FBT001 - what is known, not a switch
    return value >= _TALLEST_METRES and (height_is_known or value < _BARE_HEIGHT_FROM_CM)


def _centimetres(value: Decimal) -> int:
    return int(value * 100 if value < _TALLEST_METRES else value)


# Days

TODAY = frozenset({"今天", "今晚", "今日"})
"""The words of `Named.day` that mean today, which the clock speaks of."""

_DAY = re.compile(
    r"(?:大后天|后天|明天|明早|明晚|明日|今天|今晚|今日|大前天|前天|昨天|昨晚|昨日"
    r"|(?<![一二两三几半每])[这本下上]{0,2}个?(?:周|星期|礼拜)[一二三四五六日天末]"
    r"|[这本下上]个?(?:周|星期|礼拜|月[底初]?)"
    r"|(?:月底|月初|年底|年前|年后)(?<![\d一二两三四五六七八九十几多今去]..)|(?:节前|节后)(?<![调季]..)"
    r"|双十一|双11|双十二|双12|(?<![\d.])618(?![\d.元块件])|国庆节?|中秋节?|端午节?|清明节?|元旦节?|春节|过年|除夕|元宵节?"
    r"|(?<![一二三四五六七八九十])五一(?!路)|十一(?=期间|放假|假期|长假|前|之前)|情人节|七夕节?|平安夜|圣诞节?|母亲节|父亲节"
    r"|儿童节|妇女节|教师节|感恩节|重阳节?|冬至|腊八节?(?![粥蒜豆醋])|(?<![大中])小年(?![轻夜糕货])|开学"
    r"|\d{1,2}月\d{1,2}[日号]?|(?<![码单\d])\d{1,2}号(?=之?前|以前|能|可以|会|到|发|送))"
    r"(?:(?:之前|以前|前|之后|以后|后)(?![前后面天台]))?"
)
_ORDERING = re.compile(r"(?:我|就|才|刚|再|要是|如果)*(?:下单|下的?单|拍|买|付|订)")
_SENDING = re.compile(r"(?:能|就|再|给我)*[发寄](?:货|出|走)?")
_ARRIVING = re.compile(r"[^，。？?!！]{0,6}(?:[到收拿]|送达|赶得上|来得及)")
_KEPT_AS = (("星期", "周"), ("礼拜", "周"), ("周天", "周日"), ("11", "十一"), ("12", "十二"))
_BOUNDS = (("之前", "前"), ("以前", "前"), ("之后", "后"), ("以后", "后"))


class _Days(NamedTuple):
    """Where a text speaks of the day that it asks about, and of the one on which he pays or it is sent."""

    asked: re.Match[str] | None
    paid: re.Match[str] | None


def _in_one_wording(found: re.Match[str] | None) -> str | None:
    """One way of saying it for each day: 礼拜五之前 becomes 周五前, 双11 becomes 双十一."""
    if found is None:
        return None
    day = found[0]
    for written, kept in (*(_KEPT_AS if day[0] not in "0123456789" else ()), *_BOUNDS):
        day = day.replace(written, kept)
    return day


def _days(said: str) -> _Days:
    """The first day named that is no day of ordering; of "明天发周五能到吗" the one on which it is to arrive."""
    days = list(_DAY.finditer(said))
    paid = next((found for found in days if _ORDERING.match(said, found.end())), None)
    others = [found for found in days if found is not paid]
    if len(others) > 1 and _SENDING.match(said, others[0].end()) and _ARRIVING.match(said, others[1].end()):
        return _Days(others[1], paid or others[0])
    return _Days(others[0] if others else None, paid)


def on_usual_days(said: str, *, asked: str, paid: str) -> str:
    """A folded text with these days in place of those that it names: "周四能发吗" is as good as "明天能发吗".

    `asked` stands for the day that is asked about, or for the only one; `paid` for the one of ordering beside it.
    """
    days = _days(said)
    instead = {days.asked: asked, days.paid: paid} if days.asked else {days.paid: asked}
    for found in sorted(filter(None, instead), key=re.Match.start, reverse=True):
        said = f"{said[: found.start()]}{instead[found]}{said[found.end() :]}"
    return said


# What is told in passing

_UNIT = re.compile(rf"(?P<sum>多?(?:块钱?|元|rmb))|[{_THINGS}]")
_AROUND_WHAT_IS_TOLD = re.compile(
    r"(?:那|如果|要是|假如|我|只|就|一共|总共|买|拍|满|凑够?|花|要|换成|改成|换|改|的话|的|了|左右"
    r"|呢|吗|嘛|么|啊|可以|行|够|也|一样|同样|\s)*"
)
_SUM_OR_NUMBER_FROM = 10
"""A smaller figure without a unit may be anything."""


class InPassing(NamedTuple):
    """The day, the sum or the number that a text consists of; `figure` is a sum or a number, nobody knows which."""

    day: str | None = None
    amount_yuan: Decimal | None = None
    quantity: int | None = None
    figure: Decimal | None = None


def told_in_passing(said: str) -> InPassing:
    """What a folded text tells and nothing else: "那周六呢", "买100呢", "那3件呢"; all None when it says more."""
    days, figures = _days(said), tuple(_FIGURE.finditer(said))
    if days.asked and _AROUND_WHAT_IS_TOLD.fullmatch(_without(said, days.asked.start(), days.asked.end())):
        return InPassing(day=_in_one_wording(days.asked))
    value = _value(figures[0]) if len(figures) == 1 else None
    if value is None:
        return InPassing()
    start, end = figures[0].span()
    unit = _UNIT.match(said, end)
    if not _AROUND_WHAT_IS_TOLD.fullmatch(_without(said, start, unit.end() if unit else end)):
        return InPassing()
    if unit is None:
        return InPassing(figure=value if value >= _SUM_OR_NUMBER_FROM else None)
    if unit["sum"]:
        return InPassing(amount_yuan=value)
    return InPassing(quantity=int(value)) if value == int(value) else InPassing()


def _without(said: str, start: int, end: int) -> str:
    return said[:start] + said[end:]


# Couriers

COURIERS = ("顺丰", "中通", "圆通", "申通", "韵达", "京东", "EMS", "邮政", "极兔", "德邦")
"""What `Named.courier` can be."""

_COURIER = re.compile(
    r"(?P<顺丰>顺丰|(?<!一路)顺风(?!车|耳)|(?<![a-z0-9])sf(?![a-z0-9]))"
    r"|(?P<中通>中通(?!过))|(?P<圆通>[圆园]通)|(?P<申通>申通(?!过))|(?P<韵达>韵达)"
    r"|(?P<京东>京东(?=快递|物流|快运|配送|送|寄)|(?<=[发走用寄换])京东(?!店|旗舰|商城|自营|价|上|平台|e?卡|白条|支付|金融|会员|券|豆))"
    r"|(?P<EMS>(?<![a-z])ems(?![a-z])|特快专递)|(?P<邮政>邮政(?!编码)|邮局)|(?P<极兔>[极急]兔)|(?P<德邦>德邦)"
)
_REFUSED = re.compile(r"(?:(?<!要)不要|(?<!特)别|不想要?|(?<!能)不能|除了)(?:再?给?我?[发走用寄])?$")


def courier_in(said: str) -> str | None:
    """The first courier that a folded text names, one that is not refused ("不要韵达") before one that is."""
    found = tuple(_COURIER.finditer(said))
    wanted = (match for match in found if not _REFUSED.search(said, 0, match.start()))
    first = next(wanted, found[0] if found else None)
    return None if first is None else first.lastgroup


# Products


def product_in(said: str, products: Sequence[Product]) -> str | None:
    """The id of the product that a folded text names by title or alias; the longest name wins.

    None when no product is named, or when the name belongs to more than one.
    """
    return _product_and_name(said, products)[0]


def _product_and_name(said: str, products: Sequence[Product]) -> tuple[str | None, str]:
    known = tuple((product.id, product.title, product.aliases) for product in products)
    for name, ids in _names(known):
        if name in said and _stands_alone(name, said):
            return (ids[0] if len(ids) == 1 else None), name
    return None, ""


@lru_cache(maxsize=32)
def _names(known: tuple[tuple[str, str, tuple[str, ...]], ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Folded name → the products it may mean, longest names first."""
    ids: dict[str, dict[str, None]] = {}
    for product_id, title, aliases in known:
        for name in map(fold, (title, *aliases)):
            if name:
                ids.setdefault(name, {})[product_id] = None
    return tuple((name, tuple(ids[name])) for name in sorted(ids, key=len, reverse=True))


def _stands_alone(name: str, said: str) -> bool:
    """A Latin name counts as a whole word only: "cup" is not named by "cupboard", but by "cups" it is."""
    return (
        re.search(rf"(?<![a-z0-9]){re.escape(name)}(?:s|es)?(?![a-z0-9])", said) is not None if name.isascii() else True
    )
