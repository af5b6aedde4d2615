"""Which of an entry's answers holds right now, with its variables filled in, and in words why that one and not another.

Variables in answers and lines are `{name}`. A name is looked up, in this order, among the values that the caller gives
(lines only), the computed variables in `COMPUTED`, the attributes of the product in question, and the shop's facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge.entry import ANY
from knowledge.regions import group_of
from knowledge.sizes import read_chart
from knowledge.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date, time

    from knowledge.entry import Circumstances, ClockState, Entry, Manual, Product, Reach, RegionGroup, When
    from knowledge.sizes import SizeChart

CUTOFF_FACT = "dispatch_cutoff"
"""The fact, as HH:MM, that parts `before_cutoff` from `after_cutoff`; the cut-off minute itself is after."""
REMOTE_FACT = "remote_regions"
SHIPS_FROM_FACT = "ships_from"
DELIVERY_DAYS_FACTS: Mapping[RegionGroup, str] = MappingProxyType(
    {
        "same_province": "delivery_days_same_province",
        "ordinary": "delivery_days_ordinary",
        "remote": "delivery_days_remote",
    }
)
FREE_POSTAGE_FACT = "free_postage_over"
REMOTE_FREE_POSTAGE_FACT = "remote_free_postage_over"
BULK_FACT = "bulk_from"
POSTAGE_REACHES: frozenset[Reach] = frozenset({"free_postage", "below_free_postage"})
BULK_REACHES: frozenset[Reach] = frozenset({"bulk", "below_bulk"})
FITTING_SIZE = "fitting_size"
FROM_FIGURES = frozenset({FITTING_SIZE, "height_and_weight"})
"""Variables that are known once the buyer has told his height or weight."""
PROMOTION_FACTS = ("promotion", "promotion_first_day", "promotion_last_day")
PRODUCTS_NAMED = 5
"""How many products `{products}` lists before it says 等."""

_VARIABLE = re.compile(r"\{([^\W\d]\w*)\}")
_HOURS_AND_MINUTES = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PLAIN_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,2})?")
_PARTS_OF_DAY = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
"""Until which hour each part of the day goes."""
_NOON = 12

_STATUS_WORDS = MappingProxyType(
    {
        "unpaid": "未付款",
        "paid": "已付款",
        "shipped": "已发货",
        "signed": "已签收",
        "refunding": "退款中",
        "closed": "已关闭",
    }
)
_CLOCK_WORDS = MappingProxyType(
    {
        "before_cutoff": "截单前",
        "after_cutoff": "截单后",
        "closed_day": "休息日",
        "open": "营业中",
        "closed": "已打烊",
    }
)
_DAY_NOW = MappingProxyType({"working": "是发货日", "closed": "是休息日", None: "说不准是不是发货日"})
_DAY_WORDS = MappingProxyType({"working": "发货日", "closed": "休息日"})
_REACH_WORDS = MappingProxyType(
    {
        "free_postage": "金额够包邮",
        "below_free_postage": "金额不够包邮",
        "bulk": "数量够团购",
        "below_bulk": "数量不够团购",
    }
)
_GROUP_WORDS = MappingProxyType(
    {"same_province": "省内", "ordinary": "普通地区", "remote": "偏远地区", "overseas": "港澳台及海外"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The answer that won. `number` is its place in the entry, from 1.

    `rule` says in words what made it win, `lost` the same of each of the others and why not. `missing` names the
    variables that nobody can fill: while it is not empty the bubbles still hold them as `{name}` and must not be sent.
    `asks` is what to ask the buyer, since a better answer holds once he has told.
    """

    bubbles: tuple[str, ...]
    rule: str
    lost: tuple[str, ...]
    missing: tuple[str, ...]
    number: int = 1
    asks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A variable that is worked out. `meaning` is for the editor; `facts` are those it is worked out from.

    `asks` is how the buyer is asked for what it needs; nothing where asking is of no use. `is_sure` says of which
    conditions an answer may use it without more ado: none keeps the buyer from not having said what it needs.
    """

    meaning: str
    facts: tuple[str, ...] = ()
    fill: Callable[[Manual, Circumstances | None], str]
    asks: Callable[[Manual, Circumstances], tuple[str, ...]] = lambda _, __: ()
    is_sure: Callable[[When], bool] = lambda _: True


def answer(manual: Manual, entry: Entry, circumstances: Circumstances) -> Chosen:
    """Choose among the entry's answers and fill the winner.

    Exact words > dates > order status > product > attributes (region, clock, channel, day, reach, what is known) > nth
    time > default. More conditions of one rank win over fewer, then one that names the very product or province over
    one that names them all or their group, then the earlier in the entry.
    """
    weighed = [_weigh(each.when, manual, circumstances) for each in entry.answers]
    best = max(range(len(weighed)), key=lambda place: (not weighed[place].fails, weighed[place].rank, -place))
    bubbles, missing = _filled(manual, entry.answers[best].bubbles, {}, circumstances)
    return Chosen(
        bubbles=bubbles,
        rule=in_words(entry.answers[best].when),
        lost=tuple(
            f"第{place + 1}条（{in_words(each.when)}）：{weighed[place].fails or '也符合，但优先级较低'}"
            for place, each in enumerate(entry.answers)
            if place != best
        ),
        missing=missing,
        number=best + 1,
        asks=_asks(manual, [each for each in weighed if each.rank > weighed[best].rank], circumstances),
    )


def say(manual: Manual, line_id: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The bot's own line, filled from `values` and the shop's facts.

    A bubble that needs what nobody knows is left out, and a line that the manual lacks is silence: `lint` refuses such
    a manual before it is published, and a buyer never reads a raw variable.
    """
    bubbles = next((line.bubbles for line in manual.lines if line.id == line_id), ())
    spoken = (_filled(manual, (bubble,), values, None) for bubble in bubbles)
    return tuple(filled[0] for filled, missing in spoken if not missing)


def variables_in(bubbles: Iterable[str]) -> tuple[str, ...]:
    """The names of the variables that bubbles use, each once, in order."""
    return tuple(dict.fromkeys(name for bubble in bubbles for name in _VARIABLE.findall(bubble)))


@lru_cache(maxsize=4096)  # the same few hundred conditions, looked at for every answer
def in_words(when: When) -> str:
    """The conditions of an answer as staff read them; 默认 when it has none."""
    return "，".join(_conditions_in_words(when)) or "默认"


def clock_states(manual: Manual, circumstances: Circumstances) -> frozenset[ClockState]:
    """Every clock state that holds now: at most one of cut-off and closed day, and one of open and closed."""
    return frozenset({"open" if circumstances.is_open else "closed", *_dispatch_state(manual, circumstances)})


def region_group(manual: Manual, circumstances: Circumstances) -> RegionGroup | None:
    """The group of the buyer's region by the shop's facts, or None while nobody knows where he lives."""
    if circumstances.region is None:
        return None
    remote = next((fact.items for fact in manual.facts if fact.name == REMOTE_FACT), ())
    return group_of(circumstances.region, remote=remote, ships_from=_fact(manual, SHIPS_FROM_FACT))


def reached(manual: Manual, circumstances: Circumstances) -> frozenset[Reach]:
    """What the named sum and number of pieces are enough for, and not; nothing of what was not named or has no fact."""
    amount, needed = circumstances.amount_yuan, _free_postage_from(manual, circumstances)
    pieces, many = circumstances.quantity, _figure(manual, BULK_FACT)
    found: set[Reach] = set()
    if amount is not None and needed is not None:
        found.add("free_postage" if amount >= needed else "below_free_postage")
    if pieces is not None and many is not None:
        found.add("bulk" if pieces >= many else "below_bulk")
    return frozenset(found)


def size_chart(manual: Manual, product_id: str | None) -> SizeChart | None:
    """The size chart of a product: the first of its attributes that can be read as one."""
    product = _product_of(manual, product_id)
    charts = map(read_chart, product.attributes.values() if product else ())
    return next((chart for chart in charts if chart is not None), None)


def takes_figures(entry: Entry) -> bool:
    """Whether an answer of this entry depends on the buyer's height and weight."""
    return any(FROM_FIGURES & each.when.knows for each in entry.answers)


# Choosing


@dataclass(frozen=True, slots=True)
class _Weighed:
    """`lacks` names what is not known where that is all that speaks against it."""

    rank: tuple[int, ...]
    fails: str
    lacks: tuple[str, ...]


def _asks(manual: Manual, better: Iterable[_Weighed], circumstances: Circumstances) -> tuple[str, ...]:
    """The questions whose answers would let a better one hold; those of the first that can be asked for."""
    for each in better:
        asked = dict.fromkeys(
            question
            for name in each.lacks
            if name in COMPUTED
            for question in COMPUTED[name].asks(manual, circumstances)
        )
        if asked:
            return tuple(asked)
    return ()


def _weigh(when: When, manual: Manual, circumstances: Circumstances) -> _Weighed:
    provinces = when.regions - set(_GROUP_WORDS)
    rank = (
        bool(when.words),
        _has_dates(when),
        bool(when.order_status),
        bool(when.products),
        sum(map(bool, (when.regions, when.clock, when.channels, when.day, when.reaches, when.knows))),
        when.asked_at_least - 1,
        (circumstances.product_id in when.products) + (circumstances.region in provinces),
    )
    failures = _failures(when, manual, circumstances)
    lacks = tuple(name for name in sorted(when.knows) if not _value(manual, name, {}, circumstances))
    fails = "；".join((*failures, *([f"还不知道{'、'.join(lacks)}"] if lacks else [])))
    return _Weighed(tuple(map(int, rank)), fails, () if failures else lacks)


def _failures(when: When, manual: Manual, circumstances: Circumstances) -> tuple[str, ...]:
    """What speaks against an answer here, but for what is not known, in the order of precedence."""
    checks = (
        (_words_hold(when, circumstances), "原话不一样"),
        (_dates_hold(when, circumstances.local_time.date()), "不在日期内"),
        (_holds(when.order_status, circumstances.order_status), _status_now(circumstances.order_status)),
        (_product_holds(when, circumstances.product_id), _product_now(circumstances.product_id)),
        (_region_holds(when, manual, circumstances), _region_now(circumstances.region)),
        (not when.clock or bool(when.clock & clock_states(manual, circumstances)), "时间不符"),
        (_holds(when.channels, circumstances.channel), "渠道不符"),
        (_holds(when.day, circumstances.day_state), _day_now(circumstances)),
        (not when.reaches or bool(when.reaches & reached(manual, circumstances)), _named_now(circumstances)),
        (circumstances.times_asked >= when.asked_at_least, f"现在是第{circumstances.times_asked}次问"),
    )
    return tuple(problem for holds, problem in checks if not holds)


def _holds(wanted: frozenset[str], value: str | None) -> bool:
    return not wanted or value in wanted


def _words_hold(when: When, circumstances: Circumstances) -> bool:
    return not when.words or fold(circumstances.text) in {fold(words) for words in when.words}


def _has_dates(when: When) -> bool:
    return when.first_day is not None or when.last_day is not None


def _dates_hold(when: When, today: date) -> bool:
    return (when.first_day is None or when.first_day <= today) and (when.last_day is None or today <= when.last_day)


def _product_holds(when: When, product_id: str | None) -> bool:
    return _holds(when.products, product_id) or (product_id is not None and ANY in when.products)


def _region_holds(when: When, manual: Manual, circumstances: Circumstances) -> bool:
    return _holds(when.regions, circumstances.region) or region_group(manual, circumstances) in when.regions


def _dispatch_state(manual: Manual, circumstances: Circumstances) -> tuple[ClockState, ...]:
    if not circumstances.is_working_day:
        return ("closed_day",)
    cutoff = _HOURS_AND_MINUTES.fullmatch(_fact(manual, CUTOFF_FACT))
    if cutoff is None:
        return ()
    return ("before_cutoff" if _minutes(circumstances.local_time.time()) < _cutoff_minutes(cutoff) else "after_cutoff",)


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _cutoff_minutes(cutoff: re.Match[str]) -> int:
    return int(cutoff[1]) * 60 + int(cutoff[2])


# Saying why


def _conditions_in_words(when: When) -> Iterable[str]:
    if when.words:
        yield f"原话是{_either(f'“{words}”' for words in when.words)}"
    if _has_dates(when):
        yield f"日期在{when.first_day or '不限'}到{when.last_day or '不限'}"
    if when.order_status:
        yield f"订单{_either(_STATUS_WORDS[status] for status in when.order_status)}"
    if when.products:
        yield "知道是哪款商品" if ANY in when.products else f"商品是{_either(when.products)}"
    if when.regions:
        yield f"收货地是{_either(_GROUP_WORDS.get(region, region) for region in when.regions)}"
    if when.clock:
        yield f"时间是{_either(_CLOCK_WORDS[state] for state in when.clock)}"
    if when.channels:
        yield f"渠道是{_either(when.channels)}"
    yield from _named_in_words(when)
    if when.asked_at_least > 1:
        yield f"第{when.asked_at_least}次问起"


def _named_in_words(when: When) -> Iterable[str]:
    if when.day:
        yield f"问到的那天是{_either(_DAY_WORDS[state] for state in when.day)}"
    if when.reaches:
        yield f"说到的{_either(_REACH_WORDS[reach] for reach in when.reaches)}"
    if when.knows:
        yield f"已经知道{'、'.join(sorted(when.knows))}"


def _either(options: Iterable[str]) -> str:
    return "或".join(sorted(options))


def _status_now(status: str | None) -> str:
    return "不知道订单状态" if status is None else f"订单{_STATUS_WORDS.get(status, status)}"


def _product_now(product_id: str | None) -> str:
    return "不知道是哪款商品" if product_id is None else "不是这款商品"


def _region_now(region: str | None) -> str:
    return "不知道收货地" if region is None else f"收货地是{region}"


def _day_now(circumstances: Circumstances) -> str:
    if circumstances.named_day is None:
        return "没有问到别的日子"
    return f"{circumstances.named_day}{_DAY_NOW[circumstances.day_state]}"


def _named_now(circumstances: Circumstances) -> str:
    unnamed = circumstances.amount_yuan is None and circumstances.quantity is None
    return "没有说到金额或数量" if unnamed else "金额数量不符"


# Filling


def _filled(
    manual: Manual, bubbles: tuple[str, ...], values: Mapping[str, str], circumstances: Circumstances | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The bubbles with their variables in place, and the names of those that stay empty."""
    known = {name: _value(manual, name, values, circumstances) for name in variables_in(bubbles)}
    missing = tuple(name for name, value in known.items() if not value)
    return tuple(_VARIABLE.sub(lambda found: known[found[1]] or found[0], bubble) for bubble in bubbles), missing


def _value(manual: Manual, name: str, values: Mapping[str, str], circumstances: Circumstances | None) -> str:
    if name in values:
        return values[name].strip()
    if name in COMPUTED:
        return COMPUTED[name].fill(manual, circumstances)
    product = _product(manual, circumstances)
    return product.attributes.get(name, "").strip() if product and name in product.attributes else _fact(manual, name)


def _fact(manual: Manual, name: str) -> str:
    return next((fact.value.strip() for fact in manual.facts if fact.name == name), "")


def _figure(manual: Manual, name: str) -> Decimal | None:
    found = _PLAIN_NUMBER.fullmatch(_fact(manual, name))
    return Decimal(found[0]) if found else None


def _product(manual: Manual, circumstances: Circumstances | None) -> Product | None:
    return _product_of(manual, circumstances.product_id if circumstances else None)


def _product_of(manual: Manual, product_id: str | None) -> Product | None:
    return next((product for product in manual.products if product.id == product_id), None)


def _fill_region(_: Manual, circumstances: Circumstances | None) -> str:
    return (circumstances.region or "") if circumstances else ""


def _fill_delivery_days(manual: Manual, circumstances: Circumstances | None) -> str:
    group = region_group(manual, circumstances) if circumstances else None
    return "" if group is None else _fact(manual, DELIVERY_DAYS_FACTS.get(group, ""))


def _fill_cutoff(manual: Manual, _: Circumstances | None) -> str:
    cutoff = _HOURS_AND_MINUTES.fullmatch(_fact(manual, CUTOFF_FACT))
    return "" if cutoff is None else _spoken_time(int(cutoff[1]), int(cutoff[2]))


def _spoken_time(hour: int, minute: int) -> str:
    part = next(name for until, name in _PARTS_OF_DAY if hour < until)
    return f"{part}{hour if hour <= _NOON else hour - _NOON}点{f'{minute:02}分' if minute else ''}"


def _fill_product(manual: Manual, circumstances: Circumstances | None) -> str:
    product = _product(manual, circumstances)
    return product.title if product else ""


def _fill_products(manual: Manual, _: Circumstances | None) -> str:
    titles = [product.title for product in manual.products]
    return "、".join(titles[:PRODUCTS_NAMED]) + ("等" if len(titles) > PRODUCTS_NAMED else "")


def _fill_promotion(manual: Manual, circumstances: Circumstances | None) -> str:
    """The line `promotion-on` while the promotion runs, `promotion-off` before and after it or when there is none."""
    promotion, first, last = (_fact(manual, name) for name in PROMOTION_FACTS)
    if circumstances is None:
        return ""
    today = circumstances.local_time.date().isoformat()
    dated = _DAY.fullmatch(first) and _DAY.fullmatch(last)
    runs = bool(promotion and dated and first <= today <= last)
    return "".join(say(manual, "promotion-on" if runs else "promotion-off", {}))


def _fill_named_day(_: Manual, circumstances: Circumstances | None) -> str:
    return (circumstances.named_day or "") if circumstances else ""


def _fill_amount(_: Manual, circumstances: Circumstances | None) -> str:
    return _plain(circumstances.amount_yuan) if circumstances else ""


def _fill_quantity(_: Manual, circumstances: Circumstances | None) -> str:
    return str(circumstances.quantity) if circumstances and circumstances.quantity is not None else ""


def _fill_free_postage(manual: Manual, circumstances: Circumstances | None) -> str:
    return _plain(_free_postage_from(manual, circumstances)) if circumstances else ""


def _fill_to_free_postage(manual: Manual, circumstances: Circumstances | None) -> str:
    if circumstances is None or circumstances.amount_yuan is None:
        return ""
    needed = _free_postage_from(manual, circumstances)
    return _plain(needed - circumstances.amount_yuan) if needed and needed > circumstances.amount_yuan else ""


def _free_postage_from(manual: Manual, circumstances: Circumstances) -> Decimal | None:
    """From how many yuan on the buyer pays no postage; that of ordinary regions while nobody knows where he lives."""
    group = region_group(manual, circumstances)
    if group == "overseas":
        return None
    return _figure(manual, REMOTE_FREE_POSTAGE_FACT if group == "remote" else FREE_POSTAGE_FACT)


def _plain(number: Decimal | None) -> str:
    """A number as people write it: 9.50 is 9.5, and 1E+2 is 100."""
    return "" if number is None else f"{number.normalize():f}"


def _fill_height_and_weight(_: Manual, circumstances: Circumstances | None) -> str:
    if circumstances is None:
        return ""
    height, weight = circumstances.height_cm, circumstances.weight_kg
    told = (f"身高{height}厘米" if height else "", f"体重{weight:g}公斤" if weight else "")
    return "、".join(filter(None, told))


def _fill_fitting_size(manual: Manual, circumstances: Circumstances | None) -> str:
    chart = size_chart(manual, circumstances.product_id) if circumstances else None
    if chart is None or circumstances is None:
        return ""
    return "或".join(chart.fitting(height_cm=circumstances.height_cm, weight_kg=circumstances.weight_kg))


def _ask_for_figures(manual: Manual, circumstances: Circumstances) -> tuple[str, ...]:
    """Ask for what a readable chart of the product in question needs and the buyer has not told."""
    chart = size_chart(manual, circumstances.product_id)
    if chart is None:
        return ()
    needed = (
        "身高" if chart.by_height and circumstances.height_cm is None else "",
        "体重" if chart.by_weight and circumstances.weight_kg is None else "",
    )
    return say(manual, "which-size", {"figures": "和".join(filter(None, needed))}) if any(needed) else ()


def _ask_for_region(manual: Manual, circumstances: Circumstances) -> tuple[str, ...]:
    return say(manual, "which-region", {}) if circumstances.region is None else ()


def _speaks_of(when: When, reaches: frozenset[Reach]) -> bool:
    return bool(when.reaches) and when.reaches <= reaches


COMPUTED: Mapping[str, Computed] = MappingProxyType(
    {
        "region": Computed(meaning="买家的收货省份，如“新疆”", fill=_fill_region, asks=_ask_for_region),
        "delivery_days": Computed(
            meaning="到买家所在地区的天数，按省内、普通、偏远取对应的资料",
            facts=(*DELIVERY_DAYS_FACTS.values(), REMOTE_FACT, SHIPS_FROM_FACT),
            fill=_fill_delivery_days,
            asks=_ask_for_region,
        ),
        "cutoff": Computed(meaning="每天的截单时间，读作“下午4点”", facts=(CUTOFF_FACT,), fill=_fill_cutoff),
        "product": Computed(meaning="正在问的商品的名称", fill=_fill_product),
        "products": Computed(meaning="店里商品的名称，用顿号隔开", fill=_fill_products),
        "promotion_now": Computed(
            meaning="活动期内说活动内容，不在活动期就说没有活动", facts=PROMOTION_FACTS, fill=_fill_promotion
        ),
        "named_day": Computed(
            meaning="买家问到的那天，如“周日”；今天不算", fill=_fill_named_day, is_sure=lambda when: bool(when.day)
        ),
        "amount_yuan": Computed(
            meaning="买家说的金额（元）", fill=_fill_amount, is_sure=lambda when: _speaks_of(when, POSTAGE_REACHES)
        ),
        "quantity": Computed(
            meaning="买家说的件数", fill=_fill_quantity, is_sure=lambda when: _speaks_of(when, BULK_REACHES)
        ),
        "free_postage_from": Computed(
            meaning="寄到买家所在地区满多少元包邮；不知道地区时是普通地区的",
            facts=(FREE_POSTAGE_FACT,),
            fill=_fill_free_postage,
            is_sure=lambda when: _speaks_of(when, POSTAGE_REACHES),
        ),
        "to_free_postage": Computed(
            meaning="买家说的金额还差多少元包邮",
            facts=(FREE_POSTAGE_FACT,),
            fill=_fill_to_free_postage,
            is_sure=lambda when: when.reaches == {"below_free_postage"},
        ),
        "height_and_weight": Computed(
            meaning="买家说的身高和体重，说了哪样是哪样",
            fill=_fill_height_and_weight,
            is_sure=lambda when: FITTING_SIZE in when.knows,
        ),
        FITTING_SIZE: Computed(
            meaning="按身高体重，正在问的商品的尺码表里合适的码，如“L”；在两个码之间是“L或M”",
            fill=_fill_fitting_size,
            asks=_ask_for_figures,
            is_sure=lambda _: False,
        ),
    }
)
"""Every variable that is worked out rather than looked up. All but `product` may be used without a known product."""

LINE_VARIABLES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "choice": ("choices", "numbers"),
        "choice-unclear": ("choices", "numbers"),
        "hand-over-open": ("queue_position",),
        "hand-over-closed": ("opens_at",),
        "away": ("opens_at",),
        "waiting-still": ("queue_position",),
        "product-card": ("product",),
        "handed-on": ("question",),
        "which-size": ("figures",),
        "expired": ("reply_window_hours",),
    }
)
"""What the bot gives each of its own lines besides the facts; a line that is not here is given nothing."""
