"""The variables of answers and lines, filled in.

A variable is `{name}`, or `｛name｝` from a Chinese keyboard. A name is looked up, in this order, among the values that
the caller gives (lines only), the computed variables in `COMPUTED`, the attributes of the product in question, and the
shop's facts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from knowledge.answers.delivery_dates import arrives_on, made_ready
from knowledge.answers.facts import (
    BULK_REACHES,
    CUTOFF_FACT,
    DELIVERY_DAYS_FACTS,
    FREE_POSTAGE_FACT,
    POSTAGE_REACHES,
    PROMOTION_FACTS,
    REMOTE_FACT,
    SHIPS_FROM_FACT,
    cutoff,
    fact_value,
    free_postage_from,
    product_of,
    region_group,
    size_chart,
)
from knowledge.answers.topics import can_ask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from datetime import date
    from decimal import Decimal

    from knowledge.manual.entry import Circumstances, Entry, Manual, Product, Reach, When

FITTING_SIZE = "fitting_size"
FROM_FIGURES = frozenset({FITTING_SIZE, "height_and_weight"})
"""Variables that are known once the buyer has told their height or weight."""
ARRIVAL_DAYS = "arrival_days"
ARRIVAL_FACTS = (*DELIVERY_DAYS_FACTS.values(), REMOTE_FACT, SHIPS_FROM_FACT)
"""The facts without which nobody can tell when a parcel arrives."""
PRODUCTS_NAMED = 5
"""How many products `{products}` lists before it says 等."""

_VARIABLE = re.compile(r"[{｛]([^\W\d]\w*)[}｝]")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_PARTS_OF_DAY = ((6, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
"""Until which hour each part of the day goes."""
_NOON = 12
TOLD_BY_REGION: frozenset[str] = frozenset({"region", "delivery_days", "arrival_days"})
"""Variables that are known as soon as the buyer says where they live."""
_NEXT_DAYS: Mapping[int, str] = MappingProxyType({0: "今天", 1: "明天"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Computed:
    """A variable that is worked out. `facts` are those it is worked out from.

    `asks` is how the buyer is asked for what it needs; nothing where asking is of no use. `is_sure` says of which
    conditions an answer may use it without more ado: none keeps the buyer from not having said what it needs.
    """

    facts: tuple[str, ...] = ()
    fill: Callable[[Manual, Circumstances | None], str]
    asks: Callable[[Manual, Circumstances], tuple[str, ...]] = lambda _, __: ()
    is_sure: Callable[[When], bool] = lambda _: True


def variables_in(bubbles: Iterable[str]) -> tuple[str, ...]:
    """The names of the variables that bubbles use, each once, in order."""
    return tuple(dict.fromkeys(name for bubble in bubbles for name in _VARIABLE.findall(bubble)))


def say(manual: Manual, line_id: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """The bot's own line, filled from `values` and the shop's facts.

    A bubble that needs what nobody knows is left out, and a line that the manual lacks is silence: `lint` refuses such
    a manual before it is published, and a buyer never reads a raw variable.
    """
    bubbles = next((line.bubbles for line in manual.lines if line.id == line_id), ())
    spoken = (filled(manual, (bubble,), values, None) for bubble in bubbles)
    return tuple(texts[0] for texts, missing in spoken if not missing)


def takes_figures(entry: Entry) -> bool:
    """Whether an answer of this entry depends on the buyer's height and weight."""
    return any(FROM_FIGURES & each.when.knows for each in entry.answers)


def goes_by_product(entry: Entry) -> bool:
    """Whether an answer of this entry is about one product."""
    return entry.needs_product or any(each.when.products for each in entry.answers)


def tells_by_region(entry: Entry) -> bool:
    """Whether an answer of this entry tells what is another for each place."""
    return any(TOLD_BY_REGION & set(variables_in(each.bubbles)) for each in entry.answers)


def filled(
    manual: Manual, bubbles: tuple[str, ...], values: Mapping[str, str], circumstances: Circumstances | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The bubbles with their variables in place, and the names of those that stay empty."""
    known = {name: value_of(manual, name, values, circumstances) for name in variables_in(bubbles)}
    missing = tuple(name for name, value in known.items() if not value)
    return tuple(_VARIABLE.sub(lambda found: known[found[1]] or found[0], bubble) for bubble in bubbles), missing


def value_of(manual: Manual, name: str, values: Mapping[str, str], circumstances: Circumstances | None) -> str:
    """What stands for `{name}`; "" when nobody knows."""
    if name in values:
        return values[name].strip()
    if name in COMPUTED:
        return COMPUTED[name].fill(manual, circumstances)
    product = _product(manual, circumstances)
    return (
        product.attributes.get(name, "").strip() if product and name in product.attributes else fact_value(manual, name)
    )


def _product(manual: Manual, circumstances: Circumstances | None) -> Product | None:
    return product_of(manual, circumstances.product_id if circumstances else None)


# Working them out


def _fill_region(_: Manual, circumstances: Circumstances | None) -> str:
    return (circumstances.region or "") if circumstances else ""


def _fill_delivery_days(manual: Manual, circumstances: Circumstances | None) -> str:
    group = region_group(manual, circumstances) if circumstances else None
    return "" if group is None else fact_value(manual, DELIVERY_DAYS_FACTS.get(group, ""))


def _fill_cutoff(manual: Manual, _: Circumstances | None) -> str:
    closes = cutoff(manual)
    return "" if closes is None else _spoken_time(closes.hour, closes.minute)


def _spoken_time(hour: int, minute: int) -> str:
    part = next(name for until, name in _PARTS_OF_DAY if hour < until)
    return f"{part}{hour if hour <= _NOON else hour - _NOON}点{f'{minute:02}分' if minute else ''}"


def _fill_product(manual: Manual, circumstances: Circumstances | None) -> str:
    product = _product(manual, circumstances)
    return product.title if product else ""


def _fill_products(manual: Manual, _: Circumstances | None) -> str:
    titles = [product.title for product in manual.products]
    return "、".join(titles[:PRODUCTS_NAMED]) + ("等" if len(titles) > PRODUCTS_NAMED else "")


def _fill_can_ask(manual: Manual, _: Circumstances | None) -> str:
    return can_ask(manual)


def _fill_promotion(manual: Manual, circumstances: Circumstances | None) -> str:
    """The line `promotion-on` while the promotion runs, `promotion-off` before and after it or when there is none."""
    promotion, first, last = (fact_value(manual, name) for name in PROMOTION_FACTS)
    if circumstances is None:
        return ""
    today = circumstances.local_time.date().isoformat()
    dated = _DAY.fullmatch(first) and _DAY.fullmatch(last)
    if not (promotion and dated and first <= today <= last):
        return "".join(say(manual, "promotion-off", {}))
    spoken = (f"{int(day[5:7])}月{int(day[8:])}日" for day in (first, last))
    return "".join(say(manual, "promotion-on", dict(zip(PROMOTION_FACTS[1:], spoken, strict=True))))


def _fill_named_day(_: Manual, circumstances: Circumstances | None) -> str:
    return (circumstances.named_day or "") if circumstances else ""


def _fill_deadline(_: Manual, circumstances: Circumstances | None) -> str:
    days = circumstances.named_days if circumstances else None
    return _spoken_day(days.last) if days and days.one_is_enough and days.last else ""


def _fill_dispatch_day(manual: Manual, circumstances: Circumstances | None) -> str:
    ready = made_ready(manual, circumstances) if circumstances else None
    if circumstances is None or ready is None or ready.first != ready.last:
        return ""
    return _NEXT_DAYS.get((ready.first - circumstances.local_time.date()).days) or _spoken_day(ready.first)


def _fill_arrival_days(manual: Manual, circumstances: Circumstances | None) -> str:
    window = arrives_on(manual, circumstances) if circumstances else None
    if window is None:
        return ""
    first, last = window
    if first == last:
        return _spoken_day(first)
    return f"{_spoken_day(first)}到{f'{last.day}日' if last.month == first.month else _spoken_day(last)}"


def _spoken_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def _fill_amount(_: Manual, circumstances: Circumstances | None) -> str:
    return _plain(circumstances.amount_yuan) if circumstances else ""


def _fill_quantity(_: Manual, circumstances: Circumstances | None) -> str:
    return str(circumstances.quantity) if circumstances and circumstances.quantity is not None else ""


def _fill_free_postage(manual: Manual, circumstances: Circumstances | None) -> str:
    return _plain(free_postage_from(manual, circumstances)) if circumstances else ""


def _fill_to_free_postage(manual: Manual, circumstances: Circumstances | None) -> str:
    if circumstances is None or circumstances.amount_yuan is None:
        return ""
    needed = free_postage_from(manual, circumstances)
    return _plain(needed - circumstances.amount_yuan) if needed and needed > circumstances.amount_yuan else ""


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


def _fill_outside_chart(manual: Manual, circumstances: Circumstances | None) -> str:
    chart = size_chart(manual, circumstances.product_id) if circumstances else None
    if chart is None or circumstances is None:
        return ""
    outside = chart.is_outside(height_cm=circumstances.height_cm, weight_kg=circumstances.weight_kg)
    return _fill_height_and_weight(manual, circumstances) if outside else ""


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
        "region": Computed(fill=_fill_region, asks=_ask_for_region),
        "delivery_days": Computed(
            facts=(*DELIVERY_DAYS_FACTS.values(), REMOTE_FACT, SHIPS_FROM_FACT),
            fill=_fill_delivery_days,
            asks=_ask_for_region,
        ),
        "cutoff": Computed(facts=(CUTOFF_FACT,), fill=_fill_cutoff),
        "product": Computed(fill=_fill_product),
        "products": Computed(fill=_fill_products),
        "can_ask": Computed(fill=_fill_can_ask),
        "promotion_now": Computed(facts=PROMOTION_FACTS, fill=_fill_promotion),
        "named_day": Computed(
            fill=_fill_named_day,
            is_sure=lambda when: bool(when.day or when.arrives),
        ),
        "deadline": Computed(
            fill=_fill_deadline,
            is_sure=lambda _: False,
        ),
        "dispatch_day": Computed(
            facts=(CUTOFF_FACT,),
            fill=_fill_dispatch_day,
            is_sure=lambda _: False,
        ),
        ARRIVAL_DAYS: Computed(
            facts=ARRIVAL_FACTS,
            fill=_fill_arrival_days,
            asks=_ask_for_region,
            is_sure=lambda when: bool(when.arrives),
        ),
        "amount_yuan": Computed(fill=_fill_amount, is_sure=lambda when: _speaks_of(when, POSTAGE_REACHES)),
        "quantity": Computed(fill=_fill_quantity, is_sure=lambda when: _speaks_of(when, BULK_REACHES)),
        "free_postage_from": Computed(
            facts=(FREE_POSTAGE_FACT,),
            fill=_fill_free_postage,
            is_sure=lambda when: _speaks_of(when, POSTAGE_REACHES),
        ),
        "to_free_postage": Computed(
            facts=(FREE_POSTAGE_FACT,),
            fill=_fill_to_free_postage,
            is_sure=lambda when: when.reaches == {"below_free_postage"},
        ),
        "height_and_weight": Computed(
            fill=_fill_height_and_weight,
            is_sure=lambda when: FITTING_SIZE in when.knows,
        ),
        "outside_chart": Computed(
            fill=_fill_outside_chart,
            is_sure=lambda when: "outside_chart" in when.knows,
        ),
        FITTING_SIZE: Computed(
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
        "choice-one": ("choice",),
        "suggested": ("choice",),
        "choice-unclear": ("choices", "numbers"),
        "hand-over-open": ("queue_position",),
        "hand-over-closed": ("opens_at",),
        "away": ("opens_at",),
        "waiting-still": ("queue_position",),
        "product-card": ("product",),
        "handed-on": ("question",),
        "which-product": ("products",),
        "which-size": ("figures",),
        "expired": ("reply_window_hours",),
        "quota-ends": ("quota",),
    }
)
"""What the bot gives each of its own lines besides the facts; a line that is not here is given nothing."""
